import assert from "node:assert/strict";
import { atProof, type Filled } from "../../../src/adapters/slack/forms.ts";
import { refuse } from "../../../src/operation/refusal.ts";
import { textOf } from "./house.ts";

describe("a form whose device has not answered yet", () => {
  const notYet = refuse("not-yet", "Your device has not answered yet.", "Approve there, then press the button again.");
  const started = { by: "push", salt: "s".repeat(43), expiresAt: 1 } as const;
  const answered = (filled: Omit<Filled, "request">) => atProof(notYet, { request: "r-1", ...filled }, "prove");

  it("says so under the code that was typed, which stays", () => {
    for (const filled of [
      { started, code: "123456" },
      { started, code: "123456", why: "seen" },
    ])
      assert.match(errorsOf(answered(filled))["code"] ?? "", /has not answered yet/);
  });

  it("says so under the reason where no code is asked for, and in a form of its own where nothing is", () => {
    assert.match(errorsOf(answered({ started, why: "seen" }))["why"] ?? "", /has not answered yet/);
    const shown = answered({ started });
    assert.ok("view" in shown);
    assert.match(textOf(shown.view), /has not answered yet/);
    assert.equal(shown.view.submit?.text, "I have answered");
  });
});

function errorsOf(reply: ReturnType<typeof atProof>): Readonly<Record<string, string>> {
  return "errors" in reply ? reply.errors : assert.fail("it was answered in the form's place");
}
