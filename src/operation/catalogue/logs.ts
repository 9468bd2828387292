import type { Entry, Form, Typed } from "../entry.ts";
import { type Namespace, parseNamespace } from "../name.ts";
import { kindOf, objectKinds } from "../object-kind.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { spokenTarget, type Target, targetInWords } from "../target.ts";
import { badName, readTarget, readWhole, short } from "../typed.ts";

/** The newest lines that one container of a pod has written. */
export interface Logs {
  readonly kind: "logs";
  readonly cluster: string;
  readonly target: Target<"Pod">;
  /** An RFC 1123 label, as the name of a namespace is; absent: the pod's only or default one. */
  readonly container?: Namespace;
  /** 1 to 1000 lines. */
  readonly tail: number;
  /** Seconds ago, 1 to 7 days. */
  readonly since?: number;
  /** Of the run before the last restart. */
  readonly previous?: true;
}

const usualTail = 100;
const mostTail = 1_000;
const mostSeconds = 7 * 86_400;

export const logs: Entry<Logs> = {
  usage: "logs pod/NAME -n NAMESPACE [--container=NAME] [--tail=N] [--since=10m] [--previous]",
  summary: "the newest lines of a pod, masked, to you alone",
  group: "@read",
  idempotent: true,
  // Of its own, for a log may hold what no mask sees: a policy can ask more for it, an administrator leave it out.
  account: "countersign-logs",
  rules: [
    { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  ],
  say: ({ target, container, tail, since, previous }) =>
    [
      `logs ${spokenTarget(target)}`,
      ...(container === undefined ? [] : [`--container=${container}`]),
      ...(tail === usualTail ? [] : [`--tail=${tail}`]),
      ...(since === undefined ? [] : [`--since=${since}s`]),
      ...(previous ? ["--previous"] : []),
    ].join(" "),
  headline: ({ target }) => `Read the log of ${target.name}`,
  wish: ({ target }) => `read the log of the ${targetInWords(target)}`,
};

export const logForms: readonly Form<Logs>[] = [
  {
    words: "logs",
    usage: logs.usage,
    namespace: "needed",
    flags: { container: {}, tail: {}, since: {}, previous: { short: "p", isSwitch: true } },
    read(typed) {
      const target = readPod(typed);
      if (isRefusal(target)) return target;
      const { cluster, flags } = typed;
      const tail = flags["tail"] === undefined ? usualTail : readWhole(typed, "tail", [1, mostTail], "number of lines");
      if (isRefusal(tail)) return tail;
      const since = flags["since"] === undefined ? undefined : readSince(flags["since"]);
      if (isRefusal(since)) return since;
      const named = flags["container"];
      const container = named === undefined ? undefined : parseNamespace(named);
      if (named !== undefined && container === undefined) return badName("name", named);
      return {
        kind: "logs",
        cluster,
        target,
        ...(container === undefined ? {} : { container }),
        tail,
        ...(since === undefined ? {} : { since }),
        ...(flags["previous"] === undefined ? {} : { previous: true }),
      };
    },
  },
];

/** A pod, with or without the word for it; what else has pods is refused with the way to them. */
function readPod(typed: Typed): Target<"Pod"> | Refusal {
  const [first = "", ...more] = typed.positionals;
  const [word = "", ...rest] = first.split("/");
  const kind = kindOf(word);
  if (kind !== undefined && kind !== "Pod") {
    const where = typed.namespace === undefined ? "" : ` -n ${typed.namespace}`;
    return refuse(
      "bad-arguments",
      `A ${objectKinds[kind].noun} has no log of its own: only pods have one.`,
      `\`get pods${where}\` lists them; then \`logs pod/NAME${where}\`.`,
    );
  }
  const bare = first !== "" && kind === undefined && rest.length === 0;
  return readTarget(bare ? { ...typed, positionals: [`pod/${first}`, ...more] } : typed, ["Pod"]);
}

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `90s`, `10m`, `1h30m`, `2d` -> seconds. */
function readSince(text: string): number | Refusal {
  const parts = /^(\d{1,6}[smhd]){1,4}$/.test(text) ? [...text.matchAll(/(\d+)([smhd])/g)] : [];
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * unitSeconds[unit as keyof typeof unitSeconds],
    0,
  );
  return seconds >= 1 && seconds <= mostSeconds
    ? seconds
    : refuse(
        "bad-arguments",
        `\`${short(text)}\` is no time to look back.`,
        "Say it as 90s, 10m or 1h30m, at most 7d.",
      );
}
