import type { Button } from "@slack/types";
import { entryOf } from "../../operation/catalogue.ts";
import { openElevation } from "../../request/elevation.ts";
import { isOver, type Request } from "../../request/request.ts";
import { owesReview } from "../../request/review.ts";
import { undoOffer } from "../../request/undo-offer.ts";
import { mayBeLookedAt } from "../../request/unknown.ts";
import { button } from "./blocks.ts";

/** What people may do now, the requester before all; the buttons vanish with the state. */
export function buttonsFor(request: Request): readonly Button[] {
  return [...buttonsOfState(request), ...revokeButton(request), ...reviewButton(request)];
}

/** Once it is over, the review of a request that broke the glass may be closed by somebody else. */
export function reviewButton(request: Request): readonly Button[] {
  return owesReview(request) && isOver(request) ? [button("reviewed", "Reviewed…", request.id)] : [];
}

/** An elevation that stands may be ended by its holder, or by whoever may approve it. */
function revokeButton(request: Request): readonly Button[] {
  const elevation = openElevation(request);
  if (!elevation || elevation.revoked) return [];
  return [
    button("revoke", "Take the role away", request.id, {
      style: "danger",
      confirm: {
        title: { type: "plain_text", text: "End this elevation?" },
        text: { type: "plain_text", text: "The role is taken away at once. It can be asked for again." },
        confirm: { type: "plain_text", text: "Take it away" },
        deny: { type: "plain_text", text: "Keep it" },
      },
    }),
  ];
}

function buttonsOfState(request: Request): readonly Button[] {
  const cancel = button("cancel", "Cancel", request.id, {
    style: "danger",
    confirm: {
      title: { type: "plain_text", text: "Cancel this request?" },
      text: { type: "plain_text", text: "Nothing will be changed. It can be asked for again." },
      confirm: { type: "plain_text", text: "Cancel the request" },
      deny: { type: "plain_text", text: "Keep it" },
    },
  });
  switch (request.state) {
    case "awaiting-challenge":
      return [button("prove", "Prove presence", request.id, { style: "primary" }), cancel];
    case "awaiting-approval":
    case "granted":
      return [cancel];
    case "unknown":
      return [
        button("ran", "It ran…", request.id),
        button("did-not-run", "It did not run…", request.id),
        ...(mayBeLookedAt(request) ? [button("look-again", "Look again", request.id)] : []),
      ];
    case "succeeded": {
      const offer = undoOffer(request);
      return offer ? [button("undo", `Undo: ${entryOf(offer.operation).headline(offer.operation)}…`, request.id)] : [];
    }
    default:
      return [];
  }
}
