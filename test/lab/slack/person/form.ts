import type { ModalView } from "@slack/types";
import { type Fields, isFields, listIn } from "../json.ts";
import type { ViewState } from "../web-api/view-object.ts";
import { entered } from "./entered.ts";

/** block_id -> action_id -> what a person entered. */
export type Values = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * What Slack's client does before a submission leaves it: takes what was entered into every input of the modal, and
 * refuses what is required and missing, too short or too long, or entered where nothing can be.
 */
export function fillIn(view: ModalView, values: Values): { readonly state: ViewState } | { readonly fault: string } {
  const state: ViewState = {};
  for (const { blockId, element, required } of elementsOf(view)) {
    const actionId = String(element["action_id"]);
    const read = entered(element, values[blockId]?.[actionId]);
    if (!read) continue;
    if ("fault" in read) return { fault: `${blockId}: ${read.fault}` };
    if (required && read.empty) return { fault: `${blockId}: Please complete this required field.` };
    state[blockId] = { ...state[blockId], [actionId]: read.value };
  }
  for (const [blockId, actions] of Object.entries(values))
    for (const actionId of Object.keys(actions))
      if (!state[blockId]?.[actionId]) return { fault: `${blockId}: there is no field ${actionId} to fill in.` };
  return { state };
}

/** The state of a modal nobody typed in yet. */
export function untouched(view: ModalView): ViewState {
  const state: ViewState = {};
  for (const { blockId, element } of elementsOf(view)) {
    const read = entered(element, undefined);
    if (read && "value" in read) state[blockId] = { ...state[blockId], [String(element["action_id"])]: read.value };
  }
  return state;
}

interface Placed {
  readonly blockId: string;
  readonly element: Fields;
  readonly required: boolean;
}

function elementsOf(view: ModalView): Placed[] {
  return listIn(view.blocks)
    .filter(isFields)
    .flatMap((block) => {
      const blockId = String(block["block_id"]);
      const required = block["type"] === "input" && block["optional"] !== true;
      return [block["element"], block["accessory"], ...listIn(block["elements"])]
        .filter(isFields)
        .filter((element) => element["type"] !== "overflow")
        .map((element) => ({ blockId, element, required }));
    });
}
