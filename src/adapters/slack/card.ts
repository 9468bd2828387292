import type { KnownBlock, RichTextElement } from "@slack/types";
import { spoken as commandOf } from "../../operation/catalogue.ts";
import { headlineOf } from "../../operation/headline.ts";
import { namespaceOf } from "../../operation/operation.ts";
import { plannedInWords } from "../../operation/plan.ts";
import { authenticatorWords } from "../../policy/authenticator.ts";
import { openStage, stagesOf } from "../../policy/stages.ts";
import { endOf } from "../../request/ending.ts";
import type { Request } from "../../request/request.ts";
import {
  actions,
  bold,
  bullets,
  button,
  context,
  fields,
  header,
  limits,
  lines,
  moment,
  momentText,
  person,
  preformatted,
  raw,
  richText,
} from "./blocks.ts";
import { buttonsFor } from "./buttons.ts";
import { clip, escaped } from "./escape.ts";
import { approvalsOf, decisionOf, digestOf, planOf, proofOf, quorumOf } from "./known.ts";
import type { Surface } from "./surface.ts";
import { stateWords, whereOf, wishOf } from "./words.ts";

const shownItems = 5;
const shownText = 300;

/** What approvers see in their channel. Nothing can be approved on it: the whole plan stands behind [Review]. */
export function cardOf(request: Request, channel: string, frozen?: string): Surface {
  const { operation } = request;
  const open = request.state === "awaiting-approval";
  const outcome = open ? [] : [richText(lines([bold(stateWords(request))]), ...approvers(request))];
  return {
    key: "card",
    channel,
    text: escaped(`${headlineOf(operation)}: ${stateWords(request)}`, 600),
    blocks: [
      header(headlineOf(operation)),
      ...outcome,
      ...(frozen === undefined ? [] : [richText(lines([bold(frozen)]))]),
      richText(
        lines(
          [
            person(request.origin.user),
            raw(` (${request.requester}) asks to ${wishOf(operation)}`),
            raw(` ${whereOf(operation)}.`),
          ],
          [bold("Reason: "), raw(request.reason || "none given")],
        ),
      ),
      fields(cardFields(request)),
      richText(preformatted(commandOf(operation)), ...consequences(request)),
      ...(open ? [actions(button("review", "Review", request.id, { style: "primary" }))] : []),
      ...(request.state === "unknown" ? [actions(...buttonsFor(request))] : []),
      context(`Request ${request.id} · plan ${(digestOf(request) ?? "").slice(0, 12)}`),
    ] satisfies KnownBlock[],
    inThread: false,
    once: false,
  };
}

function cardFields(request: Request): readonly (readonly [string, string])[] {
  const plan = planOf(request);
  const decision = decisionOf(request);
  const proof = proofOf(request);
  const namespace = namespaceOf(request.operation);
  const unplanned = namespace === undefined ? "not read yet" : `Namespace ${namespace}`;
  const where = plan?.object ? plannedInWords(plan.object) : unplanned;
  return [
    ["Object", escaped(`${where}, cluster ${request.operation.cluster}`, limits.fieldText)],
    ["Tier", escaped(decision ? `${decision.tier} (${decision.rules.join(", ")})` : "not decided", shownText)],
    [
      "Requester verified",
      proof ? `${authenticatorWords[proof.authenticator]}, ${momentText(proof.at)}` : "not asked for",
    ],
    ["Approvals", escaped(approvalWords(request), shownText)],
    ...(request.state === "awaiting-approval" ? [["Expires", momentText(endOf(request))] as const] : []),
  ];
}

/** How many approvals there are, and from whom the next must come. */
function approvalWords(request: Request): string {
  const quorum = quorumOf(request);
  const requirements = decisionOf(request)?.requirements ?? {};
  if (!quorum) return "none";
  const { given, wanted } = quorum;
  const stages = stagesOf(requirements);
  if (stages.length === 1) return `${given} of ${wanted}, from ${stages[0]?.from.join(" or ")}`;
  const open = openStage(requirements, given);
  if (!open) return `${given} of ${wanted}, in ${stages.length} stages`;
  const then = stages.slice(open.number).map(({ count, from }) => `${count} from ${from.join(" or ")}`);
  const now = `stage ${open.number} of ${open.of} is open: ${open.given} of ${open.rule.count}, from ${open.rule.from.join(" or ")}`;
  return [now, ...then].join("; then ");
}

/** Who approved, when and how: stays on the card for good. */
function approvers(request: Request) {
  const approvals = approvalsOf(request);
  if (approvals.length === 0) return [];
  return [
    bullets(
      approvals.map(({ subject, at, proof }): RichTextElement[] => [
        raw(
          `Approved by ${clip(subject, shownText)}, ${proof ? `with ${authenticatorWords[proof.authenticator]}` : "without a code"}, `,
        ),
        moment(at),
      ]),
    ),
  ];
}

function consequences(request: Request) {
  const plan = planOf(request);
  if (!plan) return [];
  const said = [
    ...plan.effects.map((text) => [raw(clip(text, shownText))]),
    ...plan.live.warnings.map((text) => [bold("Warning: "), raw(clip(text, shownText))]),
  ];
  if (said.length === 0) return [];
  const more = said.length - shownItems;
  return [bullets(more > 0 ? [...said.slice(0, shownItems), [raw(`and ${more} more, in Review`)]] : said)];
}
