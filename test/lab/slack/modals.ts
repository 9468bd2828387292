import { randomBytes } from "node:crypto";
import type { ModalView } from "@slack/types";
import { withIds } from "./block-kit/block-ids.ts";
import { ApiRefusal } from "./web-api/api-refusal.ts";
import type { OpenView } from "./workspace.ts";

/** Slack's limit on views.push: facts/slack.md section 3. */
const DEEPEST_STACK = 3;

export interface Modal extends OpenView {
  readonly owner: string;
  readonly rootId: string;
  readonly previousId: string | null;
}

/** Every person's stack of open modals, the top one last. */
export class Modals {
  readonly #now: () => number;
  readonly #changed: () => void;
  readonly #stacks = new Map<string, Modal[]>();

  constructor(now: () => number, changed: () => void) {
    this.#now = now;
    this.#changed = changed;
  }

  of(owner: string): readonly Modal[] {
    return this.#stacks.get(owner) ?? [];
  }

  top(owner: string): Modal | undefined {
    return this.of(owner).at(-1);
  }

  find(id: string): Modal | undefined {
    return [...this.#stacks.values()].flat().find((modal) => modal.id === id);
  }

  findExternal(externalId: string): Modal | undefined {
    return [...this.#stacks.values()].flat().find((modal) => modal.view.external_id === externalId);
  }

  /** Opens a modal in place of whatever the person had open. */
  open(owner: string, view: ModalView): Modal {
    this.#refuseTakenExternalId(view);
    const id = viewId();
    const modal = this.#made({ id, owner, rootId: id, previousId: null }, view);
    this.#set(owner, [modal]);
    return modal;
  }

  /** Lays a modal on top of the person's stack. */
  push(owner: string, view: ModalView): Modal {
    const stack = this.of(owner);
    const top = stack.at(-1);
    if (!top) throw new ApiRefusal("not_found");
    if (stack.length >= DEEPEST_STACK) throw new ApiRefusal("push_limit_reached");
    this.#refuseTakenExternalId(view);
    const modal = this.#made({ id: viewId(), owner, rootId: top.rootId, previousId: top.id }, view);
    this.#set(owner, [...stack, modal]);
    return modal;
  }

  /** Replaces what a modal shows; it gets a new hash and loses its errors. */
  update(modal: Modal, view: ModalView): Modal {
    if (view.external_id !== modal.view.external_id) this.#refuseTakenExternalId(view);
    const { id, owner, rootId, previousId } = modal;
    return this.#swap(this.#made({ id, owner, rootId, previousId }, view));
  }

  showErrors(modal: Modal, errors: Readonly<Record<string, string>>): void {
    this.#swap({ ...modal, errors });
  }

  close(modal: Modal): void {
    this.#set(
      modal.owner,
      this.of(modal.owner).filter(({ id }) => id !== modal.id),
    );
  }

  clear(owner: string): void {
    this.#set(owner, []);
  }

  #refuseTakenExternalId(view: ModalView): void {
    if (view.external_id && this.findExternal(view.external_id)) throw new ApiRefusal("duplicate_external_id");
  }

  #made(place: Pick<Modal, "id" | "owner" | "rootId" | "previousId">, view: ModalView): Modal {
    const hash = `${Math.floor(this.#now() / 1000)}.${randomBytes(4).toString("hex")}`;
    return { ...place, hash, view: { ...view, blocks: withIds(view.blocks) }, errors: {} };
  }

  #swap(modal: Modal): Modal {
    this.#set(
      modal.owner,
      this.of(modal.owner).map((other) => (other.id === modal.id ? modal : other)),
    );
    return modal;
  }

  #set(owner: string, stack: Modal[]): void {
    this.#stacks.set(owner, stack);
    this.#changed();
  }
}

function viewId(): string {
  return `V${randomBytes(5).toString("hex").toUpperCase()}`;
}
