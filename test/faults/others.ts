import { setTimeout as sleep } from "node:timers/promises";
import type { AdminClient } from "../lab/kubernetes/admin-client.ts";
import type { KubernetesDouble } from "../lab/kubernetes/kubernetes-double.ts";
import type { Chance } from "./chance.ts";
import { sizes } from "./load.ts";

/** A call of ours on its way, and the object that it is to change. */
export interface OnItsWay {
  readonly by: "patch" | "eviction";
  /** `/apis/apps/v1/namespaces/prod/deployments/app-1`. */
  readonly object: string;
  readonly scales: boolean;
}

/** Other people and controllers, who know nothing of us and change the same objects. */
export interface Others {
  /** Changes the object before our call arrives: what it relies on, or only a note on it. */
  overtake(call: OnItsWay): void;
  /** Wants the object back as it was before our call, which had its effect, `afterMs` from now. */
  undo(call: OnItsWay, afterMs: number): void;
  /** Whether somebody is changing the object of this call now. */
  areAt(call: OnItsWay): boolean;
  /** At work for so many ms: an autoscaler and an engineer change this and that. */
  work(forMs: number): Promise<void>;
  /** How many changes they made. */
  readonly made: number;
}

/** How often the autoscaler or the engineer changes something of their own accord, in ms. */
const everyMs = 2_000;

/** The call on a workload or a pod that a path is for; undefined for what others leave alone. */
export function callOn(path: string): OnItsWay | undefined {
  const [, object, sub] = /^(.*\/(?:deployments|pods)\/[^/]+)(\/scale|\/eviction)?$/.exec(path) ?? [];
  if (object === undefined) return undefined;
  if (object.includes("/pods/")) return sub === "/eviction" ? { by: "eviction", object, scales: false } : undefined;
  return { by: "patch", object, scales: sub === "/scale" };
}

export function bringOthers(
  double: KubernetesDouble,
  admin: AdminClient,
  chance: Chance,
  targets: readonly string[],
): Others {
  const at = new Set<string>();
  let made = 0;

  function change(object: string, afterMs: number, how: () => Promise<unknown>): void {
    at.add(object);
    void (async () => {
      if (afterMs > 0) await sleep(afterMs);
      await how().then(
        () => {
          made += 1;
        },
        // The object is gone, or somebody else was faster.
        () => undefined,
      );
      at.delete(object);
    })();
  }

  const scaled = (object: string) => {
    const replicas = double.snapshot().find(({ name }) => object.endsWith(`/${name}`))?.replicas;
    return { spec: { replicas: replicas === sizes[0] ? sizes[1] : sizes[0] } };
  };
  const noted = () => ({ metadata: { annotations: { "example.com/note": `n-${made}` } } });
  const templated = (value: string | null) => ({
    spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": value } } } },
  });

  return {
    overtake({ by, object, scales }) {
      const relevant = chance.happens(0.5);
      change(object, 0, () => {
        if (by === "eviction") return admin.remove(object, { gracePeriodSeconds: 0 });
        return admin.patch(object, relevant ? (scales ? scaled(object) : templated(`by others ${made}`)) : noted());
      });
    },
    undo: ({ object, scales }, afterMs) =>
      change(object, afterMs, () => admin.patch(object, scales ? scaled(object) : templated(null))),
    areAt: ({ object }) => at.has(object),
    async work(forMs) {
      for (const end = performance.now() + forMs; performance.now() < end; await sleep(everyMs)) {
        const object = `/apis/apps/v1/namespaces/prod/deployments/${targets[chance.below(targets.length)]}`;
        const lot = chance.next();
        change(object, 0, () =>
          admin.patch(object, lot < 0.4 ? scaled(object) : lot < 0.7 ? templated(`by others ${made}`) : noted()),
        );
      }
    },
    get made() {
      return made;
    },
  };
}
