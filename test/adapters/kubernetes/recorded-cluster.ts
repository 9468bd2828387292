import { type ClusterOptions, openCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { catalogue } from "../../../src/operation/catalogue.ts";
import type { Account, ObjectRef } from "../../../src/ports/cluster.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type Answering, answerJson, type Recorder, startRecorder, testAuthority } from "./recorder.ts";

export const reader: Account = { account: catalogue.get.account, rules: catalogue.get.rules };
export const restarter: Account = {
  account: catalogue["rollout-restart"].account,
  rules: catalogue["rollout-restart"].rules,
};
/** May do in these namespaces and in the whole cluster what any operation may, and a few things that none may. */
export const operator: Account = {
  account: catalogue.scale.account,
  rules: [
    {
      apiGroups: ["", "apps", "batch"],
      resources: ["configmaps", "deployments", "jobs", "secrets"],
      verbs: ["get", "list", "watch", "patch", "create", "delete"],
    },
    { apiGroups: [""], resources: ["pods/eviction", "pods/exec", "serviceaccounts/token"], verbs: ["create"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch", "patch"], scope: "cluster" },
    { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "delete"], scope: "cluster" },
    { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"], scope: "cluster" },
  ],
};
export const api: ObjectRef = {
  group: "apps",
  version: "v1",
  resource: "deployments",
  namespace: "prod",
  name: "api",
};

export const ownToken = "own-token-of-the-worker";

/** A token shaped like a service account's, and nothing more. */
export function madeUpToken(jti: string, claims: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ jti, iat: 1_000, exp: 1_600, ...claims })}.c2lnbmF0dXJl`;
}

/** Answers the worker's own calls as an API server would, and all others with `otherwise`. */
export function mintingFirst(otherwise: Answering): Answering {
  let minted = 0;
  return (request, response) => {
    if (request.target.includes("/token"))
      return answerJson({ status: { token: madeUpToken(`jti-${++minted}`) } }, 201)(request, response);
    if (/\/(secrets|configmaps)/.test(request.target))
      return answerJson({ metadata: { uid: "uid-1" } }, 201)(request, response);
    otherwise(request, response);
  };
}

/** The adapter against a recording server. */
export async function openRecorded(options: Partial<ClusterOptions> & { user?: Record<string, unknown> } = {}) {
  const recorder: Recorder = await startRecorder(mintingFirst(answerJson({ metadata: { resourceVersion: "7" } })));
  const { user = { token: ownToken }, ...rest } = options;
  const kubeconfig = writeKubeconfig({ server: recorder.server, ca: testAuthority, user });
  const cluster = await openCluster({ name: "lab", kubeconfig: kubeconfig.path, ...rest });
  return {
    recorder,
    cluster,
    async close() {
      await cluster.close();
      await recorder.close();
      kubeconfig.remove();
    },
  };
}
