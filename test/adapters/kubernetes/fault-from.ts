import { ClusterFault, type ClusterFaultCode } from "../../../src/ports/cluster.ts";

/** The ClusterFault that a call ends with; anything else fails the test. */
export async function faultFrom(call: Promise<unknown>): Promise<ClusterFault> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof ClusterFault) return fault;
    throw fault;
  }
  throw new Error("nothing was thrown");
}

export async function codeFrom(call: Promise<unknown>): Promise<ClusterFaultCode> {
  return (await faultFrom(call)).code;
}
