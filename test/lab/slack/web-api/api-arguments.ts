import { type Fields, isFields, parsedJson } from "../json.ts";
import { refusalOf } from "./api-refusal.ts";

/** Arguments @slack/web-api flattens to JSON text in its form bodies. */
const JSON_ARGUMENTS = ["attachments", "blocks", "metadata", "view"];

/** The arguments of one Web API call, read the same from a form and from a JSON body. */
export class ApiArguments {
  readonly all: Readonly<Fields>;

  constructor(all: Fields) {
    this.all = all;
  }

  static fromBody(contentType: string, body: string): ApiArguments {
    if (contentType.startsWith("application/json")) {
      const fields = parsedJson(body);
      return new ApiArguments(isFields(fields) ? fields : {});
    }
    const fields: Fields = {};
    for (const [name, value] of new URLSearchParams(body)) fields[name] = decoded(name, value);
    return new ApiArguments(fields);
  }

  text(name: string): string | undefined {
    const value = this.all[name];
    return value === undefined ? undefined : String(value);
  }

  required(name: string): string {
    const value = this.text(name);
    if (!value) throw refusalOf("invalid_arguments", [`missing required field: ${name}`]);
    return value;
  }

  flag(name: string): boolean {
    return this.all[name] === true || this.all[name] === "1";
  }

  number(name: string, fallback: number): number {
    const value = Number(this.text(name));
    return Number.isFinite(value) && value > 0 ? value : fallback;
  }

  value(name: string): unknown {
    return this.all[name];
  }
}

/** An unreadable JSON text stays a text, which the method then refuses. */
function decoded(name: string, value: string): unknown {
  if (JSON_ARGUMENTS.includes(name)) return parsedJson(value) ?? value;
  if (value === "true") return true;
  return value === "false" ? false : value;
}
