import type { Fields } from "./object.ts";
import { qualified, type Resource } from "./resources.ts";

export interface Cause {
  readonly reason: "FieldValueInvalid" | "FieldValueRequired" | "FieldValueForbidden" | "FieldValueNotSupported";
  readonly message: string;
  readonly field: string;
}

/** An answer that is no yes, with the `Status` body of the API. Wording as v1.36 answers, measured. */
export class Refusal extends Error {
  readonly code: number;
  readonly body: Fields;

  constructor(code: number, message: string, reason?: string, details?: Fields) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.body = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason ? { reason } : {}),
      ...(details ? { details } : {}),
      code,
    };
  }
}

type Named = Pick<Resource, "group" | "plural">;

const detailsOf = (name: string, group: string, kind: string): Fields => ({
  ...(name ? { name } : {}),
  ...(group ? { group } : {}),
  kind,
});

export function notFound(resource: Named, name: string): Refusal {
  const details = detailsOf(name, resource.group, resource.plural);
  return new Refusal(404, `${qualified(resource)} "${name}" not found`, "NotFound", details);
}

export function noSuchResource(): Refusal {
  return new Refusal(404, "the server could not find the requested resource", "NotFound", {});
}

export function methodNotAllowed(): Refusal {
  return new Refusal(405, "the server does not allow this method on the requested resource", "MethodNotAllowed", {});
}

export function alreadyExists(resource: Named, name: string): Refusal {
  const details = detailsOf(name, resource.group, resource.plural);
  return new Refusal(409, `${qualified(resource)} "${name}" already exists`, "AlreadyExists", details);
}

export function conflict(resource: Named, name: string, why: string): Refusal {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
  return new Refusal(409, message, "Conflict", detailsOf(name, resource.group, resource.plural));
}

export function modified(resource: Named, name: string): Refusal {
  const why = "the object has been modified; please apply your changes to the latest version and try again";
  return conflict(resource, name, why);
}

/** `named` is the kind and its group, such as Deployment of apps; a patch that cannot be decoded has neither. */
export function invalid(named: Pick<Resource, "group" | "kind">, name: string, causes: readonly Cause[]): Refusal {
  const sentences = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const said = sentences.length === 1 ? sentences[0] : `[${sentences.join(", ")}]`;
  const kind = named.group ? `${named.kind}.${named.group}` : named.kind;
  const details = { ...(named.kind ? detailsOf(name, named.group, named.kind) : {}), causes };
  return new Refusal(422, `${kind} "${name}" is invalid: ${said}`, "Invalid", details);
}

/** 429 of an eviction: only the cause tells it from a server that is too busy. */
export function disruptionRefused(why: string): Refusal {
  const details = { causes: [{ reason: "DisruptionBudget", message: why }] };
  return new Refusal(
    429,
    "Cannot evict pod as it would violate the pod's disruption budget.",
    "TooManyRequests",
    details,
  );
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, message, "BadRequest");
}

export function unauthorized(): Refusal {
  return new Refusal(401, "Unauthorized", "Unauthorized");
}

export function unsupportedMediaType(message = "415: Unsupported Media Type"): Refusal {
  return new Refusal(415, message, "UnsupportedMediaType", {});
}

export function expired(message: string): Refusal {
  return new Refusal(410, message, "Expired");
}

export function deleted(resource: Resource, name: string, uid: string): Fields {
  const details = { ...detailsOf(name, resource.group, resource.plural), uid };
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details };
}
