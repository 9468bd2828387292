import type { KubeObject } from "../cluster-port.ts";
import { viewWorkload, type Workload } from "./workload.ts";

export function viewDeployment(object: KubeObject): Workload {
  return viewWorkload(object, "Deployment");
}
