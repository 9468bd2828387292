import assert from "node:assert/strict";
import { type KubernetesDouble, startKubernetesDouble } from "../../lab/kubernetes/kubernetes-double.ts";
import { describeAdapter } from "./adapter-suite.ts";

let double: KubernetesDouble | undefined;

async function start(): Promise<KubernetesDouble> {
  double = await startKubernetesDouble({ revocationLagMs: 300 });
  return double;
}

describeAdapter("the in-memory double", start, "kept");

after("nothing reached a collection or a namespace to delete it", () => {
  assert.deepEqual(double?.escapes ?? [], []);
});
