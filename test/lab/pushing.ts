import { setTimeout as sleep } from "node:timers/promises";
import { click, submit } from "./acting.ts";
import type { ReceivedPush } from "./idp/idp.ts";
import type { Lab } from "./lab.ts";
import type { LabPersonage } from "./people.ts";
import { until } from "./slack/until.ts";
import type { OpenView } from "./slack/workspace.ts";

// What people do with pushes: in Slack's forms, and on their phone.

export type PushedForm = "prove" | "approve" | "ran" | "did-not-run";

/** Opens the form and has a push sent; answers the form that asks for its code, and the push as it lies on the phone. */
export async function sendPush(
  lab: Lab,
  person: LabPersonage,
  id: string,
  form: PushedForm,
): Promise<{ readonly form: OpenView; readonly push: ReceivedPush }> {
  const before = phone(lab, person).length;
  const asking = await openPushForm(lab, person, id, form, "by-push");
  const push = phone(lab, person).at(before);
  if (!push) throw new Error(`no push came to ${person.sub}`);
  return { form: asking, push };
}

/** Opens the form and presses the button of one provider; answers the form as it stands once the push was sent. */
export async function openPushForm(
  lab: Lab,
  person: LabPersonage,
  id: string,
  form: PushedForm,
  button: "by-push" | "by-duo" | "by-okta",
): Promise<OpenView> {
  const hands = lab.slack.as(person.id);
  await click(lab, person, form === "approve" ? "review" : form, id);
  const open = await until(lab.slack, () => hands.see().views.find((one) => one.view.callback_id === form));
  await hands.click({ view: open.id }, button);
  return until(lab.slack, () =>
    hands.see().views.find((one) => JSON.stringify(one.view).includes("A push is on your device")),
  );
}

export function phone(lab: Lab, { sub }: LabPersonage): readonly ReceivedPush[] {
  return lab.idp?.inbox(sub) ?? [];
}

/** Types a code into the form of a push, and whatever else it asks; answers the form as it stands then, with its errors. */
export async function typeCode(
  lab: Lab,
  person: LabPersonage,
  form: OpenView,
  code: string,
  besides: Readonly<Record<string, string>> = {},
): Promise<OpenView> {
  for (;;) {
    const after = await submit(lab, person, form, { code, ...besides });
    // Somebody of the house polls at this very moment, or has just now.
    if (!JSON.stringify(after.errors).includes("has not answered yet")) return after;
    await sleep(100);
  }
}

/** The whole of it: the push, the yes on the phone, and the code carried back. */
export async function byPush(lab: Lab, person: LabPersonage, id: string, form: PushedForm): Promise<OpenView> {
  const sent = await sendPush(lab, person, id, form);
  await lab.idp?.approve(sent.push.id);
  return typeCode(lab, person, sent.form, sent.push.text.slice(0, 6));
}
