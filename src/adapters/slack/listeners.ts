import type { App, BlockAction, ButtonAction, ViewSubmitAction } from "@slack/bolt";
import type { PushAuthenticator } from "../../policy/authenticator.ts";
import { againModal } from "./again.ts";
import { answerInTime, safely } from "./answer.ts";
import { codeOf } from "./api-fault.ts";
import type { Arrival } from "./arrival.ts";
import type { ActionId } from "./blocks.ts";
import { submitUnfreeze } from "./braking.ts";
import { cancel, openDenial, openProof, openReview, revoke, type ViewRef } from "./clicks.ts";
import { answerCommand } from "./commands.ts";
import { type Filled, type FormReply, submitApproval, submitDenial, submitProof } from "./forms.ts";
import type { Front } from "./front.ts";
import { arrivalOf } from "./gate.ts";
import { readMetadata } from "./metadata.ts";
import { type FormId, noticeModal } from "./modals.ts";
import { notMe, openPush } from "./push-form.ts";
import { openReviewed } from "./reviewing.ts";
import { lookAgain, openSettlement, submitSettlement } from "./settling.ts";
import { openUndo, submitUndo } from "./undoing.ts";
import { type Reply, reply } from "./whisper.ts";

/** One set of listeners for both modes. Every id is an exact string: two matches would run both (facts/slack.md section 2). */
export function listen(app: App, front: Front): void {
  app.command(front.settings.command, async ({ command, ack, context }) => {
    const arrival = arrivalOf(context);
    await answerInTime<Reply>(
      front.ports.log,
      orFault(front, answerCommand(front, arrival, command.text), reply(fault(front))),
      {
        now: ({ text, blocks }) => ack({ response_type: "ephemeral", text, blocks: [...blocks] }),
        hold: () => ack({ response_type: "ephemeral", text: "Working on it…" }),
        later: (answer) => front.whisper(arrival.user, arrival.channel, answer),
      },
    );
  });

  type OnClick = (arrival: Arrival, value: string, view: ViewRef | undefined) => Promise<void>;
  const byPush =
    (by: PushAuthenticator): OnClick =>
    async (arrival, value, view) => {
      if (view) await openPush(front, arrival, by, value, view);
    };
  const clicks: Record<ActionId, OnClick> = {
    prove: (arrival, id) => openProof(front, arrival, id),
    review: (arrival, id) => openReview(front, arrival, id),
    cancel: (arrival, id) => cancel(front, arrival, id),
    deny: async (arrival, id, view) => {
      if (view) await openDenial(front, arrival, id, view);
    },
    ran: (arrival, id) => openSettlement(front, arrival, id, "ran"),
    "did-not-run": (arrival, id) => openSettlement(front, arrival, id, "did-not-run"),
    "look-again": (arrival, id) => lookAgain(front, arrival, id),
    undo: (arrival, id) => openUndo(front, arrival, id),
    revoke: (arrival, id) => revoke(front, arrival, id),
    reviewed: (arrival, id) => openReviewed(front, arrival, id),
    // The browser opens them.
    "by-login": async () => undefined,
    "by-passkey": async () => undefined,
    "by-push": byPush("push"),
    "by-duo": byPush("duo"),
    "by-okta": byPush("okta"),
    link: async () => undefined,
    "not-me": (arrival, salt) => notMe(front, arrival, salt),
  };
  for (const [action, onClick] of Object.entries(clicks))
    app.action<BlockAction<ButtonAction>>({ type: "block_actions", action_id: action }, async (args) => {
      const arrival = arrivalOf(args.context);
      const { view } = args.body;
      // In parallel: the trigger dies while one waits. What Slack shows an error for must not cancel anything.
      const acked = safely(front.ports.log, () => args.ack());
      if ((action === "cancel" || action === "revoke") && !(await acked)) return;
      const work = onClick(arrival, args.action.value ?? "", view ? { id: view.id, hash: view.hash } : undefined);
      const failed = await orFault(
        front,
        work.then(() => undefined),
        fault(front),
      );
      if (failed !== undefined) await front.whisper(arrival.user, arrival.channel, reply(failed));
      await acked;
    });

  const forms: Record<FormId, (arrival: Arrival, filled: Filled) => Promise<FormReply>> = {
    prove: (arrival, filled) => submitProof(front, arrival, filled),
    approve: (arrival, filled) => submitApproval(front, arrival, filled),
    deny: (arrival, filled) => submitDenial(front, arrival, filled),
    ran: (arrival, filled) => submitSettlement(front, arrival, filled, "ran"),
    "did-not-run": (arrival, filled) => submitSettlement(front, arrival, filled, "did-not-run"),
    undo: (arrival, filled) => submitUndo(front, arrival, filled),
    unfreeze: (arrival, filled) => submitUnfreeze(front, arrival, filled),
  };
  for (const [form, onSubmit] of Object.entries(forms))
    app.view<ViewSubmitAction>({ type: "view_submission", callback_id: form }, async ({ ack, body, view, context }) => {
      const work = orFault(front, onSubmit(arrivalOf(context), filledIn(view)), { view: noticeModal(fault(front)) });
      await answerInTime<FormReply>(front.ports.log, work, {
        now: (answer) =>
          "errors" in answer
            ? ack({ response_action: "errors", errors: { ...answer.errors } })
            : ack({ response_action: "update", view: answer.view }),
        hold: () => ack({ response_action: "update", view: noticeModal("Working on it…") }),
        later: (answer) =>
          front.slack.views.update({
            view_id: body.view.id,
            view: "errors" in answer ? againModal(view, Object.values(answer.errors).join(" ")) : answer.view,
          }),
      });
    });
}

/** A fault of ours is logged by its name alone, and answered in words. */
async function orFault<T>({ ports }: Front, work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    ports.log.error("an arrival could not be carried out", { code: codeOf(thrown) });
    return otherwise;
  }
}

function fault({ settings }: Front): string {
  return `Something failed on our side and is logged. What was recorded stands: look with \`${settings.command} mine\` before you try again.`;
}

function filledIn(view: ViewSubmitAction["view"]): Filled {
  const { values } = view.state;
  const typed = (field: "code" | "why") => {
    const input = values[field]?.[field];
    return input ? { [field]: input.value ?? "" } : {};
  };
  return { ...readMetadata(view.private_metadata), ...typed("code"), ...typed("why") };
}
