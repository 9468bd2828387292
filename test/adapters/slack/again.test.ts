import assert from "node:assert/strict";
import type { ViewOutput } from "@slack/bolt";
import type { ModalView } from "@slack/types";
import { againModal } from "../../../src/adapters/slack/again.ts";
import { proveModal, settleModal } from "../../../src/adapters/slack/modals.ts";
import { readModal } from "../../lab/slack/block-kit/view-rules.ts";
import { textOf } from "./house.ts";
import { livesOf } from "./lives.ts";

const live = (state: string) => livesOf().find((request) => request.state === state) ?? assert.fail(state);

/** What Slack sends of a form that was filled in. */
function sent(view: ModalView, values: Readonly<Record<string, string>> = {}): ViewOutput {
  const state = Object.fromEntries(
    Object.entries(values).map(([id, value]) => [id, { [id]: { type: "plain_text_input", value } }]),
  );
  return { id: "V1", close: null, submit: null, private_metadata: "", ...view, state: { values: state } } as never;
}

describe("a form whose answer came too late to stand under a field", () => {
  const form = proveModal(live("awaiting-challenge"), { may: true, ways: ["totp"] });

  it("is shown once more, what was wrong first, and can be sent again", () => {
    const again = againModal(sent(form, { code: "918273" }), "This code is not right.");
    readModal(again);
    assert.match(textOf(again.blocks), /^\s*This code is not right\./);
    assert.deepEqual(again.blocks.slice(1), form.blocks);
    assert.deepEqual(
      [again.callback_id, again.private_metadata, again.submit?.text, again.title.text],
      [form.callback_id, form.private_metadata, form.submit?.text, form.title.text],
    );
    assert.ok(!JSON.stringify(again).includes("918273"), "a code counts once");
  });

  it("says of the last time alone what was wrong", () => {
    const once = againModal(sent(form), "This code is not right.");
    const twice = againModal(sent(once), "This code was used already.");
    assert.equal(twice.blocks.length, form.blocks.length + 1);
    assert.match(textOf(twice.blocks), /^\s*This code was used already\./);
  });

  it("keeps the reason that was given", () => {
    const view = settleModal(live("unknown"), "ran", ["totp"]);
    const again = againModal(sent(view, { why: "the pods are new", code: "918273" }), "This code is not right.");
    readModal(again);
    assert.match(JSON.stringify(again), /"initial_value":"the pods are new"/);
    assert.doesNotMatch(JSON.stringify(view), /initial_value/);
  });
});
