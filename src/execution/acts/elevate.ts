import { canonical, sha256 } from "../../audit/canonical.ts";
import type { Elevate } from "../../operation/catalogue/elevations.ts";
import { elevationLabel, elevationName, expiresAnnotation, requesterAnnotation } from "../../operation/elevation.ts";
import { apiVersionOf } from "../../operation/object-kind.ts";
import type { Json } from "../../operation/plan.ts";
import { momentInWords, spanInWords } from "../../operation/span.ts";
import { type KubernetesIdentity, kubernetesIdentity } from "../../policy/subject.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import type { Act, ChangePlan } from "../act.ts";
import { list, record, text, texts } from "../objects/fields.ts";
import { refOf, uidOf } from "../objects/planned-object.ts";
import { digestAnnotation, stamped } from "../objects/stamp.ts";

/**
 * Makes one RoleBinding for the requester, whose end stands on it from the first moment. It cannot be made twice: the
 * call is sent once, and its name is the request's own. `end-elevation.ts` takes it away.
 */
export const elevate: Act<Elevate> = {
  async plan(reader, operation, now, _, requester) {
    const { target, seconds, cluster } = operation;
    const { namespace, name: role } = target;
    if (!requester) return { unplannable: "Nobody is elevated on behalf of nobody." };
    const who = kubernetesIdentity(requester, cluster);
    if (!who)
      return {
        unplannable: `Nobody has said who ${requester.sub} is in the cluster ${cluster}: an administrator adds \`kubernetes: { user: NAME }\` to them in the directory.`,
      };
    const object = (await reader.get(refOf({ kind: "ClusterRole", name: role }))).object;
    const rules = list(object["rules"]).map(record);
    if (rules.some(givesRights))
      return { unplannable: `The role ${role} may give rights away itself, so it would outlast its end.` };
    const { resourceVersion } = record(object["metadata"]);
    return {
      operation,
      object: { apiVersion: apiVersionOf("ClusterRole"), kind: "ClusterRole", name: role, uid: uidOf(object) },
      changes: [
        {
          field: `a RoleBinding in ${namespace}`,
          from: "none",
          to: `${wordsOf(who)} holds ${role} for ${spanInWords(seconds * 1000)} from the grant on`,
        },
      ],
      // The role by what it allows: with other rules it is another thing to approve.
      binding: { requester: requester.sub, subject: { ...who }, rules: sha256(canonical(rules)) },
      effects: [
        `${wordsOf(who)} may do in ${namespace} whatever ${role} allows, past Countersign, until it is taken away.`,
      ],
      facts: { replicas: 0, labels: {} },
      live: {
        readAt: now,
        resourceVersion: text(resourceVersion),
        ready: 0,
        total: 0,
        warnings: warningsOf(who, role, rules),
      },
    };
  },

  apply(session, plan, { stamp, dryRun }) {
    const { target, seconds } = operationOf(plan);
    const metadata = {
      name: elevationName(stamp.request),
      namespace: target.namespace,
      labels: { "app.kubernetes.io/managed-by": "countersign", [elevationLabel]: "true" },
      annotations: {
        ...stamped(stamp),
        [requesterAnnotation]: text(record(plan.binding)["requester"]),
        // From the signed grant, so that no record can move it.
        [expiresAnnotation]: new Date(stamp.at + seconds * 1000).toISOString(),
      },
    };
    const apiGroup = "rbac.authorization.k8s.io";
    const body = {
      apiVersion: apiVersionOf("RoleBinding"),
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup, kind: "ClusterRole", name: target.name },
      subjects: [{ apiGroup, ...identityIn(plan) }],
    };
    return session.create(refOf({ kind: "RoleBinding", ...metadata }), body, { dryRun });
  },

  mark: (plan, request) =>
    refOf({ kind: "RoleBinding", namespace: operationOf(plan).target.namespace, name: elevationName(request) }),

  // While it is not there, a call of ours may still be on its way.
  shows: (object, _, { stamp }) =>
    object && annotationsOf(object)[digestAnnotation] === stamp.digest ? "done" : "unclear",

  async follow({ plan, from }) {
    if (!from) return { well: false, why: "the binding is gone already" };
    const { target } = operationOf(plan);
    const until = annotationsOf(from)[expiresAnnotation] ?? "";
    return {
      well: true,
      says: `done; ${wordsOf(identityIn(plan))} holds ${target.name} in ${target.namespace} until ${momentInWords(until)}`,
    };
  },
};

function operationOf({ operation }: ChangePlan): Elevate {
  if (operation.kind !== "elevate") throw new Error(`${operation.kind} elevates nobody`);
  return operation;
}

/** Who is bound, out of what was approved. */
function identityIn({ binding }: ChangePlan): KubernetesIdentity {
  const { kind, name } = record(record(binding)["subject"]);
  if ((kind !== "User" && kind !== "Group") || typeof name !== "string") throw new Error("the plan names nobody");
  return { kind, name };
}

function wordsOf({ kind, name }: KubernetesIdentity): string {
  return kind === "User" ? `the user ${name}` : `the group ${name}`;
}

function annotationsOf(object: KubeObject): Readonly<Record<string, string>> {
  return texts(record(object["metadata"])["annotations"]);
}

type Rule = Readonly<Record<string, Json>>;

const reading: ReadonlySet<Json> = new Set(["get", "list", "watch"]);

/** Whether the rule reaches roles or bindings with more than a look, or takes on another identity of a person. */
function givesRights(rule: Rule): boolean {
  const { apiGroups, resources, verbs } = rule;
  const has = (field: Json | undefined, ...words: readonly string[]) =>
    list(field).some((word) => word === "*" || words.includes(String(word)));
  const inRbac =
    has(apiGroups, "rbac.authorization.k8s.io") &&
    has(resources, "roles", "rolebindings", "clusterroles", "clusterrolebindings") &&
    !list(verbs).every((verb) => reading.has(verb));
  return inRbac || (has(verbs, "impersonate") && has(resources, "users", "groups"));
}

function warningsOf(who: KubernetesIdentity, role: string, rules: readonly Rule[]): readonly string[] {
  const allows = (resource: string, verb: string) =>
    rules.some(
      ({ resources, verbs }) =>
        [resource, "*"].some((one) => list(resources).includes(one)) &&
        [verb, "*"].some((one) => list(verbs).includes(one)),
    );
  return [
    ...(who.kind === "Group"
      ? [`Everybody whom the API server counts to the group ${who.name} is elevated with it.`]
      : []),
    ...(allows("secrets", "get") || allows("pods", "create")
      ? [
          `${role} reaches the namespace's Secrets and service accounts: what is copied from there outlasts the elevation.`,
        ]
      : []),
  ];
}
