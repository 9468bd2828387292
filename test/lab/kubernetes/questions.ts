import type { User } from "./identity.ts";
import { type Fields, fieldsOf, isFields, type KubeObject, timestamp } from "./object.ts";
import { authorize } from "./rbac.ts";
import { resourceOfKind } from "./resources.ts";
import { badRequest, type Cause, conflict, invalid } from "./status.ts";
import type { Store } from "./store.ts";
import { defaultAudiences, type Tokens } from "./tokens.ts";

// Requests that are answered and not stored.

const tokenRequest = { kind: "TokenRequest", group: "authentication.k8s.io" } as const;
const accessReview = { kind: "", group: "authorization.k8s.io" } as const;
const leastSeconds = 600;
const mostSeconds = 2 ** 32;
const defaultSeconds = 3_600;

/** Who am I. */
export function reviewSelf(user: User): Fields {
  return {
    kind: "SelfSubjectReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { creationTimestamp: timestamp(Date.now()) },
    status: { userInfo: user },
  };
}

/** May I; or, of a SubjectAccessReview, may they, whoever it names. */
export function reviewAccess(store: Store, kind: string, asking: User, spec: Fields): Fields {
  const { resourceAttributes, nonResourceAttributes } = spec;
  const user = kind === "SubjectAccessReview" ? namedIn(spec) : asking;
  if (isFields(resourceAttributes) === isFields(nonResourceAttributes))
    throw invalid(accessReview, "", [
      wrong(
        "spec.resourceAttributes",
        "null",
        "exactly one of nonResourceAttributes or resourceAttributes must be specified",
      ),
    ]);
  const asked = fieldsOf(resourceAttributes ?? nonResourceAttributes);
  const text = (field: string) => (typeof asked[field] === "string" ? asked[field] : "");
  const verb = text("verb");
  const verdict = isFields(resourceAttributes)
    ? authorize(store, user, {
        verb,
        group: text("group"),
        plural: text("resource"),
        subresource: text("subresource"),
        namespace: text("namespace"),
        name: text("name"),
      })
    : authorize(store, user, { verb, path: text("path") });
  const reason = verdict.allowed && verdict.reason ? { reason: verdict.reason } : {};
  return {
    kind,
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
    status: { allowed: verdict.allowed, ...reason },
  };
}

/** A user as somebody tells them, who need not exist. */
function namedIn(spec: Fields): User {
  const groups = Array.isArray(spec["groups"]) ? spec["groups"].map(String) : [];
  const username = String(spec["user"] ?? "");
  if (username === "" && groups.length === 0)
    throw invalid(accessReview, "", [wrong("spec.user", '""', "at least one of user or group must be specified")]);
  return { username, groups };
}

/** A token for this account, bound to a Secret when asked. */
export function requestToken(store: Store, tokens: Tokens, account: KubeObject, spec: Fields): Fields {
  const now = Date.now();
  const seconds = Number(spec["expirationSeconds"] ?? defaultSeconds);
  if (seconds < leastSeconds)
    throw invalid(tokenRequest, "", [
      wrong("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes"),
    ]);
  if (seconds > mostSeconds)
    throw invalid(tokenRequest, "", [
      wrong("spec.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds"),
    ]);
  const asked = Array.isArray(spec["audiences"]) ? spec["audiences"].map(String) : [];
  const audiences = asked.length > 0 ? asked : defaultAudiences;
  const { name, namespace = "", uid } = account.metadata;
  const secret = boundSecret(store, namespace, spec["boundObjectRef"]);
  const token = tokens.issue({ account, audiences, seconds, ...(secret ? { secret } : {}) }, now);
  return {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, uid, creationTimestamp: timestamp(now) },
    spec: {
      audiences,
      expirationSeconds: seconds,
      boundObjectRef: secret
        ? { kind: "Secret", apiVersion: "v1", name: secret.metadata.name, uid: secret.metadata.uid }
        : null,
    },
    status: { token, expirationTimestamp: timestamp(now + seconds * 1000) },
  };
}

function boundSecret(store: Store, namespace: string, ref: unknown): KubeObject | undefined {
  if (!isFields(ref)) return undefined;
  const { kind, apiVersion, name, uid } = ref;
  if (kind !== "Secret" || apiVersion !== "v1")
    throw badRequest(`cannot bind token to object of type /${String(apiVersion)}, Kind=${String(kind)}`);
  const secret = store.demand(resourceOfKind("Secret"), namespace, String(name));
  if (uid && uid !== secret.metadata.uid)
    throw conflict(
      { group: "", plural: "Secret" },
      String(name),
      `the UID in the bound object reference (${String(uid)}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  return secret;
}

function wrong(field: string, value: unknown, why: string): Cause {
  return { reason: "FieldValueInvalid", message: `Invalid value: ${String(value)}: ${why}`, field };
}
