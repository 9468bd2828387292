import type { AnyBlock } from "@slack/types";
import { type Fields, isFields, listIn } from "../json.ts";

/** An element a person can act on, and the block it stands in. */
export interface Interactive {
  readonly blockId: string;
  readonly element: Fields;
}

const PLACES = ["accessory", "element"];
const LISTS = ["elements", "actions"];
const NESTED = ["child_blocks", "tasks"];

/** The element with this action id, wherever in the blocks it stands. */
export function findInteractive(blocks: readonly AnyBlock[], actionId: string): Interactive | undefined {
  return listIn(blocks)
    .filter(isFields)
    .flatMap(within)
    .find(({ element }) => element["action_id"] === actionId);
}

function within(block: Fields): Interactive[] {
  const blockId = String(block["block_id"]);
  const own = [...PLACES.map((place) => block[place]), ...LISTS.flatMap((place) => listIn(block[place]))]
    .filter(isFields)
    .flatMap((element) => (element["type"] === "card" ? within(element) : [{ blockId, element }]));
  const nested = NESTED.flatMap((place) => listIn(block[place]))
    .filter(isFields)
    .flatMap(within);
  return [...own, ...nested];
}
