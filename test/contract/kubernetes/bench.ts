import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AdminClient, type Answer, openAdminClient, patchType } from "../../lab/kubernetes/admin-client.ts";
import type { Draft, KubeObject } from "../../lab/kubernetes/object.ts";
import type { ClusterPeer } from "../../lab/kubernetes/peer.ts";
import { collectionPath } from "../../lab/kubernetes/resources.ts";
import { namespace } from "../../lab/kubernetes/seed.ts";

/** A cluster under test and a namespace of its own in it. What a test makes there stays: clusters are thrown away. */
export class Bench {
  readonly namespace: string = `contract-${randomBytes(4).toString("hex")}`;
  #open: { readonly peer: ClusterPeer; readonly admin: AdminClient } | undefined;

  async open(peer: ClusterPeer): Promise<void> {
    this.#open = { peer, admin: openAdminClient(peer) };
    await this.admin.create(collectionPath("Namespace"), namespace(this.namespace));
  }

  async close(): Promise<void> {
    await this.#open?.admin.close();
    await this.#open?.peer.close();
  }

  get admin(): AdminClient {
    assert.ok(this.#open, "the cluster was not started");
    return this.#open.admin;
  }

  /** The path of a kind in our namespace, or of one object of it. */
  at(kind: string, name?: string, subresource?: string): string {
    return [collectionPath(kind, this.namespace), name, subresource].filter((part) => part !== undefined).join("/");
  }

  make(draft: Draft): Promise<KubeObject> {
    return this.admin.create(this.at(draft.kind), draft);
  }

  patch(
    path: string,
    body: unknown,
    query: Readonly<Record<string, string>> = {},
    type: Parameters<typeof patchType>[0] = "merge",
  ): Promise<Answer> {
    return this.admin.send("PATCH", path, { body, query, contentType: patchType(type) });
  }

  /** A service account with a token of its own, and rights when rules are given. */
  async account(name: string, rules?: readonly unknown[]): Promise<AdminClient> {
    await this.make({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
    if (rules) {
      await this.make({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name }, rules });
      await this.make(roleBinding(name, this.namespace, { kind: "Role", name }));
    }
    return this.admin.as(await this.token(name));
  }

  async token(account: string, spec: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const path = this.at("ServiceAccount", account, "token");
    const { status, body } = await this.admin.send("POST", path, {
      body: { spec: { expirationSeconds: 600, ...spec } },
    });
    assert.equal(status, 201, body.message);
    return tokenOf(body);
  }
}

export function tokenOf(request: KubeObject): string {
  return (request["status"] as { token: string }).token;
}

/** Lets the account of that name do what the role says. */
export function roleBinding(
  account: string,
  place: string,
  role: { readonly kind: string; readonly name: string },
): Draft {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: account },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", ...role },
    subjects: [{ kind: "ServiceAccount", name: account, namespace: place }],
  };
}

export function configMap(name: string, rest: Readonly<Record<string, unknown>> = {}): Draft {
  const { labels, ...fields } = rest;
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...(labels ? { labels } : {}) }, ...fields };
}

/** A pod of one container. */
export function pod(name: string, image = `registry.example/${name}:1`): Draft {
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, spec: { containers: [{ name, image }] } };
}

/** The answer is this refusal, as a Status. */
export function refused(answer: Answer, code: number, reason: string, message?: string | RegExp): void {
  const { status, body } = answer;
  assert.deepEqual(
    { status, kind: body.kind, outcome: body["status"], reason: body.reason, code: body["code"] },
    { status: code, kind: "Status", outcome: "Failure", reason, code },
    body.message,
  );
  if (typeof message === "string") assert.equal(body.message, message);
  else if (message) assert.match(body.message ?? "", message);
}

/** Asks until it holds and gives that answer; what the last one was is in the fault after `withinMs`. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) assert.fail(`still not so after ${withinMs} ms: ${JSON.stringify(answer)}`);
    await sleep(50);
  }
}
