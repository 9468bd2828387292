import type { ViewOutput } from "@slack/bolt";
import type { KnownBlock, ModalView } from "@slack/types";
import { bold, lines, richText } from "./blocks.ts";

const place = "what-was-wrong";

/**
 * A form once more, as it was sent, with what was wrong above what it asks. Slack takes words under a field only as the
 * acknowledgement of what was sent; later than that they can only stand in another view.
 */
export function againModal(sent: ViewOutput, wrong: string): ModalView {
  const { title, close, submit, callback_id, private_metadata } = sent;
  const asked = (sent.blocks as readonly KnownBlock[]).filter(({ block_id: id }) => id !== place);
  const said = { ...richText(lines([bold(wrong)])), block_id: place };
  return {
    type: "modal",
    title,
    callback_id,
    private_metadata,
    ...(close ? { close } : {}),
    ...(submit ? { submit } : {}),
    blocks: [said, ...asked.map((block) => withTyped(block, sent))],
  };
}

/** What was typed, except a code, which counts once. */
function withTyped(block: KnownBlock, { state }: ViewOutput): KnownBlock {
  if (block.type !== "input" || block.element.type !== "plain_text_input" || block.block_id !== "why") return block;
  const typed = state.values["why"]?.["why"]?.value;
  return typed ? { ...block, element: { ...block.element, initial_value: typed } } : block;
}
