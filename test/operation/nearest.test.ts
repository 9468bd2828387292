import assert from "node:assert/strict";
import fc from "fast-check";
import { nearest } from "../../src/operation/nearest.ts";

const commands = ["help", "status", "mine", "cancel", "get", "rollout restart", "scale"];

describe("nearest", () => {
  const meant: readonly (readonly [typed: string, meant: string | undefined])[] = [
    ["get", "get"],
    ["gte", "get"],
    ["GET", "get"],
    ["ge", "get"],
    ["gett", "get"],
    ["sacle", "scale"],
    ["scael", "scale"],
    ["statsu", "status"],
    ["stats", "status"],
    ["cancle", "cancel"],
    ["hlep", "help"],
    ["rollout restrat", "rollout restart"],
    ["rollot restart", "rollout restart"],
    ["rolot restrat", "rollout restart"],
    ["rolotrestrt", "rollout restart"],
    ["rlotrestr", undefined],
    ["rollout", undefined],
    ["delete", undefined],
    ["exec", undefined],
    ["", undefined],
    ["kubectl get pods", undefined],
  ];
  for (const [typed, best] of meant)
    it(`takes ${JSON.stringify(typed)} for ${best ?? "nothing that is known"}`, () => {
      assert.equal(nearest(typed, commands), best);
    });

  it("counts two neighbours that changed places as one slip", () => {
    assert.equal(nearest("ba", ["ab"]), "ab");
    assert.equal(nearest("xy", ["ab"]), undefined);
  });

  it("takes the first of two that are as near", () => {
    assert.equal(nearest("cat", ["bat", "car"]), "bat");
    assert.equal(nearest("cat", ["car", "bat"]), "car");
  });

  it("knows nothing when there is nothing to know", () => {
    assert.equal(nearest("get", []), undefined);
  });

  it("finds every word again after any one slip", () => {
    const slip = fc.record({
      word: fc.constantFrom(...commands.filter((word) => word.length > 4)),
      at: fc.nat(),
      kind: fc.constantFrom("drop", "double", "change", "swap"),
    });
    fc.assert(
      fc.property(slip, ({ word, at, kind }) => {
        const i = at % (word.length - 1);
        const [head, here, next, tail] = [word.slice(0, i), word.charAt(i), word.charAt(i + 1), word.slice(i + 2)];
        const typed = {
          drop: head + next + tail,
          double: head + here + here + next + tail,
          change: `${head}#${next}${tail}`,
          swap: head + next + here + tail,
        }[kind];
        assert.equal(nearest(typed, commands), word);
      }),
    );
  });
});
