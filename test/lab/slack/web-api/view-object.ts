import type { ViewOutput, ViewStateValue } from "@slack/bolt";
import type { Modal } from "../modals.ts";
import type { Parts } from "../parts.ts";

/** block_id -> action_id -> what was entered. */
export type ViewState = Record<string, Record<string, ViewStateValue>>;

/** A modal as the Web API and the payloads show it. */
export function viewObject(modal: Modal, values: ViewState, { app }: Parts): ViewOutput {
  const { view } = modal;
  return {
    id: modal.id,
    team_id: app.teamId,
    type: "modal",
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? "",
    callback_id: view.callback_id ?? "",
    state: { values },
    hash: modal.hash,
    title: view.title,
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: modal.previousId,
    root_view_id: modal.rootId,
    app_id: app.appId,
    external_id: view.external_id ?? "",
    app_installed_team_id: app.teamId,
    bot_id: app.botId,
  };
}
