import assert from "node:assert/strict";
import { parse, stepReader } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";

const place = { clusters: ["demo"], defaultCluster: "demo" };

describe("parse, of a glass that is broken,", () => {
  const line = "rollout restart deploy/api -n prod -- 5xx";
  const parsed = (text: string) => parse(text, place);

  it("reads the word before the command, in any dash that phones make of it, and says it of nothing else", () => {
    const usual = parsed(line);
    for (const word of ["--break-glass", "—break-glass", "--BREAK-GLASS"])
      assert.deepEqual(parsed(`${word} ${line}`), { ...usual, breakGlass: true });
    assert.ok(!("breakGlass" in usual));
    assert.deepEqual(parsed(`why --break-glass ${line}`), {
      ...{ kind: "why", breakGlass: true },
      operation: "operation" in usual && usual.operation,
    });
  });

  it("refuses it anywhere else, twice, without a command or without a reason", () => {
    for (const text of [
      "rollout restart deploy/api -n prod --break-glass -- 5xx",
      `--break-glass --break-glass ${line}`,
      "--break-glass -- 5xx",
      "--break-glass rollout restart deploy/api -n prod",
      "--break-glass get pods -n prod",
      "--break-glass mine -- 5xx",
      "--break-glass freeze -- 5xx",
    ]) {
      const no = parsed(text);
      assert.ok(isRefusal(no), text);
    }
  });

  it("lets no step of a runbook say it", () => {
    const step = stepReader("demo")("--break-glass rollout restart deploy/api -n prod");
    assert.ok(isRefusal(step) && /is no operation/.test(step.says));
  });
});
