import type { BasicElementAction } from "@slack/bolt";
import { findInteractive, type Interactive } from "../block-kit/interactive-element.ts";
import type { Ack } from "../delivery/ack.ts";
import type { Deliveries } from "../delivery/deliveries.ts";
import {
  appMention,
  messageAction,
  slashCommand,
  viewAction,
  viewClosed,
  viewSubmission,
} from "../delivery/payloads.ts";
import type { Fields } from "../json.ts";
import type { LoggedMessage } from "../message-log.ts";
import type { Modal } from "../modals.ts";
import type { Parts } from "../parts.ts";
import type { ResponseUrls } from "../response-urls.ts";
import { ApiRefusal } from "../web-api/api-refusal.ts";
import { viewObject } from "../web-api/view-object.ts";
import type { Answer, Channel, Hands, Person, Seen } from "../workspace.ts";
import { entered } from "./entered.ts";
import { fillIn, untouched, type Values } from "./form.ts";
import { takeSubmissionAnswer } from "./submission-answer.ts";
import { asSlackSends } from "./typed-text.ts";

/** What a person's acts go through on their way to the app. */
export interface Reach {
  readonly parts: Parts;
  readonly deliveries: Deliveries;
  readonly responseUrls: ResponseUrls;
  /** The full address of a path on the double's server. */
  readonly addressOf: (path: string) => string;
  readonly version: () => number;
}

const OK: Answer = { ok: true };

/** Slack's words for a modal whose app did not answer as it must. */
const TROUBLE = "We had some trouble connecting. Try again?";

/** One person at their Slack client. */
export class PersonsHands implements Hands {
  readonly id: string;
  readonly #reach: Reach;
  readonly #submitting = new Set<string>();

  constructor(id: string, reach: Reach) {
    this.id = id;
    this.#reach = reach;
  }

  see(): Seen {
    const { directory, messages, modals } = this.#reach.parts;
    const channels = directory.channels().filter(({ members }) => members.includes(this.id));
    const mine = new Set(channels.map(({ id }) => id));
    return {
      me: this.#me(),
      people: directory.people(),
      channels,
      messages: messages
        .all()
        .filter((message) => mine.has(message.channel) && (message.ephemeralFor ?? this.id) === this.id),
      views: modals.of(this.id),
      version: this.#reach.version(),
    };
  }

  async command(channelId: string, line: string): Promise<Answer> {
    const { parts, deliveries, responseUrls } = this.#reach;
    const place = this.#place(channelId);
    if ("error" in place) return place;
    const [command = "", ...words] = line.trim().split(/(?<=^\S+)\s+/);
    if (!parts.app.commands.includes(command)) return refused(`${command} is not a valid command.`);
    const occasion = { channel: channelId, person: this.id };
    const typed = { command, text: asSlackSends(words.join(" "), parts.directory) };
    const payload = slashCommand(this.#me(), place.channel, typed, this.#contact("commands", occasion), parts);
    const ack = await deliveries.send("slash_commands", payload);
    if (!ack.ok) return refused(`${command} failed with the error "${ack.reason}"`);
    try {
      if (Object.keys(ack.body).length > 0) responseUrls.respond(occasion, ack.body, false);
      return OK;
    } catch (refusal) {
      if (refusal instanceof ApiRefusal) return refused(`${command} failed with the error "${refusal.code}"`);
      throw refusal;
    }
  }

  async click(
    where: { channel: string; ts: string } | { view: string },
    actionId: string,
    chosen?: string,
  ): Promise<Answer> {
    return "view" in where ? this.#clickInView(where.view, actionId, chosen) : this.#clickOn(where, actionId, chosen);
  }

  async submit(viewId: string, values: Values): Promise<Answer> {
    const { parts, deliveries } = this.#reach;
    const modal = this.#topModal(viewId);
    if ("error" in modal) return modal;
    if (!modal.view.submit) return refused("This modal has nothing to submit.");
    if (this.#submitting.has(viewId)) return refused("This modal is being submitted already.");
    const filled = fillIn(modal.view, values);
    if ("fault" in filled) return refused(filled.fault);
    const payload = viewSubmission(
      this.#me(),
      viewObject(modal, filled.state, parts),
      parts.triggers.issue(this.id),
      parts,
    );
    this.#submitting.add(viewId);
    const ack = await deliveries.send("interactive", payload).finally(() => this.#submitting.delete(viewId));
    return ack.ok && takeSubmissionAnswer(modal, ack.body, parts) ? OK : refused(TROUBLE);
  }

  async close(viewId: string): Promise<Answer> {
    const { parts, deliveries } = this.#reach;
    const modal = this.#topModal(viewId);
    if ("error" in modal) return modal;
    const all = modal.view.clear_on_close === true;
    const closed = all ? parts.modals.of(this.id) : [modal];
    if (all) parts.modals.clear(this.id);
    else parts.modals.close(modal);
    const told = closed.filter(({ view }) => view.notify_on_close);
    await Promise.all(
      told.map((one) => deliveries.send("interactive", viewClosed(this.#me(), viewObject(one, {}, parts), all, parts))),
    );
    return OK;
  }

  say(channelId: string, text: string): Answer {
    const place = this.#place(channelId);
    if ("error" in place) return place;
    const { parts, deliveries } = this.#reach;
    const message = parts.messages.add({
      channel: channelId,
      user: this.id,
      text: asSlackSends(text, parts.directory),
      blocks: [],
      edited: false,
    });
    const mentioned = message.text.includes(`<@${parts.app.botUserId}`);
    if (mentioned && parts.app.scopes.includes("app_mentions:read"))
      void deliveries.sendEvent(appMention(this.#me(), message, parts));
    return OK;
  }

  async #clickOn(where: { channel: string; ts: string }, actionId: string, chosen?: string): Promise<Answer> {
    const { parts, deliveries } = this.#reach;
    const place = this.#place(where.channel);
    if ("error" in place) return place;
    const message = this.#readable(where);
    const found = message && findInteractive(message.blocks, actionId);
    if (!found) return refused("That is no longer there.");
    const done = actionOf(found, chosen, parts.now());
    if ("error" in done) return done;
    const occasion = { channel: where.channel, person: this.id, clicked: where };
    const contact = this.#contact("actions", occasion);
    const payload = messageAction(this.#me(), place.channel, message, done.action, contact, parts);
    return clickAnswer(await deliveries.send("interactive", payload));
  }

  async #clickInView(viewId: string, actionId: string, chosen?: string): Promise<Answer> {
    const { parts, deliveries } = this.#reach;
    const modal = this.#topModal(viewId);
    if ("error" in modal) return modal;
    const found = findInteractive(modal.view.blocks, actionId);
    if (!found) return refused("That is no longer there.");
    const done = actionOf(found, chosen, parts.now());
    if ("error" in done) return done;
    const payload = viewAction(
      this.#me(),
      viewObject(modal, untouched(modal.view), parts),
      done.action,
      parts.triggers.issue(this.id),
      parts,
    );
    return clickAnswer(await deliveries.send("interactive", payload));
  }

  #me(): Person {
    const me = this.#reach.parts.directory.person(this.id);
    if (!me) throw new Error(`nobody in the workspace has the id ${this.id}`);
    return me;
  }

  /** A channel this person can act in now. */
  #place(channelId: string): { readonly channel: Channel } | (Answer & { readonly error: string }) {
    if (this.#me().deleted) return refused("This account has been deactivated.");
    const channel = this.#reach.parts.directory.channel(channelId);
    return channel?.members.includes(this.id) ? { channel } : refused("You are not in this channel.");
  }

  #readable({ channel, ts }: { channel: string; ts: string }): LoggedMessage | undefined {
    const message = this.#reach.parts.messages.find(channel, ts);
    return (message?.ephemeralFor ?? this.id) === this.id ? message : undefined;
  }

  #topModal(viewId: string): Modal | (Answer & { readonly error: string }) {
    if (this.#me().deleted) return refused("This account has been deactivated.");
    const top = this.#reach.parts.modals.top(this.id);
    return top?.id === viewId ? top : refused("That modal is not open in front of you.");
  }

  #contact(kind: "commands" | "actions", occasion: Parameters<ResponseUrls["issue"]>[1]) {
    const { parts, responseUrls, addressOf } = this.#reach;
    return { triggerId: parts.triggers.issue(this.id), responseUrl: addressOf(responseUrls.issue(kind, occasion)) };
  }
}

function actionOf(
  { blockId, element }: Interactive,
  chosen: string | undefined,
  now: number,
): { readonly action: BasicElementAction & Fields } | (Answer & { readonly error: string }) {
  const base = {
    type: String(element["type"]),
    block_id: blockId,
    action_id: String(element["action_id"]),
    action_ts: (now / 1000).toFixed(6),
  };
  const read = entered(element, chosen);
  if (!read) {
    const { text, value, url, style } = element;
    return { action: { ...base, ...present({ text, value, url, style }) } };
  }
  return "fault" in read ? refused(read.fault) : { action: { ...base, ...read.value } };
}

function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Slack marks the button with a warning and this reason. */
function clickAnswer(ack: Ack): Answer {
  return ack.ok ? OK : refused(`This action failed with the error "${ack.reason}"`);
}

function refused(error: string): Answer & { readonly error: string } {
  return { ok: false, error };
}
