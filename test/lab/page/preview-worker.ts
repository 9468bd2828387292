import { setTimeout as nap } from "node:timers/promises";
import { digestOf } from "../../../src/operation/digest.ts";
import { type Change, isChange, isRead, type Operation, type Read } from "../../../src/operation/operation.ts";
import type { Plan } from "../../../src/operation/plan.ts";
import { isRefusal } from "../../../src/operation/refusal.ts";
import type { RequestEvent } from "../../../src/request/event.ts";
import { createMover } from "../../../src/request/move.ts";
import type { Request } from "../../../src/request/request.ts";
import { type House, planOf } from "../../adapters/slack/house.ts";
import { fakeChance } from "../../fakes/chance.ts";
import { fakeWake } from "../../fakes/wake.ts";
import { openAdminClient } from "../kubernetes/admin-client.ts";
import type { KubernetesDouble } from "../kubernetes/kubernetes-double.ts";
import { collectionPath } from "../kubernetes/resources.ts";

/** Milliseconds between looks at the record, and after them at the cluster. */
const LOOK = 250;

/** Stands in for the worker process: plans and runs what is asked, on the Kubernetes double, by simple polling. */
export function startPreviewWorker(house: House, cluster: KubernetesDouble): { stop(): Promise<void> } {
  const { store } = house.records;
  const admin = openAdminClient(cluster);
  const wake = fakeWake((id) => void house.replicas[0]?.show(id));
  const prefixed = { ...fakeChance(), operationId: () => `preview-${performance.now()}-${Math.random()}` };
  const mover = createMover({ store, wake, chance: prefixed });
  const stopping = new AbortController();
  const fence = 1;
  const tick = () => house.clock.pass(Math.max(0, Date.now() - house.clock.now()));
  tick();
  const ticking = setInterval(tick, 100);

  async function step(id: string, event: RequestEvent): Promise<void> {
    const moved = await mover.move(id, () => ({ event }));
    if (isRefusal(moved)) console.warn(`${event.type}: ${moved.says}`);
  }

  async function work(request: Request): Promise<void> {
    if (request.state === "planning" && !request.plan) return plan(request);
    if (request.state === "granted") return run(request);
  }

  async function plan({ id, requester, reason, operation }: Request): Promise<void> {
    const made = truePlan(operation, house.clock.now(), cluster);
    await step(id, { type: "planned", plan: made, digest: digestOf({ request: id, requester, reason }, made) });
    await house.ports.lifecycle.advance(id);
  }

  async function run({ id, operation }: Request): Promise<void> {
    const leaseUntil = house.clock.now() + 60_000;
    await step(id, { type: "claimed", claim: { worker: "worker@preview/1", fence, leaseUntil } });
    if (isChange(operation)) {
      await step(id, { type: "intended", fence, intent: { step: 0, resourceVersion: "42" }, leaseUntil });
      await change(operation);
      await watch(id, operation);
    }
    const outcome = { at: house.clock.now(), says: "done, and rolled out", apiAuditIds: ["preview-1"] };
    const answer = isRead(operation) ? { answer: answerOf(operation) } : {};
    await step(id, { type: "finished", fence, as: "succeeded", outcome, ...answer });
  }

  async function change(operation: Change): Promise<void> {
    const { namespace, name } = operation.target;
    const annotations = { "kubectl.kubernetes.io/restartedAt": new Date().toISOString() };
    const patch =
      operation.kind === "scale"
        ? { spec: { replicas: operation.replicas } }
        : { spec: { template: { metadata: { annotations } } } };
    if (namespace !== undefined) await admin.patch(`${collectionPath("Deployment", namespace)}/${name}`, patch);
  }

  async function watch(id: string, { target }: Change): Promise<void> {
    for (let look = 0; look < 120; look++) {
      await nap(LOOK, undefined, { signal: stopping.signal });
      const found = cluster.snapshot().find(({ namespace, name }) => `${namespace}/${name}` === pathOf(target));
      if (!found) return;
      const newest = Math.max(...found.pods.map(({ revision }) => Number(revision)));
      const updated = found.pods.filter((pod) => pod.ready && Number(pod.revision) === newest).length;
      const says = `${updated} of ${found.replicas} pods replaced, ${found.ready} available`;
      const progress = { at: house.clock.now(), says };
      const leaseUntil = house.clock.now() + 60_000;
      if (look % 4 === 0) await step(id, { type: "progressed", fence, leaseUntil, progress });
      if (updated === found.replicas && found.pods.length === found.replicas) return;
    }
  }

  function answerOf(operation: Read): string {
    if (operation.kind !== "get") return "The preview reads nothing but pods.";
    const pods = cluster.snapshot().filter(({ namespace }) => namespace === operation.namespace);
    const rows = pods.flatMap((one) =>
      one.pods.map(({ name, phase, ready }) => `${name}  ${ready ? 1 : 0}/1  ${phase}`),
    );
    return ["NAME  READY  STATUS", ...rows].join("\n");
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const ids = await Promise.all(["alice", "bob", "carol"].map((subject) => store.of(subject, 20)));
      const requests = await Promise.all(ids.flat().map((id) => store.read(id)));
      for (const stored of requests) if (stored) await work(stored.request);
      await nap(LOOK, undefined, { signal: stopping.signal });
    }
  }

  const looping = loop().catch((fault: unknown) => {
    if (!stopping.signal.aborted) throw fault;
  });
  return {
    async stop() {
      stopping.abort();
      clearInterval(ticking);
      await looping;
      await admin.close();
    },
  };
}

/** The house's plan, with what the cluster really holds where the page shows it. */
function truePlan(operation: Operation, readAt: number, cluster: KubernetesDouble): Plan {
  const plan = planOf(operation, readAt);
  if (!isChange(operation)) return plan;
  const found = cluster.snapshot().find(({ namespace, name }) => `${namespace}/${name}` === pathOf(operation.target));
  const { replicas: total = 0, ready = 0 } = found ?? {};
  const live = { ...plan.live, ready, total };
  if (operation.kind !== "scale") return { ...plan, live };
  const changes = [{ field: "replicas", from: String(total), to: String(operation.replicas) }];
  return { ...plan, live, changes, effects: [`From ${total} pods to ${operation.replicas}.`] };
}

function pathOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}
