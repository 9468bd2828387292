import type { Response } from "../challenge/challenge.ts";
import { triesPerChallenge } from "../challenge/challenge.ts";
import { proofHolds } from "../challenge/verify.ts";
import { everywhere } from "../operation/freezing.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import { asSentence } from "../operation/words.ts";
import type { AuthenticatorName } from "../policy/authenticator.ts";
import type { Brake as BrakeRule, StepUp } from "../policy/policy.ts";
import type { Subject } from "../policy/subject.ts";
import type { FreezeStore } from "../ports/freeze.ts";
import type { Desk } from "./desk.ts";
import { digestOfLifting, type Freeze, freezeOver, frozenInWords, type Lift, scopeInWords } from "./freeze.ts";
import { standingWithoutProof } from "./standing.ts";
import { takeProof } from "./take-proof.ts";

/** The kill switch: one person stops, two let go. */
export interface Brake {
  standing(): Promise<readonly Freeze[]>;
  /** Pulls it. It takes no proof, for it must be quick, and a thief who pulls it stops only things. */
  freeze(subject: Subject, scope: string, why: string): Promise<Freeze | Refusal>;
  /** What this person would help to lift, whose word stands there already, and by what they can prove presence. */
  lifting(subject: Subject, scope: string): Promise<Lifting | Refusal>;
  /** One person's word, with a proof for this very freeze. The second one's lifts it. */
  unfreeze(subject: Subject, wish: Unfreezing): Promise<Unfrozen | Refusal>;
}

export interface Lifting {
  readonly freeze: Freeze;
  readonly first?: Lift;
  readonly ways: readonly AuthenticatorName[];
}

export interface Unfreezing {
  /** The freeze's id. */
  readonly freeze: string;
  readonly why: string;
  readonly response: Response;
}

export interface Unfrozen {
  readonly freeze: Freeze;
  /** False: one more person is needed. */
  readonly lifted: boolean;
}

/** How long a first person's word stands, in ms: as long as a request waits by default. */
export const liftMs = 30 * 60_000;
const challengeMs = 60_000;
/** One way, for it must work when much else does not: a code that needs neither our pages nor the identity provider. */
const stepUp: StepUp = { by: ["totp"] };
// Losing a race this often in a row means something writes in a loop.
const attempts = 5;

// Nothing but the authenticator's own lock counts them: there is no request to deny.
const wrongCode = refuse(
  "wrong-code",
  "This code is not right.",
  "Too many wrong codes in a row lock your authenticator.",
);

export function createBrake(desk: Desk, freezes: FreezeStore): Brake {
  return {
    standing: () => freezes.standing(),

    async freeze(subject, scope, why) {
      const no = refuseGroup(desk, subject, "freeze");
      if (no) return recorded(desk, subject, scope, no);
      const at = await desk.store.now();
      const freeze = { id: desk.chance.operationId(), scope, by: subject.sub, at, why };
      const event = { kind: "freeze.set", subject: subject.sub, scope, freeze: freeze.id, why } as const;
      const answer = await freezes.turn({ operationId: desk.chance.operationId(), scope, next: freeze, event });
      if (answer === "turned") return freeze;
      const stands = (await freezes.standing()).find((one) => one.scope === scope);
      return refuse("not-in-this-state", stands ? `${asSentence(frozenInWords(stands))}.` : "Try again.");
    },

    async lifting(subject, scope) {
      const no = refuseGroup(desk, subject, "unfreeze");
      if (no) return recorded(desk, subject, scope, no);
      const standing = await freezes.standing();
      const freeze = standing.find((one) => one.scope === scope);
      if (!freeze) return notFrozen(standing, scope);
      return liftingOf(subject, freeze, await desk.store.now());
    },

    async unfreeze(subject, { freeze: id, why, response }) {
      for (let attempt = 0; attempt < attempts; attempt++) {
        const freeze = (await freezes.standing()).find((one) => one.id === id);
        if (!freeze)
          return refuse("not-in-this-state", "This freeze was lifted already.", "`freezes` lists what stands.");
        const { scope } = freeze;
        const no = refuseGroup(desk, subject, "unfreeze");
        if (no) return recorded(desk, subject, scope, no);
        if (why.trim() === "") return refuse("bad-arguments", "This needs a reason.", "Say in a few words why.");
        const now = await desk.store.now();
        const lifting = await liftingOf(subject, freeze, now);
        if (isRefusal(lifting)) return recorded(desk, subject, scope, lifting);
        const digest = digestOfLifting(freeze);
        const challenge = { digest, subject: subject.sub, expiresAt: now + challengeMs, triesLeft: triesPerChallenge };
        const taken = await takeProof(desk, challenge, response, { request: id, now, stepUp });
        if (!("proof" in taken)) return recorded(desk, subject, scope, taken.costs ? wrongCode : taken.refusal);
        const about = { subject: subject.sub, scope, freeze: id, why, digest };
        const answer = await freezes.turn({
          operationId: desk.chance.operationId(),
          scope,
          expect: freeze,
          claim: taken.claim,
          ...(lifting.first
            ? { event: { kind: "freeze.lifted", ...about, first: lifting.first.by } }
            : {
                event: { kind: "freeze.lift-asked", ...about },
                next: { ...freeze, lift: { by: subject.sub, at: now, why, proof: taken.proof } },
              }),
        });
        if (answer === "turned") return { freeze, lifted: lifting.first !== undefined };
        if (answer === "code-already-used")
          return refuse("code-already-used", "This code was used already.", "Wait for the next code.");
      }
      throw new Error(`the freeze ${id} moved ${attempts} times while one step was tried`);
    },
  };

  /** One person's word counts once, and only while it is fresh, ours, and theirs to give. */
  async function liftingOf(subject: Subject, freeze: Freeze, now: number): Promise<Lifting | Refusal> {
    const first = await firstOf(freeze, now);
    if (first?.by === subject.sub)
      return refuse(
        "already-approved",
        "You want this lifted already; one person counts once.",
        `A second person of ${groupsOf(desk, "unfreeze").join(" or ")} types the same.`,
      );
    const standing = await standingWithoutProof(desk, subject.sub, stepUp);
    return standing.may ? { freeze, ways: standing.ways, ...(first ? { first } : {}) } : standing.refusal;
  }

  /** What lies in Redis may be anybody's: a word that we did not sign was never given. */
  async function firstOf(freeze: Freeze, now: number): Promise<Lift | undefined> {
    const { lift } = freeze;
    if (!lift || lift.at > now || now - lift.at > liftMs) return undefined;
    const digest = digestOfLifting(freeze);
    const { attestor } = desk;
    if (lift.proof?.digest !== digest) return undefined;
    if (!proofHolds(lift.proof, { subject: lift.by, digest, stepUp, now, attestor })) return undefined;
    const person = await desk.directory.subject(lift.by);
    return person && !refuseGroup(desk, person, "unfreeze") ? lift : undefined;
  }
}

function groupsOf({ policy }: Pick<Desk, "policy">, what: keyof BrakeRule): readonly string[] {
  return policy.current().brake?.[what] ?? [];
}

function refuseGroup(desk: Pick<Desk, "policy">, subject: Subject, what: keyof BrakeRule): Refusal | undefined {
  const groups = groupsOf(desk, what);
  if (groups.length === 0)
    return refuse("not-permitted", `The policy lets nobody ${what}.`, "Its owners can say who may, under `brake`.");
  if (groups.some((group) => subject.groups.includes(group))) return undefined;
  return refuse(
    "not-permitted",
    `You are in none of the groups that may ${what}.`,
    `It takes somebody of ${groups.join(" or ")}.`,
  );
}

/** Somebody tried in vain: that stands in the trail before they are told. */
async function recorded({ trail }: Desk, { sub }: Subject, scope: string, no: Refusal): Promise<Refusal> {
  await trail.append({ kind: "freeze.refused", subject: sub, scope, code: no.refused });
  return no;
}

function notFrozen(standing: readonly Freeze[], scope: string): Refusal {
  const over = scope === everywhere ? undefined : freezeOver(standing, scope);
  const words = `There is no freeze of ${scopeInWords(scope)}`;
  if (over)
    return refuse(
      "not-in-this-state",
      `${words} alone: ${frozenInWords(over)}.`,
      "`unfreeze` without a cluster lifts that.",
    );
  return refuse("not-in-this-state", `${words}.`, standing.length > 0 ? "`freezes` lists what stands." : undefined);
}
