import { isFields } from "../json.ts";

/** Takes one fault: what is wrong in Slack's words, and where as a JSON pointer. */
type Report = (problem: string, pointer: string) => void;

/** Looks at one JSON value and reports every fault in it. */
export type Check = (value: unknown, at: string, report: Report) => void;

export const anything: Check = () => {};

export const flag: Check = (value, at, report) => {
  if (typeof value !== "boolean") report("must be a boolean", at);
};

export function characters(max: number, min = 0): Check {
  return (value, at, report) => {
    if (typeof value !== "string") return report("must be a string", at);
    if (value.length > max) report(`must be less than ${max + 1} characters`, at);
    if (value.length < min) report(`must be more than ${min - 1} characters`, at);
  };
}

export function wholeNumber(min: number, max: number): Check {
  return (value, at, report) => {
    if (typeof value !== "number" || !Number.isInteger(value)) return report("must be an integer", at);
    if (value < min) report(`must be greater than ${min - 1}`, at);
    if (value > max) report(`must be less than ${max + 1}`, at);
  };
}

export function oneOf(...words: readonly string[]): Check {
  return (value, at, report) => {
    if (typeof value !== "string" || !words.includes(value)) report(`must be one of: ${words.join(", ")}`, at);
  };
}

export function list(item: Check, max: number, min = 0): Check {
  return (value, at, report) => {
    if (!Array.isArray(value)) return report("must be an array", at);
    if (value.length > max) report(`no more than ${max} items allowed`, at);
    if (value.length < min) report(`no less than ${min} items required`, at);
    for (const [index, one] of value.entries()) item(one, `${at}/${index}`, report);
  };
}

/** An object with these fields, the required ones among them, and no others but `type`. */
export function shape(fields: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, at, report) => {
    if (!isFields(value)) return report("must be an object", at);
    for (const name of required) if (value[name] === undefined) report(`missing required field: ${name}`, at);
    for (const [name, field] of Object.entries(value)) {
      if (name === "type" || field === undefined) continue;
      const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (check === undefined) report(`invalid additional property: ${name}`, at);
      else check(field, `${at}/${name}`, report);
    }
  };
}

/** An object told apart by its `type`. */
export function variants(kinds: Readonly<Record<string, Check>>): Check {
  return (value, at, report) => {
    if (!isFields(value)) return report("must be an object", at);
    const type = value["type"];
    if (type === undefined) return report("missing required field: type", at);
    const check = typeof type === "string" && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (check === undefined) return report(`unsupported type: ${String(type)}`, `${at}/type`);
    check(value, at, report);
  };
}

const PLAIN = { emoji: flag };
const MRKDWN = { verbatim: flag };

/** A `plain_text` object of 1 to `max` characters. */
export function plainText(max: number): Check {
  return variants({ plain_text: shape({ text: characters(max, 1), ...PLAIN }, ["text"]) });
}

/** A `mrkdwn` object of 1 to `max` characters. */
export function mrkdwnText(max: number): Check {
  return variants({ mrkdwn: shape({ text: characters(max, 1), ...MRKDWN }, ["text"]) });
}

/** A text object of either kind, of 1 to `max` characters. */
export function anyText(max: number): Check {
  return variants({
    plain_text: shape({ text: characters(max, 1), ...PLAIN }, ["text"]),
    mrkdwn: shape({ text: characters(max, 1), ...MRKDWN }, ["text"]),
  });
}

/** Every fault of a value, as Slack words them in `response_metadata.messages`, without the `[ERROR]` mark. */
export function faultsOf(check: Check, value: unknown, at: string): string[] {
  const faults: string[] = [];
  check(value, at, (problem, pointer) => faults.push(`${problem} [json-pointer:${pointer}]`));
  return faults;
}
