import type { ModalView } from "@slack/types";
import { isFields, listIn } from "../json.ts";
import { faultsOfModalBlocks } from "./block-rules.ts";
import { anything, characters, faultsOf, flag, plainText, shape, variants } from "./checks.ts";

/** Limits of a modal: @slack/types 3.2 `views.d.ts`, and facts/slack.md section 3. */
const modal = variants({
  modal: shape(
    {
      title: plainText(24),
      submit: plainText(24),
      close: plainText(24),
      blocks: anything,
      private_metadata: characters(3000),
      callback_id: characters(255),
      external_id: characters(255),
      clear_on_close: flag,
      notify_on_close: flag,
    },
    ["title", "blocks"],
  ),
});

/** A view over this many bytes of JSON is `view_too_large` (views.open's error table: 250 kB). */
export const LARGEST_VIEW = 250_000;

/** The modal in a value, or what Slack finds wrong with it. */
export function readModal(value: unknown): { readonly view: ModalView } | { readonly faults: readonly string[] } {
  const blocks = isFields(value) ? value["blocks"] : undefined;
  const faults = faultsOf(modal, value, "/view");
  if (blocks !== undefined) faults.push(...faultsOfModalBlocks(blocks, "/view/blocks"));
  const asks = listIn(blocks).some((block) => isFields(block) && block["type"] === "input");
  if (asks && isFields(value) && value["submit"] === undefined)
    faults.push("missing required field: submit [json-pointer:/view]");
  return faults.length === 0 && isModal(value) ? { view: value } : { faults };
}

function isModal(value: unknown): value is ModalView {
  return isFields(value) && value["type"] === "modal";
}
