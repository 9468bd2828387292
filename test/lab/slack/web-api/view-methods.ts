import type { ModalView } from "@slack/types";
import { LARGEST_VIEW, readModal } from "../block-kit/view-rules.ts";
import type { Modal } from "../modals.ts";
import type { Parts } from "../parts.ts";
import type { ApiArguments } from "./api-arguments.ts";
import { ApiRefusal, refusalOf } from "./api-refusal.ts";
import type { Method } from "./method.ts";
import { viewObject } from "./view-object.ts";

const open: Method = {
  run(args, parts) {
    const view = viewIn(args);
    const owner = parts.triggers.exchange(args.required("trigger_id"));
    return shown(parts.modals.open(owner, view), parts);
  },
};

const push: Method = {
  run(args, parts) {
    const view = viewIn(args);
    const owner = parts.triggers.exchange(args.required("trigger_id"));
    return shown(parts.modals.push(owner, view), parts);
  },
};

const update: Method = {
  run(args, parts) {
    const view = viewIn(args);
    const modal = modalIn(args, parts);
    const hash = args.text("hash");
    if (hash && hash !== modal.hash) throw new ApiRefusal("hash_conflict");
    return shown(parts.modals.update(modal, view), parts);
  },
};

export const VIEW_METHODS: Readonly<Record<string, Method>> = {
  "views.open": open,
  "views.push": push,
  "views.update": update,
};

function viewIn(args: ApiArguments): ModalView {
  const value = args.value("view");
  if (value === undefined) throw refusalOf("invalid_arguments", ["missing required field: view"]);
  if (Buffer.byteLength(JSON.stringify(value)) > LARGEST_VIEW) throw new ApiRefusal("view_too_large");
  const read = readModal(value);
  if ("faults" in read) throw refusalOf("invalid_arguments", read.faults);
  return read.view;
}

/** A modal still open; a closed one is not found. */
function modalIn(args: ApiArguments, { modals }: Parts): Modal {
  const externalId = args.text("external_id");
  const modal = externalId ? modals.findExternal(externalId) : modals.find(args.required("view_id"));
  if (!modal) throw new ApiRefusal("not_found");
  return modal;
}

function shown(modal: Modal, parts: Parts): { view: unknown } {
  return { view: viewObject(modal, {}, parts) };
}
