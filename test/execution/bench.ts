import { openCluster } from "../../src/adapters/kubernetes/cluster.ts";
import type { Bench } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import { renderAccounts } from "../../src/operation/accounts.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Cluster } from "../../src/ports/cluster.ts";
import type { RequestStore } from "../../src/ports.ts";
import { createMover } from "../../src/request/move.ts";
import type { Request } from "../../src/request/request.ts";
import { install, workerTokenOf } from "../adapters/kubernetes/install.ts";
import { writeKubeconfig } from "../adapters/kubernetes/kubeconfig.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { responseAt } from "../fakes/authenticator.ts";
import { type FakeDirectory, fakeDirectory } from "../fakes/directory.ts";
import { type FakePolicy, fakePolicy } from "../fakes/policy.ts";
import { type AdminClient, openAdminClient } from "../lab/kubernetes/admin-client.ts";
import {
  type HistoryEntry,
  type KubernetesDouble,
  startKubernetesDouble,
} from "../lab/kubernetes/kubernetes-double.ts";
import { demoObjects } from "../lab/kubernetes/seed.ts";
import { accepted, alice, bob, openDesk, people, type TestDesk } from "../request/desk.ts";
import { inState } from "../request/samples.ts";

export const deployments = "/apis/apps/v1/namespaces/prod/deployments";
export const api = `${deployments}/api`;
export const tickets = "/api/v1/namespaces/countersign-operations/configmaps";
export const handles = "/api/v1/namespaces/countersign-operations/secrets";

const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
export const restart: Operation = { kind: "rollout-restart", cluster: "demo", target };
/** deploy/api begins with 3. */
export const scaleTo = (replicas: number): Operation => ({ kind: "scale", cluster: "demo", target, replicas });

export interface TestBench {
  readonly double: KubernetesDouble;
  readonly admin: AdminClient;
  readonly cluster: Cluster;
  /** The web side, on the same record. */
  readonly desk: TestDesk;
  /** The worker's own copies. */
  readonly directory: FakeDirectory;
  readonly policy: FakePolicy;
  readonly logged: readonly string[];
  /** A worker on this record and cluster, or on others that stand before them. */
  worker(name: string, over?: { store?: RequestStore; cluster?: Cluster; leaseMs?: number; watchMs?: number }): Bench;
  /** Asks, plans, proves and approves. */
  granted(operation: Operation): Promise<Request & { readonly state: "granted" }>;
  now(request: { readonly id: string }): Promise<Request>;
  /** What the operation accounts have changed in the cluster. */
  effects(): readonly HistoryEntry[];
  /** Ends the lease of whoever holds a request. */
  passLease(): void;
  close(): Promise<void>;
}

export const leaseMs = 30_000;

/** The worker's side of requests: the real adapter on the in-memory cluster, fakes for the rest. */
export async function openBench({
  seed = demoObjects,
  ...options
}: {
  readonly deadlineMs?: number;
  readonly seed?: typeof demoObjects;
} = {}): Promise<TestBench> {
  const double = await startKubernetesDouble({ rolloutMs: 5, revocationLagMs: 300, seed });
  const admin = openAdminClient(double);
  await install(admin, renderAccounts({ namespaces: ["prod"] }));
  const user = { token: await workerTokenOf(admin) };
  const kubeconfig = writeKubeconfig({ server: double.server, ca: double.ca, user });
  const cluster = await openCluster({ name: "demo", kubeconfig: kubeconfig.path, ...options });
  const desk = openDesk();
  const directory = fakeDirectory(people);
  const policy = fakePolicy();
  const logged: string[] = [];
  let timeStep = 0;

  const worker: TestBench["worker"] = (workerName, over = {}) => {
    const { store = desk.store, cluster: reached = cluster, leaseMs: lease = leaseMs, watchMs = 5_000 } = over;
    return {
      store,
      mover: createMover({ store, wake: desk.wake, chance: desk.chance }),
      clusters: new Map([["demo", reached]]),
      verifier: desk.verifier,
      policy,
      directory,
      witness: desk.witness,
      worker: workerName,
      lifetimes: desk.lifetimes,
      leaseMs: lease,
      watchMs,
      log: (event, facts) => void logged.push(`${event} ${JSON.stringify(facts)}`),
    };
  };

  return {
    double,
    admin,
    cluster,
    desk,
    directory,
    policy,
    logged,
    worker,
    async granted(operation) {
      const { id } = await desk.asks(alice, operation);
      timeStep++;
      await work(worker("planner"), id);
      await desk.lifecycle.advance(id);
      if ((await desk.now({ id })).state === "awaiting-challenge")
        accepted(await desk.lifecycle.prove(id, alice, responseAt("alice", timeStep)));
      if ((await desk.now({ id })).state === "awaiting-approval")
        accepted(await desk.lifecycle.approve(id, bob, responseAt("bob", timeStep)));
      return inState(await desk.now({ id }), "granted");
    },
    now: desk.now,
    effects: () =>
      double.history.filter(
        ({ resource, changed, user: by }) => resource === "deployments" && changed && by !== "admin",
      ),
    passLease: () => desk.clock.pass(leaseMs + 1),
    async close() {
      await cluster.close();
      await admin.close();
      await double.close();
      kubeconfig.remove();
    },
  };
}
