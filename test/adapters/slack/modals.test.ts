import assert from "node:assert/strict";
import type { ModalView } from "@slack/types";
import { button } from "../../../src/adapters/slack/blocks.ts";
import {
  denyModal,
  doneModal,
  proveModal,
  refusalModal,
  reviewModal,
  settleModal,
  undoModal,
} from "../../../src/adapters/slack/modals.ts";
import { refuse } from "../../../src/operation/refusal.ts";
import type { AuthenticatorName } from "../../../src/policy/authenticator.ts";
import type { Request } from "../../../src/request/request.ts";
import type { Standing } from "../../../src/request/standing.ts";
import { readModal } from "../../lab/slack/block-kit/view-rules.ts";
import { assertHarmless } from "./harmless.ts";
import { textOf } from "./house.ts";
import { type LifeOptions, livesOf } from "./lives.ts";
import { naughty } from "./naughty.ts";

const may = (...ways: readonly AuthenticatorName[]): Standing => ({ may: true, ways });
const mayNot: Standing = {
  may: false,
  refusal: refuse("own-request", "Nobody approves their own request.", "Ask somebody of sre."),
};

function openRequest(state: "awaiting-challenge" | "awaiting-approval", options: LifeOptions = {}): Request {
  const found = livesOf(options).find((request) => request.state === state);
  assert.ok(found);
  return found;
}

describe("the modals", () => {
  describe("of the requester", () => {
    it("shows the whole plan and asks for the code", () => {
      const view = proveModal(openRequest("awaiting-challenge", { text: "set by gitops" }), may("totp"));
      const text = textOf(view);
      for (const words of [
        "rollout restart deploy/api -n prod -c demo",
        "0b7a5a1e-uid",
        "set by gitops → set by gitops",
      ])
        assert.ok(text.includes(words), words);
      assert.deepEqual(inputsOf(view), ["code"]);
      assert.equal(view.private_metadata, "r-abcd234567");
    });

    it("leaves room for the space that some authenticators show, and for nothing more", () => {
      const view = proveModal(openRequest("awaiting-challenge"), may("totp"));
      const [input] = view.blocks.flatMap((block) => ("element" in block ? [block.element] : []));
      assert.ok(input?.type === "plain_text_input");
      assert.deepEqual([input.min_length, input.max_length], [6, 7]);
    });
  });

  describe("of an approver", () => {
    it("asks for a code where the policy does", () => {
      const request = openRequest("awaiting-approval");
      assert.deepEqual(inputsOf(reviewModal(request, may("totp"))), ["code"]);
      assert.deepEqual(inputsOf(reviewModal(request, may())), []);
      assert.equal(reviewModal(request, may()).submit?.text, "Approve");
    });

    it("has no way to say yes for one who may not, and says why", () => {
      const view = reviewModal(openRequest("awaiting-approval"), mayNot);
      assert.equal(view.submit, undefined);
      assert.ok(!JSON.stringify(view).includes("action_id"));
      assert.ok(textOf(view).includes("Nobody approves their own request. Ask somebody of sre."));
    });

    it("shows a plan of 60 warnings whole", () => {
      const warnings = Array.from({ length: 60 }, (_, i) => `Warning ${i}: ${"w".repeat(150)}`);
      const view = reviewModal(openRequest("awaiting-approval", { warnings }), may("totp"));
      for (const warning of warnings) assert.ok(textOf(view).includes(warning));
      assert.equal(view.submit?.text, "Approve");
    });

    it("has no way to say yes where the plan does not fit, but one to say no", () => {
      for (const warnings of [
        Array<string>(300).fill("w".repeat(100)),
        ["w".repeat(5_000)],
        Array<string>(900).fill("w"),
      ]) {
        const view = reviewModal(openRequest("awaiting-approval", { warnings }), may("totp"));
        assert.equal(view.submit, undefined);
        assert.deepEqual(inputsOf(view), []);
        assert.ok(textOf(view).includes("This plan does not fit on one screen"));
        assert.ok(JSON.stringify(view).includes('"action_id":"deny"'));
      }
    });

    it("takes no code from a requester whose plan does not fit", () => {
      const view = proveModal(openRequest("awaiting-challenge", { warnings: ["w".repeat(5_000)] }), may("totp"));
      assert.deepEqual([inputsOf(view), view.submit], [[], undefined]);
    });

    it("asks for a reason when the answer is no", () => {
      assert.deepEqual(inputsOf(denyModal(openRequest("awaiting-approval"))), ["why"]);
    });
  });

  it("show when the object was changed last on the reader's own clock", () => {
    const found = openRequest("awaiting-challenge", { text: "it last ran 2026-11-27T10:00:00Z" });
    const shown = JSON.stringify(proveModal(found, may("totp")).blocks);
    assert.match(shown, /"text":"Last change: it last ran "/);
    assert.match(shown, new RegExp(`"type":"date","timestamp":${Date.parse("2026-11-27T10:00:00Z") / 1000}`));
  });

  describe("where presence is proved elsewhere", () => {
    const request = openRequest("awaiting-approval");
    const doors = { passkey: button("review", "With a passkey", request.id) };

    it("offer a button for it, and a field for a code only where a code counts", () => {
      const both = reviewModal(request, may("totp", "passkey"), doors);
      assert.deepEqual([labelsOf(both), inputsOf(both)], [["Deny…", "With a passkey"], ["code"]]);
      assert.equal(both.submit?.text, "Approve");
      const one = reviewModal(request, may("passkey"), doors);
      assert.deepEqual([labelsOf(one), inputsOf(one), one.submit], [["Deny…", "With a passkey"], [], undefined]);
    });

    it("offer no button for what is not this person's", () => {
      assert.deepEqual(labelsOf(reviewModal(request, may("totp"), doors)), ["Deny…"]);
    });

    it("ask for no reason in a form that cannot be sent", () => {
      assert.deepEqual(inputsOf(settleModal(request, "ran", ["passkey"], doors)), []);
      assert.deepEqual(labelsOf(settleModal(request, "ran", ["passkey"], doors)), ["With a passkey"]);
    });
  });

  it("tell one who has no way to prove presence what it would take, and still take a no", () => {
    const refusal = refuse("not-enrolled", "You have no way that counts here.", "It takes a passkey.");
    const view = reviewModal(openRequest("awaiting-approval"), { may: false, refusal });
    assert.match(textOf(view), /no way that counts here\. It takes a passkey\./);
    assert.deepEqual([labelsOf(view), inputsOf(view), view.submit], [["Deny…"], [], undefined]);
    assert.match(textOf(proveModal(openRequest("awaiting-challenge"), { may: false, refusal })), /It takes a passkey/);
  });

  it("of one who settles says what is known, what they say with it, and asks how they know", () => {
    const lookedAt = livesOf({ text: "replicas is 4" }).find((one) => one.state === "unknown" && one.looks);
    assert.ok(lookedAt);
    const view = settleModal(lookedAt, "did-not-run", ["totp"]);
    assert.match(textOf(view), /Unknown, a person must look: replicas is 4\.\s+Looked again: \s*replicas is 4/);
    assert.match(textOf(view), /You say that it did not run\. Nothing is changed in the cluster/);
    assert.deepEqual(inputsOf(view), ["why", "code"]);
    assert.deepEqual(inputsOf(settleModal(lookedAt, "ran", [])), ["why"]);
    assert.deepEqual([view.callback_id, view.private_metadata], ["did-not-run", lookedAt.id]);
  });

  it("carry an id and nothing else, and nothing that was typed", () => {
    const request = openRequest("awaiting-approval");
    for (const view of [proveModal(request, may("totp")), reviewModal(request, may("totp")), denyModal(request)])
      assert.equal(view.private_metadata, request.id);
  });

  it("are what Slack takes, whatever stands in the record, and no text in them acts", () => {
    const long = "w".repeat(2_000);
    const lives = [
      ...naughty.flatMap((text) => livesOf({ text, requester: `alice ${text}` })),
      ...livesOf({ text: long, reason: long, warnings: Array<string>(60).fill(long) }),
    ];
    for (const request of lives)
      for (const view of [
        proveModal(request, may("totp")),
        reviewModal(request, may("totp")),
        reviewModal(request, mayNot),
        denyModal(request),
        settleModal(request, "ran", ["totp"]),
        undoModal(request, request.operation),
        doneModal("Your presence is proved.", request),
        refusalModal(refuse("bad-arguments", request.reason, request.reason)),
      ]) {
        const read = readModal(JSON.parse(JSON.stringify(view)));
        assert.deepEqual("faults" in read ? read.faults : [], [], request.state);
        assertHarmless(view, [request.origin.user]);
      }
  });
});

function inputsOf(view: ModalView): readonly (string | undefined)[] {
  return view.blocks.filter((block) => block.type === "input").map(({ block_id }) => block_id);
}

function labelsOf(view: ModalView): readonly (string | undefined)[] {
  return view.blocks
    .flatMap((block) => ("elements" in block && block.type === "actions" ? block.elements : []))
    .map((element) => ("text" in element && typeof element.text === "object" ? element.text.text : undefined));
}
