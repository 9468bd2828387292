import { setTimeout as sleep } from "node:timers/promises";
import type { Request, State } from "../../src/request/request.ts";
import { isOver } from "../../src/request/request.ts";
import type { Lab } from "./lab.ts";
import type { LabPersonage } from "./people.ts";
import type { Phone } from "./phone.ts";
import { until } from "./slack/until.ts";
import type { Channel, Message, OpenView } from "./slack/workspace.ts";

// What people do in the lab, with their hands on Slack and their phone; nothing here knows the records.

/** Types a command, and answers the request's id that Slack whispers back. */
export async function ask(lab: Lab, person: LabPersonage, channel: Channel, line: string): Promise<string> {
  const reply = await type(lab, person, channel, line);
  const [id] = /\br-[a-z0-9]{10}\b/.exec(textOf(reply)) ?? [];
  if (id === undefined) throw new Error(`${line} was answered: ${textOf(reply)}`);
  return id;
}

/** What this person alone is shown of a read, once it is there. */
export async function answered(lab: Lab, person: LabPersonage, id: string): Promise<string> {
  return until(lab.slack, () => {
    const answer = whispers(lab, person).find((one) => textOf(one.blocks).includes(`(${id})`));
    return answer && textOf(answer.blocks);
  });
}

/** Types a command, and answers what only this person is told. */
export async function type(lab: Lab, person: LabPersonage, channel: Channel, line: string): Promise<Message> {
  const hands = lab.slack.as(person.id);
  const before = new Set(whispers(lab, person).map(({ ts }) => ts));
  const { ok, error } = await hands.command(channel.id, line);
  if (!ok) throw new Error(`${line}: Slack says ${error}`);
  return until(lab.slack, () => whispers(lab, person).find(({ ts }) => !before.has(ts)));
}

/** The requester opens the form on their thread and types the code their phone shows. */
export async function prove(lab: Lab, person: LabPersonage, phone: Phone, id: string): Promise<OpenView> {
  return proveWith(lab, person, await phone.fresh(), id);
}

/** The same with any code; answers the form as it stands then, with its errors. */
export async function proveWith(lab: Lab, person: LabPersonage, code: string, id: string): Promise<OpenView> {
  const form = await openForm(lab, person, "prove", id, (open) => open.view.callback_id === "prove");
  return submit(lab, person, form, { code });
}

/** An approver opens the whole plan. */
export async function review(lab: Lab, person: LabPersonage, id: string): Promise<OpenView> {
  return openForm(lab, person, "review", id, () => true);
}

/** An approver reads the plan and says yes, with a code where one is asked for. */
export async function approve(lab: Lab, person: LabPersonage, phone: Phone, id: string): Promise<OpenView> {
  const form = await review(lab, person, id);
  const asked = JSON.stringify(form.view.blocks).includes('"block_id":"code"');
  return submit(lab, person, form, asked ? { code: await phone.fresh() } : {});
}

/** The address of our own page, behind the button of the form that this person opens on the request. */
export async function pageFor(
  lab: Lab,
  person: LabPersonage,
  action: "prove" | "review" | "reviewed",
  id: string,
): Promise<string> {
  const form = await openForm(lab, person, action, id, () => true);
  const [, url] = /"url":"([^"]+)"/.exec(JSON.stringify(form.view.blocks)) ?? [];
  if (url === undefined) throw new Error(`the form leads to no page: ${textOf(form.view)}`);
  return url;
}

/** An approver reads the plan and says no. */
export async function deny(lab: Lab, person: LabPersonage, id: string, why: string): Promise<OpenView> {
  const form = await review(lab, person, id);
  await lab.slack.as(person.id).click({ view: form.id }, "deny");
  const reasons = await view(lab, person, (open) => open.view.callback_id === "deny");
  return submit(lab, person, reasons, { why });
}

/** Somebody says what came of a request of which nobody knows it, with a code where one is asked for. */
export async function settle(
  lab: Lab,
  person: LabPersonage,
  phone: Phone,
  { id, as, why }: { readonly id: string; readonly as: "ran" | "did-not-run"; readonly why: string },
): Promise<OpenView> {
  const form = await openForm(lab, person, as, id, (open) => open.view.callback_id === as);
  const asked = JSON.stringify(form.view.blocks).includes('"block_id":"code"');
  return submit(lab, person, form, { why, ...(asked ? { code: await phone.fresh() } : {}) });
}

/** Somebody asks to take back what this request did; answers the id of the new request. */
export async function undo(lab: Lab, person: LabPersonage, id: string, why: string): Promise<string> {
  const form = await openForm(lab, person, "undo", id, (open) => open.view.callback_id === "undo");
  const done = textOf((await submit(lab, person, form, { why })).view);
  const [, asked] = /Asked for as (r-[a-z0-9]{10});/.exec(done) ?? [];
  if (asked === undefined) throw new Error(`the undo of ${id} was answered: ${done}`);
  return asked;
}

/** Somebody types that a freeze shall be lifted, and proves that they mean it; answers what the form says then. */
export async function unfreeze(
  lab: Lab,
  person: LabPersonage,
  phone: Phone,
  channel: Channel,
  line: string,
): Promise<OpenView> {
  for (const open of lab.slack.as(person.id).see().views) await lab.slack.as(person.id).close(open.id);
  await type(lab, person, channel, line);
  const form = await view(lab, person, (open) => open.view.callback_id === "unfreeze");
  return submit(lab, person, form, { why: line.split(" -- ")[1] ?? "", code: await phone.fresh() });
}

/** What only this person is told after clicking the button. */
export async function clickAndHear(lab: Lab, person: LabPersonage, action: string, id: string): Promise<Message> {
  const before = new Set(whispers(lab, person).map(({ ts }) => ts));
  await click(lab, person, action, id);
  return until(lab.slack, () => whispers(lab, person).find(({ ts }) => !before.has(ts)));
}

/** Clicks the button of this request that the person can see, as soon as there is one. */
export async function click(lab: Lab, person: LabPersonage, action: string, id: string): Promise<void> {
  const hands = lab.slack.as(person.id);
  for (const open of hands.see().views) await hands.close(open.id);
  const message = await until(lab.slack, () => hands.see().messages.find((one) => hasButton(one, action, id)));
  const { ok, error } = await hands.click({ channel: message.channel, ts: message.ts }, action);
  if (!ok) throw new Error(`the click on ${action}: Slack says ${error}`);
}

/** Clicks, and waits for the form. Where Slack did not show it in time they click again, as the app tells them to. */
async function openForm(
  lab: Lab,
  person: LabPersonage,
  action: string,
  id: string,
  fits: (open: OpenView) => boolean,
): Promise<OpenView> {
  for (;;) {
    const before = new Set(whispers(lab, person).map(({ ts }) => ts));
    await click(lab, person, action, id);
    const shown = await until(lab.slack, () => {
      const top = lab.slack.as(person.id).see().views.at(-1);
      if (top && fits(top)) return top;
      const told = whispers(lab, person).some(
        (one) => !before.has(one.ts) && textOf(one).includes("did not show the form in time"),
      );
      return told ? "again" : undefined;
    });
    if (shown !== "again") return shown;
  }
}

/** Submits a form and answers what stands in its place, once the app has said. */
export async function submit(
  lab: Lab,
  person: LabPersonage,
  form: OpenView,
  fields: Readonly<Record<string, string>>,
): Promise<OpenView> {
  const values = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { [name]: value }]));
  const { ok, error } = await lab.slack.as(person.id).submit(form.id, values);
  if (!ok) throw new Error(`the form: Slack says ${error}`);
  return until(lab.slack, () => {
    const top = lab.slack.as(person.id).see().views.at(-1);
    // Closed without a word: a repeated delivery was acknowledged first.
    if (!top) return form;
    return Object.keys(top.errors).length > 0 || !textOf(top).includes("Working on it…") ? top : undefined;
  });
}

async function view(lab: Lab, person: LabPersonage, fits: (open: OpenView) => boolean): Promise<OpenView> {
  return until(lab.slack, () => {
    const top = lab.slack.as(person.id).see().views.at(-1);
    return top && fits(top) ? top : undefined;
  });
}

export function hasButton(message: Message, action: string, id: string): boolean {
  const text = JSON.stringify(message.blocks);
  return text.includes(`"action_id":"${action}"`) && text.includes(`"value":"${id}"`);
}

/** A button that decides on this request; the offer to undo it stands after its end. */
function hasDecidingButton({ blocks }: Message, id: string): boolean {
  return blocks.some((block) => {
    const { type, elements } = block as { readonly type?: string; readonly elements?: readonly unknown[] };
    const buttons = type === "actions" ? (elements as readonly { action_id: string; value?: string }[]) : [];
    return buttons.some(({ action_id, value }) => value === id && action_id !== "undo");
  });
}

function whispers(lab: Lab, person: LabPersonage): readonly Message[] {
  return lab.slack
    .as(person.id)
    .see()
    .messages.filter(({ ephemeralFor }) => ephemeralFor === person.id);
}

/** Every text of a message or form, in reading order. */
export function textOf(shown: unknown): string {
  if (typeof shown !== "object" || shown === null) return "";
  if (Array.isArray(shown)) return shown.map(textOf).join(" ");
  return Object.entries(shown)
    .map(([name, value]) => (name === "text" && typeof value === "string" ? value : textOf(value)))
    .filter((text) => text !== "")
    .join(" ");
}

const endWords = /Succeeded|Failed|Settled|Unknown|Denied|Cancelled|Expired|Conflict/;

/** Once Slack shows how the request ended: told in its thread, and no button of it left anywhere that decides on it. */
export async function told(lab: Lab, person: LabPersonage, channel: Channel, id: string): Promise<void> {
  const { slack } = lab;
  await until(slack, () => {
    const messages = slack
      .as(person.id)
      .see()
      .messages.filter(({ ephemeralFor }) => ephemeralFor === undefined);
    const root = messages.find((one) => one.channel === channel.id && !one.threadTs && textOf(one).includes(id));
    const end = messages.some((one) => root && one.threadTs === root.ts && endWords.test(textOf(one.blocks)));
    return end && !messages.some((one) => hasDecidingButton(one, id)) ? true : undefined;
  });
}

/** The record once it is in one of these states; fails when it is over in another. */
export async function reach(lab: Lab, id: string, ...wanted: readonly State[]): Promise<Request> {
  for (;;) {
    const request = (await lab.store.read(id))?.request;
    if (request && wanted.includes(request.state)) return request;
    if (request && isOver(request) && request.state !== "unknown")
      throw new Error(`${id} is ${request.state}, not ${wanted.join(" or ")}: ${JSON.stringify(request)}`);
    await sleep(25);
  }
}

/** The record once it is over, however it ended. */
export async function finish(lab: Lab, id: string): Promise<Request> {
  for (;;) {
    const request = (await lab.store.read(id))?.request;
    if (request && isOver(request)) return request;
    await sleep(25);
  }
}
