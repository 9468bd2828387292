import { pushAuthenticator, pushSeal } from "../../../src/adapters/authenticators/push.ts";
import { sealingKey } from "../../../src/adapters/authenticators/seal.ts";
import { chance, pushChance } from "../../../src/adapters/chance/chance.ts";
import { cibaSender } from "../../../src/adapters/idp/ciba-sender.ts";
import { redisPushes } from "../../../src/adapters/redis/pushes.ts";
import { openState, type StateClient } from "../../../src/adapters/redis/redis.ts";
import { redisTrail } from "../../../src/adapters/redis/trail.ts";
import type { Challenge, Outcome } from "../../../src/challenge/challenge.ts";
import type { Binding } from "../../../src/challenge/evidence.ts";
import { createPushes, type PushBegun, type Pushes } from "../../../src/challenge/push.ts";
import { isRefusal, type Refusal } from "../../../src/operation/refusal.ts";
import type { PushAuthenticator } from "../../../src/policy/authenticator.ts";
import { presets } from "../../../src/policy/provider-presets.ts";
import type { PushSender } from "../../../src/ports/push.ts";
import type { Authenticator, Scribe } from "../../../src/ports.ts";
import { phoneAcr } from "../../lab/idp/contexts.ts";
import type { Idp, ReceivedPush } from "../../lab/idp/idp.ts";
import { freshPrefix } from "../../lab/redis/shared-redis.ts";

/** Pushes as one web process has them, over a real Redis and a real provider. */
export interface PushProcess {
  readonly pushes: Pushes;
  readonly authenticator: Authenticator;
}

/** A house of several web processes over one store of pushes, with the hands of its people in Slack. */
export interface PushHouse {
  readonly client: StateClient;
  /** The processes; two. */
  readonly webs: readonly [PushProcess, PushProcess];
  begin(subject: string, request?: string): Promise<PushBegun | Refusal>;
  begun(subject: string, request?: string): Promise<PushBegun>;
  /** Types a code into the form of a push. */
  type(started: Binding, given: string, as?: Partial<Challenge>, web?: 0 | 1): Promise<Outcome>;
  kinds(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The same with phones behind a real identity provider. */
export interface PushStage extends PushHouse {
  latest(subject: string): ReceivedPush;
  /** The code as it stands first in the push. */
  codeOf(subject: string): string;
}

const digestOfRequest = (request: string) => request.replace(/\W/g, "").padEnd(64, "0");

export function openPushStage(redisUrl: string, idp: Idp, wrap = (sender: PushSender) => sender): PushStage {
  const { push } = presets.generic;
  if (!push) throw new Error("the generic preset has a push");
  const provider = { preset: "generic", clientId: idp.clientId, clientAuth: "basic", acr: [phoneAcr], push } as const;
  const latest = (subject: string) => {
    const came = idp.inbox(subject).at(-1);
    if (!came) throw new Error(`nothing came to ${subject}`);
    return came;
  };
  const house = openPushHouse(redisUrl, "push", () =>
    wrap(cibaSender({ ...provider, issuer: idp.issuer }, { secret: idp.clientSecret, plain: true })),
  );
  return { ...house, latest, codeOf: (subject) => latest(subject).text.slice(0, 6) };
}

export function openPushHouse(redisUrl: string, by: PushAuthenticator, sender: () => PushSender): PushHouse {
  const client = openState({ url: redisUrl, prefix: freshPrefix() });
  const scribe: Scribe = (event) => ({ event, writer: "test", clock: Date.now() });
  const key = [sealingKey("test-1", Buffer.alloc(32, 7).toString("base64"))] as const;
  const open = (): PushProcess => {
    const pushes = createPushes({
      ...{ store: redisPushes(client, scribe), seal: pushSeal(key), chance: pushChance },
      senders: new Map([[by, sender()]]),
    });
    return { pushes, authenticator: pushAuthenticator(pushes, by) };
  };
  const webs = [open(), open()] as const;
  const challengeOf = (subject: string, request: string): Challenge => ({
    ...{ subject, digest: digestOfRequest(request), expiresAt: Date.now() + 300_000, triesLeft: 5 },
  });
  const requests = new Map<string, Challenge>();
  const house: PushHouse = {
    client,
    webs,
    async begin(subject, request = "r-1") {
      const challenge = challengeOf(subject, request);
      const about = { intent: "to approve", command: "rollout restart deploy/api -n prod", now: Date.now() };
      const begun = await webs[0].pushes.begin({ by, request, challenge, ...about });
      if (!isRefusal(begun)) requests.set(begun.salt, challenge);
      return begun;
    },
    async begun(subject, request) {
      const begun = await house.begin(subject, request);
      if (isRefusal(begun)) throw new Error(begun.says);
      return begun;
    },
    type(started, given, as = {}, web = 0) {
      const challenge = requests.get(started.salt);
      if (!challenge) throw new Error("no such push was begun");
      const response = { by, given, started } as const;
      return webs[web].authenticator.submit({ ...challenge, ...as }, response, Date.now());
    },
    async kinds() {
      const kinds: string[] = [];
      for await (const { body } of redisTrail(client, scribe, chance).entries())
        kinds.push((JSON.parse(body) as { event: { kind: string } }).event.kind);
      return kinds;
    },
    close: () => client.close(),
  };
  return house;
}
