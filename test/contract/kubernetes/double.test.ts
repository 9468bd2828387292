import { startKubernetesDouble } from "../../lab/kubernetes/kubernetes-double.ts";
import { describeKubernetesContract } from "./contract.ts";

describeKubernetesContract("the in-memory double", () =>
  startKubernetesDouble({ rolloutMs: 50, revocationLagMs: 300 }),
);
