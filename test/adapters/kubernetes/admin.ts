import assert from "node:assert/strict";
import { Agent } from "undici";
import type { Json } from "../../../src/operation/plan.ts";
import type { ClusterPeer } from "../../lab/kubernetes/peer.ts";

type Thing = { readonly [key: string]: Json };

/** Who prepares a cluster for the adapter, and looks at it behind the adapter's back. */
export interface Admin {
  call(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: Json, token?: string): Promise<Answer>;
  /** As `call`, but anything except a 2xx, or the `unless` status, fails the test. */
  must(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: Json, unless?: number): Promise<Thing>;
  /** Creates objects as an administrator's `kubectl apply` would; those that are there stay. */
  install(objects: readonly Json[]): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly object: Thing;
}

export function adminOf({ server, ca, adminToken }: ClusterPeer): Admin {
  const agent = new Agent({ allowH2: false, connect: { ca } });
  const admin: Admin = {
    async call(method, path, body, token = adminToken) {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const answer = await agent.request({
        origin: server,
        path,
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": type },
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { status: answer.statusCode, object: (await answer.body.json()) as Thing };
    },
    async must(method, path, body, unless) {
      const { status, object } = await admin.call(method, path, body);
      assert.ok((status >= 200 && status < 300) || status === unless, `${method} ${path}: ${JSON.stringify(object)}`);
      return object;
    },
    async install(objects) {
      for (const object of objects) await admin.must("POST", collectionOf(object as Thing), object, 409);
    },
    close: () => agent.destroy(),
  };
  return admin;
}

function collectionOf(object: Thing): string {
  const version = String(object["apiVersion"]);
  const kind = String(object["kind"]);
  const { namespace } = object["metadata"] as { readonly namespace?: string };
  const plural = `${kind.toLowerCase().replace(/y$/, "ie")}s`;
  const root = version.includes("/") ? `/apis/${version}` : `/api/${version}`;
  return [root, ...(namespace ? ["namespaces", namespace] : []), plural].join("/");
}

/** A Deployment that any cluster takes, in the pods' restricted profile. */
export function deployment(namespace: string, name: string, replicas = 1): Thing {
  const labels = { app: name };
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
  const containers = [{ name: "main", image: "example/none:1", securityContext }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}
