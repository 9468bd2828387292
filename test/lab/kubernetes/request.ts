import type { User } from "./identity.ts";
import type { Intent, Removal } from "./intent.ts";
import { matchesOf } from "./list.ts";
import { type Fields, fieldsOf, isFields } from "./object.ts";
import type { Resource } from "./resources.ts";
import type { Route } from "./route.ts";
import { badRequest, invalid, Refusal, unsupportedMediaType } from "./status.ts";
import type { WatchOptions } from "./watch.ts";

export interface ApiRequest {
  readonly route: Route;
  readonly user: User;
  /** Without parameters, in lower case. */
  readonly contentType: string;
  readonly userAgent: string;
  readonly body: string;
}

const longestManager = 128;

export function bodyOf({ contentType, body }: ApiRequest, { kind }: { readonly kind: string }): Fields {
  if (contentType !== "application/json" && contentType !== "")
    throw unsupportedMediaType(
      "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
    );
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error`,
    );
  }
  if (isFields(parsed)) return parsed;
  throw badRequest(`the object provided is unrecognized (must be of type ${kind})`);
}

export function intentOf({ route: { query }, userAgent }: ApiRequest, options: string): Intent {
  const refuse = (field: string, value: string, supported: string) => {
    const message = `Unsupported value: ${value}: supported values: ${supported}`;
    return invalid({ kind: options, group: "meta.k8s.io" }, "", [{ reason: "FieldValueNotSupported", message, field }]);
  };
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All")) throw refuse("dryRun", JSON.stringify(dryRun), '"All"');
  const fieldValidation = query.get("fieldValidation") || "Warn";
  if (fieldValidation !== "Strict" && fieldValidation !== "Warn" && fieldValidation !== "Ignore")
    throw refuse("fieldValidation", JSON.stringify(fieldValidation), '"", "Ignore", "Strict", "Warn"');
  const manager = query.get("fieldManager") || userAgent.split("/")[0] || "unknown";
  if (manager.length > longestManager)
    throw invalid({ kind: options, group: "meta.k8s.io" }, "", [
      {
        reason: "FieldValueInvalid",
        message: `Too long: may not be more than ${longestManager} bytes`,
        field: "fieldManager",
      },
    ]);
  return { manager, dryRun: dryRun.length > 0, fieldValidation };
}

export function removalOf(request: ApiRequest): { readonly removal: Removal; readonly dryRun: boolean } {
  const body = request.body === "" ? {} : bodyOf(request, { kind: "DeleteOptions" });
  const { uid, resourceVersion } = fieldsOf(body["preconditions"]);
  const { query } = request.route;
  const grace = body["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds") ?? undefined;
  const removal = {
    ...(uid === undefined ? {} : { uid: String(uid) }),
    ...(resourceVersion === undefined ? {} : { resourceVersion: String(resourceVersion) }),
    ...(grace === undefined ? {} : { gracePeriodSeconds: Number(grace) }),
  };
  return { removal, dryRun: query.has("dryRun") || Array.isArray(body["dryRun"]) };
}

export function watchOptions(resource: Resource, namespace: string, query: URLSearchParams): WatchOptions {
  const resourceVersion = query.get("resourceVersion") ?? "";
  if (!/^\d*$/.test(resourceVersion))
    throw new Refusal(
      500,
      `resourceVersion: Invalid value: "${resourceVersion}": strconv.ParseUint: parsing "${resourceVersion}": invalid syntax`,
    );
  const isSet = (name: string) => ["1", "true"].includes(query.get(name) ?? "");
  const timeoutSeconds = Number(query.get("timeoutSeconds") ?? 0);
  return {
    resource,
    namespace,
    matches: matchesOf(query),
    resourceVersion,
    bookmarks: isSet("allowWatchBookmarks"),
    initialEvents: isSet("sendInitialEvents"),
    ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
  };
}
