import type { AuditEvent } from "../../src/audit/event.ts";
import type { State } from "../../src/request/request.ts";
import { approve, ask, deny, finish, prove, reach, told } from "./acting.ts";
import type { Lab } from "./lab.ts";
import { alice, bob, incident } from "./people.ts";

/** A story of the product from the first word to the last, and how it must end. */
export interface Story {
  readonly endsAs: State;
  readonly executions: number;
  /** Settings that this story needs. */
  readonly web?: Readonly<Record<string, string>>;
  /** Plays it, and answers the request's id once it is over. */
  play(lab: Lab, say: (line: string) => void): Promise<string>;
}

const restartLine = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";
const scaleLine = "/k8s scale deploy/api --replicas=5 -n prod -- traffic";

async function askAndProve(lab: Lab, line: string, say: (line: string) => void): Promise<string> {
  const phone = await lab.enrol(alice.sub);
  say(`Alice types: ${line}`);
  const id = await ask(lab, alice, incident, line);
  await prove(lab, alice, phone, id);
  await reach(lab, id, "awaiting-approval");
  say("Alice read the plan and proved presence with the code on her phone.");
  return id;
}

async function approved(lab: Lab, line: string, say: (line: string) => void): Promise<string> {
  const id = await askAndProve(lab, line, say);
  const phone = await lab.enrol(bob.sub);
  await approve(lab, bob, phone, id);
  say("Bob reviewed the whole plan and countersigned it with his own code.");
  await end(lab, id);
  say("The worker ran it, once.");
  return id;
}

/** Over in the record, and told in Slack. */
async function end(lab: Lab, id: string): Promise<void> {
  await finish(lab, id);
  await told(lab, alice, incident, id);
}

export const stories = {
  restart: { endsAs: "succeeded", executions: 1, play: (lab, say) => approved(lab, restartLine, say) },
  scale: { endsAs: "succeeded", executions: 1, play: (lab, say) => approved(lab, scaleLine, say) },
  denied: {
    endsAs: "denied",
    executions: 0,
    async play(lab, say) {
      const id = await askAndProve(lab, restartLine, say);
      await deny(lab, bob, id, "the deploy is being rolled back already");
      await end(lab, id);
      say("Bob denied it, and said why.");
      return id;
    },
  },
  expired: {
    endsAs: "expired",
    executions: 0,
    web: { COUNTERSIGN_REQUEST_SECONDS: "5" },
    async play(lab, say) {
      const id = await askAndProve(lab, restartLine, say);
      say("Nobody approves in the time there is.");
      await end(lab, id);
      return id;
    },
  },
} as const satisfies Record<string, Story>;

export type StoryName = keyof typeof stories;

export function isStory(name: string): name is StoryName {
  return Object.hasOwn(stories, name);
}

/** The states a request went through, told by its own audit entries alone. */
export function statesOf(events: readonly AuditEvent[]): readonly State[] {
  const challenged = events.some(
    (event) =>
      event.kind.startsWith("proof.") || (event.kind === "request.expired" && event.was === "awaiting-challenge"),
  );
  return events.flatMap((event): readonly State[] => {
    switch (event.kind) {
      case "request.asked":
        return ["planning"];
      case "policy.decided":
        return [challenged ? "awaiting-challenge" : "awaiting-approval"];
      case "proof.given":
        return ["awaiting-approval"];
      case "proof.refused":
        return event.because === "last-wrong-code" ? ["denied"] : [];
      case "grant.signed":
        return ["granted"];
      case "execution.intent":
        return ["executing"];
      case "execution.outcome":
        return [event.as as State];
      case "execution.conflict":
        return ["conflict"];
      case "plan.failed":
        return ["failed"];
      case "policy.denied":
      case "grant.refused":
      case "request.denied":
        return ["denied"];
      case "request.cancelled":
        return ["cancelled"];
      case "request.expired":
        return ["expired"];
      default:
        return [];
    }
  });
}
