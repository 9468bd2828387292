import { readModal } from "../block-kit/view-rules.ts";
import { type Fields, isFields, listIn } from "../json.ts";
import type { Modal } from "../modals.ts";
import type { Parts } from "../parts.ts";
import { ApiRefusal } from "../web-api/api-refusal.ts";

/**
 * Does to the person's modals what the app's acknowledgement of a submission says: nothing said closes the modal.
 * False when Slack could not make sense of it; then the modal stays as it was.
 */
export function takeSubmissionAnswer(modal: Modal, answer: Fields, { modals }: Parts): boolean {
  switch (answer["response_action"]) {
    case undefined:
      modals.close(modal);
      return true;
    case "clear":
      modals.clear(modal.owner);
      return true;
    case "errors":
      return showErrors(answer["errors"]);
    case "update":
      return withView((view) => modals.update(modals.find(modal.id) ?? modal, view));
    case "push":
      return withView((view) => modals.push(modal.owner, view));
    default:
      return false;
  }

  function showErrors(errors: unknown): boolean {
    if (!isFields(errors)) return false;
    const inputs = listIn(modal.view.blocks).filter((block) => isFields(block) && block["type"] === "input");
    const known = inputs.map((block) => (isFields(block) ? block["block_id"] : undefined));
    const shown = Object.entries(errors).map(([blockId, words]) => [blockId, String(words)] as const);
    if (shown.length === 0 || shown.some(([blockId]) => !known.includes(blockId))) return false;
    modals.showErrors(modals.find(modal.id) ?? modal, Object.fromEntries(shown));
    return true;
  }

  function withView(show: (view: Parameters<typeof modals.open>[1]) => void): boolean {
    const read = readModal(answer["view"]);
    if ("faults" in read) return false;
    try {
      show(read.view);
      return true;
    } catch (refusal) {
      if (refusal instanceof ApiRefusal) return false;
      throw refusal;
    }
  }
}
