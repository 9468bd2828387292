import { propagations } from "./deletion.ts";
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
  const dryRun = query.getAll("dryRun");
  demandDryRun(options, dryRun);
  const fieldValidation = query.get("fieldValidation") || "Warn";
  if (fieldValidation !== "Strict" && fieldValidation !== "Warn" && fieldValidation !== "Ignore")
    throw unsupported(options, "fieldValidation", fieldValidation, ["", "Ignore", "Strict", "Warn"]);
  const manager = query.get("fieldManager") || userAgent.split("/")[0] || "unknown";
  const message = `Too long: may not be more than ${longestManager} bytes`;
  if (manager.length > longestManager)
    throw invalid({ kind: options, group: "meta.k8s.io" }, "", [
      { reason: "FieldValueInvalid", message, field: "fieldManager" },
    ]);
  return { manager, dryRun: dryRun.length > 0, fieldValidation };
}

/** A body speaks alone: with one, what the query says is not even looked at, `dryRun` included (measured on v1.36). */
export function removalOf(request: ApiRequest): Removal {
  const { query } = request.route;
  if (request.body !== "") return readRemoval(bodyOf(request, { kind: "DeleteOptions" }));
  const grace = query.get("gracePeriodSeconds");
  return readRemoval({
    propagationPolicy: query.get("propagationPolicy") ?? undefined,
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(query.has("dryRun") ? { dryRun: query.getAll("dryRun") } : {}),
  });
}

/** Reads DeleteOptions. */
export function readRemoval(options: Fields): Removal {
  const { preconditions, gracePeriodSeconds: grace, propagationPolicy } = options;
  const { uid, resourceVersion } = fieldsOf(preconditions);
  const dryRun = Array.isArray(options["dryRun"]) ? options["dryRun"].map(String) : [];
  demandDryRun("DeleteOptions", dryRun);
  const propagation = propagations.find((policy) => policy === propagationPolicy);
  if (propagationPolicy !== undefined && !propagation)
    throw unsupported("DeleteOptions", "propagationPolicy", propagationPolicy, [...propagations, "nil"]);
  return {
    ...(uid === undefined ? {} : { uid: String(uid) }),
    ...(resourceVersion === undefined ? {} : { resourceVersion: String(resourceVersion) }),
    ...(grace === undefined ? {} : { graceSeconds: Number(grace) }),
    ...(propagation ? { propagation } : {}),
    dryRun: dryRun.length > 0,
  };
}

function demandDryRun(options: string, dryRun: readonly string[]): void {
  if (dryRun.some((value) => value !== "All")) throw unsupported(options, "dryRun", dryRun, ["All"]);
}

function unsupported(options: string, field: string, value: unknown, supported: readonly string[]): Refusal {
  const choices = supported.map((one) => JSON.stringify(one)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${choices}`;
  return invalid({ kind: options, group: "meta.k8s.io" }, "", [{ reason: "FieldValueNotSupported", message, field }]);
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
    matches: matchesOf(resource, query),
    resourceVersion,
    bookmarks: isSet("allowWatchBookmarks"),
    initialEvents: isSet("sendInitialEvents"),
    ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
  };
}
