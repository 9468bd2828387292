import { decode } from "./decode.ts";
import type { Intent } from "./intent.ts";
import { type Fields, fieldsOf } from "./object.ts";
import { apiVersionOf, type Resource } from "./resources.ts";
import { badRequest, invalid, type Refusal } from "./status.ts";

/** Reads a body or a patched object as that kind; how it is refused differs between the two, as measured. */
export function readBody(
  resource: Pick<Resource, "kind" | "group" | "version">,
  body: Fields,
  { fieldValidation }: Pick<Intent, "fieldValidation">,
  from: "body" | "patch",
): { readonly fields: Fields; readonly warnings: readonly string[] } {
  const { kind } = resource;
  const apiVersion = apiVersionOf(resource);
  if ((body["kind"] ?? kind) !== kind || (body["apiVersion"] ?? apiVersion) !== apiVersion)
    throw badRequest(
      `${String(body["kind"])} in version "${String(body["apiVersion"])}" cannot be handled as a ${kind}: unknown conversion`,
    );
  const refuse = (why: string) => {
    if (from === "body")
      return badRequest(`${kind} in version "${resource.version}" cannot be handled as a ${kind}: ${why}`);
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(body))}: ${why}`;
    return invalid({ kind: "", group: "" }, "", [{ reason: "FieldValueInvalid", message, field: "patch" }]);
  };
  const { fields, unknown, wrong } = decode(kind, body);
  if (wrong !== undefined) throw refuse(wrong);
  if (unknown.length > 0 && fieldValidation === "Strict") throw refuse(`strict decoding error: ${unknown.join(", ")}`);
  if (kind === "Secret") demandBase64(fields, refuse);
  return { fields, warnings: fieldValidation === "Warn" ? unknown : [] };
}

function demandBase64(fields: Fields, refuse: (why: string) => Refusal): void {
  const values = Object.values(fieldsOf(fields["data"])).map(String);
  if (!values.every((value) => /^[A-Za-z0-9+/]*={0,2}$/.test(value) && value.length % 4 === 0))
    throw refuse("illegal base64 data");
}
