import type { KnownBlock, RichTextElement } from "@slack/types";
import { spoken as commandOf } from "../../operation/catalogue.ts";
import { headlineOf } from "../../operation/headline.ts";
import { namespaceOf } from "../../operation/operation.ts";
import { plannedInWords } from "../../operation/plan.ts";
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
export function cardOf(request: Request, channel: string): Surface {
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
  const quorum = quorumOf(request);
  const from = decision?.requirements.approvals?.from ?? [];
  const namespace = namespaceOf(request.operation);
  const unplanned = namespace === undefined ? "not read yet" : `Namespace ${namespace}`;
  const where = plan?.object ? plannedInWords(plan.object) : unplanned;
  return [
    ["Object", escaped(`${where}, cluster ${request.operation.cluster}`, limits.fieldText)],
    ["Tier", escaped(decision ? `${decision.tier} (${decision.rules.join(", ")})` : "not decided", shownText)],
    ["Requester verified", proof ? `${proof.authenticator.toUpperCase()}, ${momentText(proof.at)}` : "not asked for"],
    [
      "Approvals",
      escaped(quorum ? `${quorum.given} of ${quorum.wanted}, from ${from.join(" or ")}` : "none", shownText),
    ],
    ...(request.state === "awaiting-approval" ? [["Expires", momentText(request.expiresAt)] as const] : []),
  ];
}

/** Who approved, when and how: stays on the card for good. */
function approvers(request: Request) {
  const approvals = approvalsOf(request);
  if (approvals.length === 0) return [];
  return [
    bullets(
      approvals.map(({ subject, at, proof }): RichTextElement[] => [
        raw(
          `Approved by ${clip(subject, shownText)}, ${proof ? `with ${proof.authenticator.toUpperCase()}` : "without a code"}, `,
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
