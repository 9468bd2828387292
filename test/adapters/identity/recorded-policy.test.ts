import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordedPolicy } from "../../../src/adapters/identity/recorded-policy.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { fakeTrail } from "../../fakes/trail.ts";

const policy = (tier: string) => `tiers: { ${tier}: {} }\npermit: []\n`;

describe("recordedPolicy", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-recorded-"));
    file = join(folder, "policy.yaml");
    write(policy("routine"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function write(text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
  const opened = () => {
    const trail = fakeTrail(fakeClock());
    const faults: unknown[] = [];
    return { source: recordedPolicy(file, trail, (fault) => faults.push(fault)), trail, faults };
  };

  it("records each new revision that is taken into use, with the one it follows", () => {
    const { source, trail } = opened();
    const was = source.current().revision;
    write(policy("guarded"));
    const { revision } = source.current();
    source.current();
    assert.deepEqual(trail.events, [{ kind: "policy.taken", revision, was }]);
  });

  it("records nothing of a file that was touched and is the same", () => {
    const { source, trail } = opened();
    write(policy("routine"));
    source.current();
    assert.deepEqual(trail.events, []);
  });

  it("stays with the old one where the new one is faulty, and records that once, with its place", () => {
    const { source, trail, faults } = opened();
    const { revision: stays } = source.current();
    write("tiers: {}\npermits: []\n");
    assert.equal(source.current().revision, stays);
    source.current();
    assert.equal(faults.length, 1);
    const [refused] = trail.events;
    assert.ok(refused?.kind === "policy.refused" && trail.events.length === 1);
    assert.deepEqual([refused.stays, /^\d+:\d+: .*permit/.test(refused.why)], [stays, true]);
    assert.ok(!refused.why.includes(folder));
  });

  it("records once that the file is gone, however often it is missed", () => {
    const { source, trail, faults } = opened();
    rmSync(file);
    for (let i = 0; i < 3; i++) source.current();
    assert.deepEqual([trail.events.length, faults.length], [1, 3]);
  });

  it("tells of an entry that could not be written, and goes on", async () => {
    const faults: unknown[] = [];
    const trail = { append: async () => Promise.reject(new Error("Redis is away")) };
    const source = recordedPolicy(file, trail, (fault) => faults.push(fault));
    write(policy("guarded"));
    assert.equal(source.current().tiers[0]?.name, "guarded");
    await new Promise(setImmediate);
    assert.match(String(faults[0]), /Redis is away/);
  });
});
