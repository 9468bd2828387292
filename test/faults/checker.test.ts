import assert from "node:assert/strict";
import { bodyText, type Entry } from "../../src/audit/chain.ts";
import type { AuditEvent } from "../../src/audit/event.ts";
import { headAt, relinked } from "../audit/chain-of.ts";
import { type Broken, check } from "./checker.ts";
import type { Effect, History, RecordedRequest, ShownRequest } from "./history.ts";

const start = 1_795_521_600_000;
const [done, refused, doubtful, reading] = ["r-done000000", "r-refused000", "r-doubtful00", "r-reading000"];
const sre = "sre-1@example.com";

const asked = (request: string, number: number): AuditEvent => ({
  kind: "request.asked",
  request,
  subject: "alice@example.com",
  spoken: "rollout restart deploy/app-1 -n prod",
  reason: `load ${number}`,
  channel: "C0INCIDENT",
});
const approved = (request: string, of = 1): AuditEvent => ({
  kind: "approval.given",
  request,
  subject: sre,
  digest: "d",
  count: 1,
  of,
});
const granted = (request: string): AuditEvent => ({
  kind: "grant.signed",
  request,
  digest: "d",
  approvers: sre,
  tier: "privileged",
  policy: "p",
  notAfter: start + 60_000,
  signature: "s",
});
const intended = (request: string): AuditEvent => ({
  kind: "execution.intent",
  request,
  digest: "d",
  fence: 1,
  step: 0,
  resourceVersion: "7",
});

/** One entry each 10 ms. */
function trailOf(events: readonly AuditEvent[]): readonly Entry[] {
  return relinked(
    events.map((event, i) => {
      const time = start + i * 10;
      return { seq: i + 1, time, prev: "", hash: "", body: bodyText({ event, writer: "web@host/1", clock: time }) };
    }),
  );
}

const events: readonly AuditEvent[] = [
  ...[asked(done, 1), approved(done), granted(done), intended(done)],
  ...[asked(refused, 2), { kind: "request.denied", request: refused, subject: sre, why: "not now" } as const],
  ...[asked(doubtful, 3), approved(doubtful), granted(doubtful), intended(doubtful)],
  ...[asked(reading, 4), granted(reading)],
];

function recordOf(id: string, rest: Partial<RecordedRequest>): RecordedRequest {
  const object = "prod/app-1";
  return {
    id,
    changes: true,
    account: "countersign-rollout-restart",
    object,
    uid: "u-1",
    state: "succeeded",
    says: "done",
    ...rest,
  };
}

const effect: Effect = {
  request: done,
  at: start + 1_000,
  account: "countersign-rollout-restart",
  call: "patch deployments",
  object: "prod/app-1",
  uid: "u-1",
  onVersion: "7",
};

const { onVersion: _, ...evicted } = effect;

const shownAs = (end: string): ShownRequest => ({
  ends: [end],
  standing: `Restart app-1 ${end}: so it is.`,
  approvals: [],
});

/** A run in which everything went as it must. */
const honest: History = {
  effects: [effect],
  records: new Map(
    [
      recordOf(done, {}),
      recordOf(refused, { state: "denied", says: "not now" }),
      recordOf(doubtful, { state: "unknown", says: "The cluster did not say whether it was done." }),
      recordOf(reading, { changes: false, account: "countersign-get", object: "" }),
    ].map((record) => [record.id, record]),
  ),
  shown: new Map([
    [done, { ...shownAs("Succeeded"), approvals: [sre] }],
    [refused, shownAs("Denied")],
    [doubtful, shownAs("Unknown")],
  ]),
  told: new Set([done, refused, doubtful, reading]),
  forged: new Set(),
  trail: trailOf(events),
  heads: [headAt(trailOf(events), 5)],
};

const withRecord = (id: string, rest: Partial<RecordedRequest>): History => ({
  ...honest,
  records: new Map(honest.records).set(id, { ...recordOf(id, {}), ...honest.records.get(id), ...rest }),
});
const withShown = (id: string, rest: Partial<ShownRequest>): History => ({
  ...honest,
  shown: new Map(honest.shown).set(id, { ends: [], standing: "", approvals: [], ...honest.shown.get(id), ...rest }),
});
const withEffects = (...effects: readonly Effect[]): History => ({ ...honest, effects });
const without = (kind: AuditEvent["kind"], request: string): History => ({
  ...honest,
  trail: trailOf(events.filter((event) => event.kind !== kind || !("request" in event) || event.request !== request)),
  heads: [],
});

const broken: readonly (readonly [what: string, history: History, as: Broken, says: RegExp])[] = [
  [
    "two effects of one request on one object",
    withEffects(effect, { ...effect, at: start + 2_000 }),
    "duplicated",
    /again/,
  ],
  [
    "one command that became two requests",
    { ...honest, trail: trailOf(events.map((event) => (event === events[4] ? asked(refused, 1) : event))), heads: [] },
    "duplicated",
    /"load 1" was asked for twice/,
  ],
  ["an effect without an approval", without("approval.given", done), "contradiction", /without a quorum/],
  [
    "an effect with half of its quorum",
    { ...honest, trail: trailOf(events.map((event) => (event === events[1] ? approved(done, 2) : event))), heads: [] },
    "contradiction",
    /without a quorum/,
  ],
  ["an effect without a grant", without("grant.signed", done), "contradiction", /without a grant/],
  ["an effect without an intent", without("execution.intent", done), "contradiction", /before its intent/],
  ["an effect before its intent", withEffects({ ...effect, at: start + 25 }), "contradiction", /before its intent/],
  [
    "an effect under another account",
    withEffects({ ...effect, account: "countersign-scale" }),
    "contradiction",
    /made by/,
  ],
  ["an effect on another object", withEffects({ ...effect, object: "prod/app-2" }), "contradiction", /another object/],
  [
    "an effect on a successor of the object",
    withEffects({ ...effect, uid: "u-2" }),
    "contradiction",
    /approved for u-1/,
  ],
  [
    "an effect on a version that no intent names",
    withEffects({ ...effect, onVersion: "8" }),
    "contradiction",
    /made on version 8, and intended for 7/,
  ],
  ["an effect of no request", withEffects(effect, { ...effect, request: "" }), "contradiction", /for no request/],
  ["a success without an effect", withEffects(), "contradiction", /nothing was changed/],
  [
    "a failure that hides an effect",
    withRecord(done, { state: "failed", says: "No token." }),
    "contradiction",
    /was changed/,
  ],
  [
    "a failure that owns an effect there never was",
    { ...withRecord(done, { state: "failed", says: "The change was made, but it is stuck." }), effects: [] },
    "contradiction",
    /nothing was changed/,
  ],
  ...(["denied", "cancelled", "expired", "conflict"] as const).map(
    (state) =>
      [`an effect of what ended as ${state}`, withRecord(done, { state }), "contradiction", /was changed/] as const,
  ),
  ["an effect of a read", withRecord(done, { changes: false }), "contradiction", /a read/],
  ["an end that Slack shows as another", withShown(done, shownAs("Failed")), "contradiction", /Slack shows Failed/],
  ["an end that Slack never told", withShown(refused, { ends: [] }), "contradiction", /Slack shows no end/],
  ["a thread that stands at an earlier state", withShown(done, { standing: "Running." }), "contradiction", /Running/],
  [
    "an unknown outcome nobody was told of",
    withShown(doubtful, { ends: [], standing: "Running." }),
    "unsurfaced",
    /no end/,
  ],
  ["an approved request that never ends", withRecord(done, { state: "executing" }), "lost", /executing still/],
  ["a request that is never planned", withRecord(refused, { state: "planning" }), "lost", /planning still/],
  ["an approval that was acknowledged and is not there", withShown(refused, { approvals: [sre] }), "lost", /recorded/],
  [
    "a request that was acknowledged and is not there",
    { ...honest, told: new Set(["r-gone000000"]) },
    "lost",
    /no record/,
  ],
  [
    "a request that the trail alone knows",
    { ...honest, trail: trailOf([...events, asked("r-gone000000", 9)]) },
    "lost",
    /no record/,
  ],
  ["a forged request that ran", { ...honest, forged: new Set([done]) }, "forged", /nobody approved it/],
  ["a trail that was cut off", { ...honest, trail: honest.trail.slice(0, 3) }, "chain", /truncated/],
  [
    "a trail with an edited entry",
    { ...honest, trail: honest.trail.map((entry) => ({ ...entry, body: entry.body.replace("not now", "why not") })) },
    "chain",
    /edited/,
  ],
];

describe("the checker of a run", () => {
  it("finds nothing in a run that went as it must", async () => {
    assert.deepEqual(await check(honest), []);
  });

  for (const [what, history, as, says] of broken)
    it(`finds ${what}`, async () => {
      const found = await check(history);
      assert.ok(
        found.some((one) => one.broken === as && says.test(one.says)),
        JSON.stringify(found, undefined, 1),
      );
    });

  const fine: readonly (readonly [what: string, history: History])[] = [
    ["an unknown outcome of what was done", withEffects(effect, { ...effect, request: doubtful })],
    [
      "a pod that is gone, where nobody can tell who removed it",
      {
        ...withRecord(done, { says: "it is gone; nothing shows whether by this request or by somebody else" }),
        effects: [],
      },
    ],
    ["an effect of what has no version to name, as an eviction", withEffects(evicted)],
    [
      "an unknown outcome that was told later to be a success",
      {
        ...withRecord(doubtful, { state: "succeeded", says: "done" }),
        effects: [effect, { ...effect, request: doubtful }],
        shown: new Map(honest.shown).set(doubtful, { ...shownAs("Succeeded"), ends: ["Unknown", "Succeeded"] }),
      },
    ],
    [
      "a failure that owns what it changed",
      {
        ...withRecord(done, { state: "failed", says: "The change was made, but it is stuck." }),
        shown: new Map(honest.shown).set(done, shownAs("Failed")),
      },
    ],
    ["a forged request that nothing came of", { ...honest, forged: new Set(["r-forged0000"]) }],
    [
      "a request that waits for approvers",
      {
        ...withRecord(refused, { state: "awaiting-approval", says: "" }),
        shown: new Map(honest.shown).set(refused, { ends: [], standing: "Waiting for approval", approvals: [] }),
      },
    ],
  ];
  for (const [what, history] of fine)
    it(`minds nothing about ${what}`, async () => {
      assert.deepEqual(await check(history), []);
    });
});
