import assert from "node:assert/strict";
import { type KubernetesDouble, startKubernetesDouble } from "../../lab/kubernetes/kubernetes-double.ts";
import { describeAdapter } from "./adapter-suite.ts";

let double: KubernetesDouble | undefined;

describeAdapter("the in-memory double", async () => {
  double = await startKubernetesDouble({ revocationLagMs: 300 });
  return double;
});

after("nothing reached a collection or a namespace to delete it", () => {
  assert.deepEqual(double?.escapes ?? [], []);
});
