import type { Json } from "../../src/operation/plan.ts";
import { ClusterFault, type KubeObject, type Session } from "../../src/ports/cluster.ts";

/** A session that answers what it is given, and can do nothing else. */
export function fakeSession(answers: Partial<Session>): Session {
  const never = () => {
    throw new ClusterFault("not-sent", "no test asked for this");
  };
  const calls = { get: never, list: never, patch: never, create: never, remove: never, log: never, watch: never };
  return { credential: "jti", ...calls, ...answers };
}

/** A Deployment as far as this product reads it. */
export function deploymentObject(change: {
  readonly metadata?: Readonly<Record<string, Json>>;
  readonly spec?: Readonly<Record<string, Json>>;
  readonly status?: Readonly<Record<string, Json>>;
}): KubeObject {
  return {
    metadata: { name: "api", uid: "uid-1", resourceVersion: "41", generation: 2, ...change.metadata },
    spec: { replicas: 3, ...change.spec },
    status: {
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      ...change.status,
    },
  };
}
