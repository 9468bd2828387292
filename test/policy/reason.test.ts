import assert from "node:assert/strict";
import fc from "fast-check";
import { whyReasonFails } from "../../src/policy/reason.ts";

const tickets = { reason: { tickets: ["OPS", "SEC"] } };

describe("whyReasonFails", () => {
  it("takes any reason where the tier asks for none in particular", () => {
    assert.equal(whyReasonFails({}, ""), undefined);
  });

  it("counts the characters of a reason without the blanks around it", () => {
    const rule = { reason: { minLength: 5 } };
    assert.equal(whyReasonFails(rule, "12345"), undefined);
    assert.equal(whyReasonFails(rule, "  1234  "), "the reason has 4 characters, and this takes at least 5");
  });

  it("takes a ticket of one of the prefixes, standing as a word", () => {
    for (const reason of ["OPS-1", "see SEC-4711: it leaks", "(OPS-12)", "5xx, OPS-12."])
      assert.equal(whyReasonFails(tickets, reason), undefined, reason);
    for (const reason of [
      "",
      "OPS",
      "OPS-",
      "OPS-0",
      "ops-12",
      "DEVOPS-12",
      "XOPS-12",
      "OPS-12a",
      "OPS-1234567890",
      "A-OPS-1",
    ])
      assert.equal(whyReasonFails(tickets, reason), "the reason names no ticket, such as OPS-123 or SEC-123", reason);
  });

  it("answers any text", () => {
    fc.assert(fc.property(fc.string(), (text) => void whyReasonFails(tickets, text)));
  });
});
