import { digestOf } from "../../src/operation/digest.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Plan } from "../../src/operation/plan.ts";
import { isRefusal, type Refusal } from "../../src/operation/refusal.ts";
import type { Policy, Requirements } from "../../src/policy/policy.ts";
import type { Subject } from "../../src/policy/subject.ts";
import type { Authenticators, GrantVerifier, RequestStore, Witness } from "../../src/ports.ts";
import { askerOf } from "../../src/request/asked.ts";
import { believing } from "../../src/request/believe.ts";
import type { Desk } from "../../src/request/desk.ts";
import { createLifecycle, type Lifecycle } from "../../src/request/lifecycle.ts";
import { createMover } from "../../src/request/move.ts";
import type { Request } from "../../src/request/request.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { attestor, signer, verifier } from "../fakes/attestor.ts";
import { credentialOf, fakeAuthenticator, responseAt } from "../fakes/authenticator.ts";
import { fakeChance } from "../fakes/chance.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { type FakeDirectory, fakeDirectory } from "../fakes/directory.ts";
import { type FakePolicy, fakePolicy, labPolicy } from "../fakes/policy.ts";
import { type FakePresence, fakePresence } from "../fakes/presence.ts";
import { fakeRecords } from "../fakes/records.ts";
import { type FakeSlackGroups, fakeSlackGroups } from "../fakes/slack-groups.ts";
import { fakeWake } from "../fakes/wake.ts";
import { fakeWitness } from "../fakes/witness.ts";
import { plan as samplePlan } from "./samples.ts";

const known = { usual: { kind: "User", name: "alice@example.com" }, per: {} } as const;
export const alice: Subject = { sub: "alice", groups: ["engineering", "oncall"], kubernetes: known };
/** May ask and may approve. */
export const bob: Subject = { sub: "bob", groups: ["engineering", "oncall", "sre"] };
export const carol: Subject = { sub: "carol", groups: ["engineering", "sre"] };
export const dora: Subject = { sub: "dora", groups: ["sre"] };
/** Known, and in no group that may do anything. */
export const erin: Subject = { sub: "erin", groups: [] };
export const people = [alice, bob, carol, dora, erin];

export const lifetimes = { request: 1_800_000, challenge: 300_000, execution: 300_000 };

/** Restarts deploy/api there: of one tier in `staging`, `prod`, `payments` and `kube-system` each. */
export function restartIn(place: string): Operation {
  const target = { kind: "Deployment", namespace: namespace(place), name: name("api") } as const;
  return { kind: "rollout-restart", cluster: "demo", target };
}

export const readPods: Operation = { kind: "get", cluster: "demo", resource: "pods", namespace: namespace("prod") };

export interface TestDesk extends Desk {
  readonly clock: FakeClock;
  readonly records: ReturnType<typeof fakeRecords>;
  readonly wake: ReturnType<typeof fakeWake>;
  readonly presence: FakePresence;
  readonly directory: FakeDirectory;
  readonly policy: FakePolicy;
  readonly slackGroups: FakeSlackGroups;
  readonly verifier: GrantVerifier;
  readonly lifecycle: Lifecycle;
  /** Opens a request that is refused by nobody. */
  asks(subject: Subject, operation: Operation, reason?: string): Promise<Request>;
  /** What the worker does: puts a plan into the record. */
  plans(request: Request, change?: Partial<Plan>): Promise<Request>;
  /** Asks, plans and proves with the time step. */
  asksAndProves(subject: Subject, operation: Operation, timeStep?: number): Promise<Request>;
  /** The record as it stands. */
  now(request: { readonly id: string }): Promise<Request>;
  /** The same desk over another store, as another process has it. */
  over(store: RequestStore): Desk;
  /** Replaces what a tier of the lab's policy asks for. */
  tier(name: string, requirements: Requirements): void;
}

/** The web side of requests on fakes, with everybody enrolled. */
export function openDesk(
  parts: { authenticators?: Authenticators; witness?: Witness; policy?: Policy } = {},
): TestDesk {
  const clock = fakeClock();
  const records = fakeRecords(clock);
  const wake = fakeWake();
  const presence = fakePresence(clock, ["demo"]);
  const chance = fakeChance();
  const directory = fakeDirectory(people);
  const policy = fakePolicy(parts.policy);
  const slackGroups = fakeSlackGroups();
  for (const { sub } of people) records.store.enrol(sub, credentialOf(sub));
  const { trail } = records;
  const store = believing(records.store, attestor);
  const desk: Desk = {
    store,
    trail,
    wake,
    presence,
    chance,
    directory,
    slackGroups,
    policy,
    authenticators: parts.authenticators ?? new Map([["totp", fakeAuthenticator(people.map(({ sub }) => sub))]]),
    witness: parts.witness ?? fakeWitness(),
    attestor,
    signer,
    lifetimes,
    mover: createMover({ store, wake, chance }),
  };
  const lifecycle = createLifecycle(desk);
  const now = async ({ id }: { readonly id: string }) => {
    const stored = await store.read(id);
    if (!stored) throw new Error(`there is no request ${id}`);
    return stored.request;
  };
  const asks: TestDesk["asks"] = async (subject, operation, reason = "5xx since the deploy") => {
    const origin = { team: "T1", channel: "C1", user: "U1" };
    return now(accepted(await lifecycle.ask({ subject, origin, operation, reason })));
  };
  const plans: TestDesk["plans"] = async (request, change = {}) => {
    const { id, operation } = request;
    const made = { ...samplePlan, operation, ...change };
    const digest = digestOf(askerOf(request), made);
    accepted(await desk.mover.move(id, () => ({ event: { type: "planned", plan: made, digest } })));
    await lifecycle.advance(id);
    return now({ id });
  };
  return {
    ...desk,
    clock,
    records,
    wake,
    presence,
    directory,
    slackGroups,
    policy,
    verifier,
    lifecycle,
    asks,
    plans,
    async asksAndProves(subject, operation, timeStep = 1) {
      const request = await plans(await asks(subject, operation));
      accepted(await lifecycle.prove(request.id, subject, responseAt(subject.sub, timeStep)));
      return now(request);
    },
    now,
    over: (other) => ({ ...desk, store: other, mover: createMover({ store: other, wake, chance }) }),
    tier(tierName, requirements) {
      const tiers = policy.current().tiers.map((tier) => (tier.name === tierName ? { ...tier, requirements } : tier));
      policy.replace({ ...policy.current(), tiers });
    },
  };
}

export function accepted(answer: Request | Refusal): Request {
  if (isRefusal(answer)) throw new Error(`${answer.refused}: ${answer.says}`);
  return answer;
}

/** The code of a refusal, or undefined for a yes. */
export function refusalOf(answer: Request | Refusal): string | undefined {
  return isRefusal(answer) ? answer.refused : undefined;
}

/** The lab's policy with one rule more. */
export function raised(tier: string): Policy {
  return { ...labPolicy, raise: [...labPolicy.raise, { name: "freeze", operations: ["@change"], tier }] };
}
