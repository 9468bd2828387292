import fc from "fast-check";
import { naughty as naughtyNames } from "../adapters/kubernetes/naughty.ts";
import { naughty as naughtyTexts } from "../adapters/slack/naughty.ts";

/** Texts and names that have done harm somewhere. */
export const naughty: readonly string[] = [...naughtyTexts, ...naughtyNames];

// Halves of surrogate pairs included: Slack never sends them, and nothing of ours may fall over them.
const codeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

/** Any text at all. */
export const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 80 }),
  codeUnits,
  fc.constantFrom(...naughty),
);

const vocabulary = [
  ...["help", "mine", "status", "cancel", "get", "rollout", "restart", "scale", "r-ab12cd34", "gte", "ROLLOUT"],
  ...["pods", "po", "deploy", "deploy/api", "deployment", "api", "deploy/", "/", "deploy/api/x", "--replicas=3"],
  ...["--replicas", "3", "-n", "prod", "-nprod", "--namespace=prod", "--namespace", "-c", "demo", "--cluster=demo"],
  ...["-c=demo", "--", "—", "-- why", "— 5xx since the deploy", "“quoted”", '"', "'", "`", "--no-namespace", "-nc"],
  ...["--__proto__=x", "__proto__", "constructor", "--constructor", "-", "---", "=", "--=", "-n=", "\u00a0", "\n"],
] as const;

/** Text that comes near to a command. */
export const nearCommand = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...vocabulary) }, { weight: 1, arbitrary: anyText }), {
    maxLength: 12,
  })
  .map((words) => words.join(" "));
