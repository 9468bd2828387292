import { type ClusterOptions, openCluster } from "../../../src/adapters/kubernetes/cluster.ts";
import { catalogue } from "../../../src/operation/catalogue.ts";
import type { Account, ObjectRef } from "../../../src/ports.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { type Answering, answerJson, type Recorder, startRecorder, testAuthority } from "./recorder.ts";

export const reader: Account = { account: catalogue.get.account, rules: catalogue.get.rules };
export const restarter: Account = {
  account: catalogue["rollout-restart"].account,
  rules: catalogue["rollout-restart"].rules,
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
