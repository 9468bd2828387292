import { setTimeout as sleep } from "node:timers/promises";
import { textOf } from "../lab/acting.ts";
import type { Lab } from "../lab/lab.ts";
import type { OpenView } from "../lab/slack/workspace.ts";
import type { Chance } from "./chance.ts";
import type { Person } from "./crowd.ts";
import type { Place } from "./eyes.ts";

// What people do while everything breaks: where nothing comes of it they click again, and give up in the end.

/** How a deed ended, as its doer saw it. `unanswered`: the app never said; it may have been done all the same. */
export type Answered = "done" | "refused" | "unanswered";

export interface Doing {
  readonly lab: Lab;
  readonly chance: Chance;
  /** Told of each delivery that was sent twice at once. */
  readonly repeated: () => void;
}

const tries = 12;
const lookMs = 25;
/** As long as a form's trigger lives, and as long as Slack waits for an answer, in ms. */
const patienceMs = 3_000;
/** The share of deliveries that arrive twice at once, as Slack's retries do. */
const twice = 0.2;

/** Opens the plan from the card and says yes to it. */
export function approve(doing: Doing, person: Person, card: Place): Promise<Answered> {
  return insist(person, async () => {
    const form = await openReview(doing, person, card);
    if (typeof form === "string") return form;
    await submit(doing, person, form, {});
    return verdictOn(await answerTo(doing, person));
  });
}

/** Opens the plan from the card and says no to it, with a reason. */
export function deny(doing: Doing, person: Person, card: Place, why: string): Promise<Answered> {
  return insist(person, async () => {
    const form = await openReview(doing, person, card);
    if (typeof form === "string") return form;
    await doing.lab.slack.as(person.id).click({ view: form.id }, "deny");
    const reasons = await formOf(doing.lab, person, (open) => open.view.callback_id === "deny");
    if (!reasons) return "unanswered";
    await submit(doing, person, reasons, { why: { why } });
    return verdictOn(await answerTo(doing, person));
  });
}

/** The requester takes it back, from its thread. */
export async function cancel({ lab }: Doing, person: Person, thread: Place): Promise<Answered> {
  const { ok, error } = await lab.slack.as(person.id).click(thread, "cancel");
  return ok ? "done" : isGone(error) ? "refused" : "unanswered";
}

/** Types a command; true when Slack shows no error. */
export async function type(doing: Doing, person: Person, channel: string, line: string): Promise<boolean> {
  return (await delivered(doing, () => doing.lab.slack.as(person.id).command(channel, line))).ok;
}

/** Does it again until there is an answer. */
function insist(person: Person, once: () => Promise<Answered>): Promise<Answered> {
  return person.busy(async () => {
    for (let attempt = 1; attempt <= tries; attempt++) {
      const end = await once();
      if (end !== "unanswered") return end;
      await sleep(100 * attempt);
    }
    return "unanswered";
  });
}

/** Clicks on the card; answers the form to fill in, or how the deed ended without one. */
async function openReview(doing: Doing, person: Person, card: Place): Promise<OpenView | Answered> {
  const hands = doing.lab.slack.as(person.id);
  for (const open of hands.see().views.toReversed()) await hands.close(open.id);
  const { ok, error } = await delivered(doing, () => hands.click(card, "review"));
  if (isGone(error)) return "refused";
  const form = ok ? await formOf(doing.lab, person, () => true) : undefined;
  return form?.view.callback_id === "approve" ? form : verdictOn(form);
}

/** Where a button is gone, so is the question. */
function isGone(error: string | undefined): boolean {
  return error?.includes("no longer there") ?? false;
}

async function submit(
  doing: Doing,
  person: Person,
  form: OpenView,
  values: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<void> {
  await delivered(doing, () => doing.lab.slack.as(person.id).submit(form.id, values));
}

/** What a form that asks for nothing any more says of the deed. */
function verdictOn(form: OpenView | undefined): Answered {
  if (!form || form.view.submit) return "unanswered";
  const says = textOf(form.view);
  if (/is recorded\.|You have approved this already/.test(says)) return "done";
  return /cannot reach its records|Working on it|failed on our side/.test(says) ? "unanswered" : "refused";
}

/** What stands in the place of a submitted form once the app has said; undefined where it closed without a word. */
async function answerTo({ lab }: Doing, person: Person): Promise<OpenView | undefined> {
  if (lab.slack.as(person.id).see().views.length === 0) return undefined;
  return formOf(lab, person, (open) => !textOf(open.view).includes("Working on it"));
}

/** The person's top form once it fits; looks again whenever the app has moved a form. */
async function formOf(lab: Lab, person: Person, fits: (open: OpenView) => boolean): Promise<OpenView | undefined> {
  const { calls } = lab.slack;
  let seen = -1;
  for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(lookMs)) {
    if (seen >= 0 && !calls.slice(seen).some(({ method }) => method.startsWith("views."))) continue;
    seen = calls.length;
    const top = lab.slack.as(person.id).see().views.at(-1);
    if (top && fits(top)) return top;
  }
  return undefined;
}

/** Does something that Slack delivers to the app; now and then the same delivery arrives a second time at once. */
async function delivered<T>(doing: Doing, act: () => Promise<T>): Promise<T> {
  const { slack } = doing.lab;
  const done = act();
  const delivery = slack.deliveries.at(-1);
  if (delivery && doing.chance.happens(twice)) {
    doing.repeated();
    await slack.deliver(delivery);
  }
  return done;
}
