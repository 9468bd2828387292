import { work } from "../../src/execution/work.ts";
import type { Operation } from "../../src/operation/operation.ts";
import type { Finished } from "../../src/request/request.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { inState } from "../request/samples.ts";
import type { TestBench } from "./bench.ts";

export const bindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/prod/rolebindings";

export const elevateTo = (role: string, seconds = 1_800): Operation => ({
  kind: "elevate",
  cluster: "demo",
  target: { kind: "ClusterRole", namespace: namespace("prod"), name: name(role) },
  seconds,
});

/** An elevation of alice that has just begun, for half an hour. */
export async function elevated(test: TestBench, role = "edit"): Promise<Finished> {
  const request = await test.granted(elevateTo(role));
  await work(test.worker("first"), request.id);
  return inState(await test.now(request), "succeeded") as Finished;
}

/** Names of the bindings of elevations that stand. */
export async function standing({ admin }: TestBench): Promise<readonly string[]> {
  const all = await admin.list(bindings, { labelSelector: "countersign.dev/elevation" });
  return all.map(({ metadata }) => metadata.name);
}

/** What the accounts of elevations did to bindings: `create countersign-elevate`. */
export function deeds({ double }: TestBench): readonly string[] {
  return double.history
    .filter(({ resource, changed, user }) => resource === "rolebindings" && changed && user !== "admin")
    .map(({ verb, user }) => `${verb} ${user.split(":").at(-1)}`);
}
