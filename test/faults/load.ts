import { setTimeout as sleep } from "node:timers/promises";
import type { Lab } from "../lab/lab.ts";
import { incident } from "../lab/people.ts";
import type { Crowd, Person } from "./crowd.ts";
import { approve, cancel, type Doing, deny, type } from "./deeds.ts";
import type { Errand } from "./errands.ts";
import type { Eyes } from "./eyes.ts";

/** What the people of a run saw for themselves. */
export interface Load {
  /** Errand number -> subjects whom Slack told that their approval is recorded. */
  readonly approvals: ReadonlyMap<number, readonly string[]>;
  /** Commands that Slack showed no error for. */
  readonly accepted: number;
  /** Deliveries that were sent twice at once. */
  readonly repeated: number;
  /** Requests that were decided on, or left to the thief. */
  readonly decided: ReadonlySet<string>;
  /** Resolves when everything was asked and every card so far has been decided on. */
  done(): Promise<void>;
}

export interface LoadOptions {
  readonly lab: Lab;
  readonly crowd: Crowd;
  readonly eyes: Eyes;
  readonly errands: readonly Errand[];
  readonly doing: Omit<Doing, "repeated" | "lab">;
  /** Each workload by its name, how many replicas it has now, and a pod of another that may be evicted. */
  readonly targets: readonly { readonly name: string; readonly pod: string; replicas(): number }[];
  /** Told of a request that is left to the thief. */
  readonly onStolen: (request: string, errand: Errand) => Promise<void>;
}

/** Replicas go up and down between these two. */
export const sizes = [2, 3] as const;

/** Begins to ask, each errand at its time, and to decide on each card as it appears. */
export function begin({ lab, crowd, eyes, errands, doing: given, targets, onStolen }: LoadOptions): Load {
  const byNumber = new Map(errands.map((errand) => [errand.number, errand]));
  const approvals = new Map<number, string[]>();
  const decided = new Set<string>();
  const under = new Set<Promise<void>>();
  const faults: unknown[] = [];
  const doing: Doing = {
    ...given,
    lab,
    repeated: () => {
      repeated += 1;
    },
  };
  let [accepted, repeated] = [0, 0];

  const track = (work: Promise<unknown>) => {
    const tracked: Promise<void> = work.then(
      () => void under.delete(tracked),
      (fault: unknown) => {
        under.delete(tracked);
        faults.push(fault);
      },
    );
    under.add(tracked);
  };

  function lineOf({ number, kind, target }: Errand): string {
    const { name, pod, replicas } = targets[target] ?? { name: "none", pod: "none", replicas: () => 0 };
    const because = `-- load ${number}`;
    if (kind === "get") return `/k8s get pods -n prod ${because}`;
    if (kind === "delete-pod") return `/k8s delete pod/${pod} -n prod ${because}`;
    if (kind === "rollout-restart") return `/k8s rollout restart deploy/${name} -n prod ${because}`;
    return `/k8s scale deploy/${name} --replicas=${replicas() === sizes[0] ? sizes[1] : sizes[0]} -n prod ${because}`;
  }

  async function askAll(): Promise<void> {
    const begun = performance.now();
    for (const errand of errands) {
      const wait = begun + errand.at - performance.now();
      if (wait > 0) await sleep(wait);
      track(
        type(doing, crowd.requester, incident.id, lineOf(errand)).then((ok) => {
          if (ok) accepted += 1;
        }),
      );
    }
  }

  async function decide(request: string, errand: Errand): Promise<void> {
    const { card, thread } = eyes.of(request);
    const [one, other] = crowd.pairs[errand.pair] ?? [];
    const [third] = crowd.pairs[(errand.pair + 1) % crowd.pairs.length] ?? [];
    if (!card || !one || !other || !third) throw new Error(`${request} has nobody to decide on it`);
    const says = (person: Person) =>
      approve(doing, person, card).then((answer) => {
        if (answer === "done") approvals.set(errand.number, [...(approvals.get(errand.number) ?? []), person.sub]);
      });
    switch (errand.course) {
      case "approved":
        return void (await Promise.all([says(one), says(other)]));
      case "raced by a denial":
        return void (await Promise.all([says(one), says(other), deny(doing, third, card, "a race")]));
      case "raced by a cancellation":
        await Promise.all([says(one), says(other), thread && cancel(doing, crowd.requester, thread)]);
        return;
      case "denied":
        return void (await deny(doing, one, card, "not now"));
      case "stolen":
        return onStolen(request, errand);
    }
  }

  eyes.onCard((request, number) => {
    const errand = byNumber.get(number);
    if (errand) track(decide(request, errand).then(() => decided.add(request)));
  });
  const asked = askAll();
  return {
    approvals,
    decided,
    get accepted() {
      return accepted;
    },
    get repeated() {
      return repeated;
    },
    async done() {
      await asked;
      while (under.size > 0) await Promise.all(under);
      if (faults.length > 0) throw faults[0];
    },
  };
}
