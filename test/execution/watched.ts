import type { Bench } from "../../src/execution/bench.ts";
import type { Cluster, Session } from "../../src/ports/cluster.ts";
import type { RequestStore } from "../../src/ports.ts";
import type { TestBench } from "./bench.ts";

/** What a worker does, in the order it does it for one change. */
const steps = ["claim", "intent", "ticket", "token", "call", "progress", "outcome", "close"] as const;
export type Step = (typeof steps)[number];
export type Moment = `${"before" | "after"} ${Step | "read"}`;

/** Every moment at which a worker can be gone. */
export const moments = steps.flatMap((step): readonly Moment[] => [`before ${step}`, `after ${step}`]);

const stepOf: Readonly<Record<string, Step>> = {
  "execution.claimed": "claim",
  "execution.intent": "intent",
  "execution.progress": "progress",
  "execution.outcome": "outcome",
};

/** A worker that tells of each moment before it goes on; what is thrown then comes out of the step. */
export function watchedWorker(test: TestBench, name: string, reached: (moment: Moment) => Promise<void>): Bench {
  const at = async <T>(step: Step | "read", act: () => Promise<T>): Promise<T> => {
    await reached(`before ${step}`);
    const answer = await act();
    await reached(`after ${step}`);
    return answer;
  };
  const changing = <T>(options: { readonly dryRun?: boolean } | undefined, act: () => Promise<T>) =>
    options?.dryRun ? act() : at("call", act);
  const over = <S extends Session>(session: S): S => ({
    ...session,
    get: (ref) => at("read", () => session.get(ref)),
    list: (ref, match) => at("read", () => session.list(ref, match)),
    patch: (ref, kind, body, options) => changing(options, () => session.patch(ref, kind, body, options)),
    create: (ref, body, options) => changing(options, () => session.create(ref, body, options)),
    remove: (ref, removal, options) => changing(options, () => session.remove(ref, removal, options)),
  });
  const { desk, cluster } = test;
  const watchedCluster: Cluster = {
    name: cluster.name,
    session: async (account, request) => over(await at("read", () => cluster.session(account, request))),
    ticket: (request) => at("read", () => cluster.ticket(request)),
    takeTicket: (request, content) => at("ticket", () => cluster.takeTicket(request, content)),
    async boundSession(account, request, fence) {
      const session = await at("token", () => cluster.boundSession(account, request, fence));
      return { ...over(session), close: () => at("close", () => session.close()) };
    },
  };
  const store: RequestStore = {
    ...desk.store,
    read: (id) => at("read", () => desk.store.read(id)),
    keep: (step) => at(stepOf[step.event.kind] ?? "read", () => desk.store.keep(step)),
  };
  return test.worker(name, { store, cluster: watchedCluster });
}

/** A worker that is gone at this moment: whatever it would do from then on does not happen. */
export function mortalWorker(test: TestBench, name: string, dies: Moment): Bench {
  let dead = false;
  return watchedWorker(test, name, async (moment) => {
    dead ||= moment === dies;
    if (dead) throw new Crashed(dies);
  });
}

export class Crashed extends Error {}

/** A worker that sleeps at this moment, the first time it comes there, until it is woken. */
export function sleepingWorker(test: TestBench, name: string, sleeps: Moment) {
  const asleep = Promise.withResolvers<void>();
  const awake = Promise.withResolvers<void>();
  let slept = false;
  const bench = watchedWorker(test, name, async (moment) => {
    if (slept || moment !== sleeps) return;
    slept = true;
    asleep.resolve();
    await awake.promise;
  });
  return { bench, asleep: asleep.promise, wake: () => awake.resolve() };
}
