import assert from "node:assert/strict";
import { bindingMessage } from "../../src/challenge/binding-message.ts";

const shape = { limit: 60, charset: "text" } as const;
const say = (command: string, limit = 60, charset: "text" | "words" = "text") =>
  bindingMessage({ code: "482913", intent: "to approve", command }, { limit, charset });

describe("the text of a push", () => {
  it("begins with the code, and says what it is for", () => {
    assert.equal(
      say("scale deploy/api -n prod --replicas 3"),
      "482913 to approve: scale deploy/api -n prod --replicas 3",
    );
  });

  it("shows where it was cut, and stays within the provider's limit", () => {
    const cut = say("x".repeat(200));
    assert.equal(cut.length, shape.limit);
    assert.match(cut, /^482913 to approve: x+\.\.\.$/);
  });

  it("has no blanks where the provider takes none", () => {
    assert.equal(say("get pods", 50, "words"), "482913_to_approve:_get_pods");
  });

  it("attack: keeps what people typed on one line and in plain letters, behind the code", () => {
    const forged = "deploy/api\n111111 to approve: nothing\u202e\u0000\u200b аpi";
    const said = say(forged, 200);
    assert.match(said, /^482913 to approve: deploy\/api 111111 to approve: nothing\?+ \?pi$/);
    assert.match(said, /^[\x20-\x7e]+$/);
  });
});
