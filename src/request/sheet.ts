import { headlineOf } from "../operation/headline.ts";
import { plannedInWords } from "../operation/plan.ts";
import { spanInWords } from "../operation/span.ts";
import type { ReviewRule } from "../policy/policy.ts";
import { commandOf } from "./asked.ts";
import { inWords, type Request } from "./request.ts";

/** A plan as one must see it who is about to say yes: every word of it, and nothing of where it is shown. */
export interface Sheet {
  readonly headline: string;
  readonly requester: string;
  /** The command line that asks for it. */
  readonly command: string;
  readonly reason: string;
  /** Label and value, in reading order. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** What it changes, what it does and what to beware of; those that are empty are left out. */
  readonly sections: readonly (readonly [title: string, items: readonly string[]])[];
  /** What was seen around the object when it was read; absent for what is about no object. */
  readonly live?: {
    readonly says: string;
    /** Milliseconds since 1970, by Redis's clock. */
    readonly readAt: number;
    readonly lastChange?: string;
  };
  /** Milliseconds since 1970, by Redis's clock. */
  readonly askedAt: number;
  readonly request: string;
  readonly digest: string;
  /** There is a plan, and it is no longer than a person reads; only then may anybody say yes to it. */
  readonly readable: boolean;
  /** Why not, where it is too long. */
  readonly tooLong: string;
}

// What is longer than this is no plan anybody approves knowingly.
const longestLine = 2_900;
const longestSheet = 16_000;
const mostItems = 400;

/** The sheet of a request, as far as it has come. */
export function sheetOf(request: Request): Sheet {
  const { operation } = request;
  const plan = "plan" in request ? request.plan : undefined;
  const decision = "decision" in request ? request.decision : undefined;
  const sections: Sheet["sections"] = [
    ["Changes", (plan?.changes ?? []).map(({ field, from, to }) => `${field}: ${from} → ${to}`)],
    ["What it does", plan?.effects ?? []],
    ["Warnings", plan?.live.warnings ?? []],
  ];
  const items = sections.flatMap(([, texts]) => texts);
  const length = items.reduce((sum, text) => sum + text.length, 0);
  const live = plan?.object && plan.live;
  return {
    headline: headlineOf(operation),
    requester: request.requester,
    command: commandOf(request),
    reason: request.reason || "none given",
    facts: [
      ["Cluster", operation.cluster],
      ["Tier", decision ? `${decision.tier} (${decision.rules.join(", ")})` : "not decided"],
      ...(plan?.object
        ? ([
            ["Object", plannedInWords(plan.object)],
            ["Uid", plan.object.uid],
          ] as const)
        : []),
      ...(decision?.requirements.breakGlass
        ? [["Break-glass", glassWords(decision.requirements.breakGlass)] as const]
        : []),
      ...("outcome" in request
        ? [["What came of it", `${inWords(request.state)}: ${request.outcome.says}`] as const]
        : []),
    ],
    sections: sections.filter(([, texts]) => texts.length > 0),
    ...(live
      ? {
          live: {
            says: live.total === 0 ? "It was read" : `${live.ready} of ${live.total} pods were ready when it was read`,
            readAt: live.readAt,
            ...(live.lastChange === undefined ? {} : { lastChange: live.lastChange }),
          },
        }
      : {}),
    askedAt: request.askedAt,
    request: request.id,
    digest: ("digest" in request ? request.digest : undefined) ?? "",
    readable:
      plan !== undefined &&
      length <= longestSheet &&
      items.length <= mostItems &&
      items.every((text) => text.length <= longestLine),
    tooLong: `This plan does not fit on one screen (${items.length} lines, ${length} characters), so nobody can say yes to it here. Ask for less at once.`,
  };
}

/** What breaking the glass means for who asks. */
function glassWords({ review, from }: ReviewRule): string {
  return `nobody approves it before; somebody of ${from.join(" or ")} reviews it within ${spanInWords(review)} of the grant`;
}
