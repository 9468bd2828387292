import assert from "node:assert/strict";
import type { Surface } from "../../../src/adapters/slack/surface.ts";
import { surfacesOf } from "../../../src/adapters/slack/surfaces.ts";
import type { Operation } from "../../../src/operation/operation.ts";
import { isRefusal } from "../../../src/operation/refusal.ts";
import type { RequestEvent } from "../../../src/request/event.ts";
import { isOver, type Request, type State, states } from "../../../src/request/request.ts";
import { transition } from "../../../src/request/transition.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { faultsOfMessageBlocks } from "../../lab/slack/block-kit/block-rules.ts";
import { assertHarmless, assertNoMarkup } from "./harmless.ts";
import { textOf } from "./house.ts";
import { livesOf } from "./lives.ts";
import { naughty } from "./naughty.ts";

const cards = "C9";

describe("surfacesOf", () => {
  it("knows every state", () => {
    const seen = new Set<State>(livesOf().map(({ state }) => state));
    assert.deepEqual(
      states.filter((state) => !seen.has(state)),
      [],
    );
  });

  it("shows the buttons of the state and no other", () => {
    const buttons: Readonly<Record<State, readonly string[]>> = {
      planning: [],
      "awaiting-challenge": ["prove", "cancel"],
      "awaiting-approval": ["cancel", "review"],
      granted: ["cancel"],
      executing: [],
      succeeded: [],
      failed: [],
      unknown: ["ran", "did-not-run", "look-again"],
      settled: [],
      cancelled: [],
      expired: [],
      denied: [],
      conflict: [],
    };
    for (const request of livesOf()) {
      const [thread, card] = ["thread", "card"].map((key) =>
        buttonsIn(surfacesOf(request, cards).filter((surface) => surface.key === key)),
      );
      const beingLookedAt = request.state === "unknown" && request.looks?.some(({ found }) => !found);
      const expected = buttons[request.state].filter((action) => !(beingLookedAt && action === "look-again"));
      // Of an outcome that nobody knows, approvers are asked where they approved it too.
      const ofCard = request.state === "unknown" ? expected : expected.filter((action) => action === "review");
      assert.deepEqual([thread, card], [expected.filter((action) => action !== "review"), ofCard], request.state);
    }
  });

  it("tells of an elevation how it ends, and offers to take the role away until it has", () => {
    const target = { kind: "ClusterRole", namespace: namespace("prod"), name: name("edit") } as const;
    const lives = livesOf({ operation: { kind: "elevate", cluster: "demo", target, seconds: 60 } });
    const given = lives.find(({ state }) => state === "succeeded");
    assert.ok(given);
    const later = (...events: readonly RequestEvent[]) =>
      events.reduce((request: Request, event) => {
        const next = transition(request, event, noon);
        assert.ok(!isRefusal(next), JSON.stringify(next));
        return next;
      }, given);
    const shown = (request: Request) => textOf(surfacesOf(request, cards).map(({ blocks }) => blocks));
    const offers = (request: Request) => buttonsIn(surfacesOf(request, cards)).includes("revoke");
    assert.equal(offers(given), true);
    const why = "the cluster demo does not answer";
    const late = later({ type: "elevation-held-up", why });
    assert.match(shown(late), /Still elevated:\s+the cluster demo does not answer/);
    assert.ok(surfacesOf(late, cards).some(({ key, broadcast }) => key === "still-elevated" && broadcast));
    const revoked = later({ type: "revoked", subject: "alice", why: "done" });
    assert.match(shown(revoked), /alice ends it early:\s+done/);
    assert.equal(offers(revoked), false);
    for (const [how, words] of [
      ["on-time", /The role was taken away on time/],
      ["revoked", /The role was taken away early/],
      ["gone", /was gone already/],
    ] as const) {
      const over = later({ type: "elevation-ended", how, apiAuditIds: [] });
      assert.match(shown(over), words);
      assert.equal(offers(over), false);
    }
  });

  it("offers to undo what can be undone, after it succeeded and until somebody asked for it", () => {
    const target = { kind: "Deployment", namespace: namespace("prod"), name: name("api") } as const;
    const lives = livesOf({ operation: { kind: "rollout-pause", cluster: "demo", target } });
    const offering = lives.filter((request) => buttonsIn(surfacesOf(request, cards)).includes("undo"));
    assert.deepEqual(
      offering.map(({ state }) => state),
      ["succeeded"],
    );
    const [succeeded] = offering;
    assert.ok(succeeded && JSON.stringify(surfacesOf(succeeded, cards)).includes("Undo: Resume api…"));
    const asked = transition(
      succeeded,
      { type: "undo-asked", subject: "bob", request: "r-takesback0" },
      noon + 120_000,
    );
    assert.ok(!("refused" in asked));
    assert.deepEqual(buttonsIn(surfacesOf(asked, cards)), []);
    const last = surfacesOf(asked, cards).at(-1);
    assert.deepEqual([last?.key, textOf(last?.blocks).includes("r-takesback0")], ["undo", true]);
  });

  it("names three audit ids in the thread and counts the others, which the trail has", () => {
    const done = livesOf().find(({ state }) => state === "succeeded");
    assert.ok(done && "outcome" in done);
    const outcome = (count: number) => ({
      ...done.outcome,
      apiAuditIds: Array.from({ length: count }, (_, i) => `id-${i}`),
    });
    const told = (count: number) =>
      textOf(surfacesOf({ ...done, outcome: outcome(count) } as Request, cards).flatMap(({ blocks }) => blocks));
    assert.match(told(0), /API audit ids: none\./);
    assert.match(told(3), /API audit ids: id-0, id-1, id-2\./);
    assert.match(told(8), /API audit ids: id-0, id-1, id-2 and 5 more\./);
  });

  it("says how long it took, were it less than a second", () => {
    const done = livesOf().find(({ state }) => state === "succeeded");
    assert.ok(done && "outcome" in done && "intent" in done && done.intent);
    const { at } = done.intent;
    const told = (ms: number) =>
      textOf(
        surfacesOf({ ...done, outcome: { ...done.outcome, at: at + ms } } as Request, cards).flatMap(
          ({ blocks }) => blocks,
        ),
      );
    assert.match(told(400), /Took less than a second\./);
    assert.match(told(61_000), /Took 1 minute 1 second\./);
  });

  it("has each key once, the thread's first message first", () => {
    for (const request of livesOf()) {
      const keys = surfacesOf(request, cards).map(({ key }) => key);
      assert.equal(new Set(keys).size, keys.length);
      assert.equal(keys[0], "thread");
    }
  });

  it("never takes a fact back: what is told of a request is told of whatever becomes of it", () => {
    const all = livesOf();
    const endedFrom = (from: State) => all.filter((one) => "ended" in one && one.ended.was === from);
    const [asked, away, planned, challenged, opened, halfApproved, granted, busy, executing, progressed, ...ends] = all;
    const ways = [
      [asked, away, planned, challenged, opened, halfApproved, granted, busy, executing, progressed, ends[0]],
      [progressed, ends[1]],
      [progressed, ends[2], ends[3], ends[4]],
      [ends[3], ends[5]],
      ...endedFrom("planning").map((end) => [asked, end]),
      ...endedFrom("awaiting-challenge").map((end) => [challenged, end]),
      ...endedFrom("awaiting-approval").map((end) => [opened, end]),
      ...endedFrom("granted").map((end) => [granted, end]),
    ];
    for (const way of ways)
      for (const [i, request] of way.entries()) {
        const next = way[i + 1];
        if (!request || !next) continue;
        const lost = keysIn(request).filter((key) => !keysIn(next).includes(key));
        assert.deepEqual(lost, [], `${request.state} to ${next.state}`);
      }
  });

  it("tells every fact of a life once, in the order they came about", () => {
    const succeeded = livesOf().find(({ state }) => state === "succeeded");
    assert.ok(succeeded);
    assert.deepEqual(keysIn(succeeded), [
      "thread",
      "card",
      "asked",
      "planned",
      "proof",
      "approval-1",
      "approval-2",
      "granted",
      "started",
      "progress",
      "outcome",
    ]);
  });

  it("tells what was unknown again when it is known", () => {
    const [unknown] = livesOf().filter(({ state }) => state === "unknown");
    assert.ok(unknown && keysIn(unknown).includes("outcome-unknown"));
  });

  it("tells each look and what was seen, and that a person settled it, in their words", () => {
    const settled = livesOf({ text: "I counted the pods" }).find(({ state }) => state === "settled");
    assert.ok(settled);
    const keys = keysIn(settled).slice(-4);
    assert.deepEqual(keys, ["outcome-unknown", "look-1", "look-1-found", "settled"]);
    const surfaces = surfacesOf(settled, cards);
    const textIn = (key: string) => textOf(surfaces.find((surface) => surface.key === key)?.blocks);
    assert.match(textIn("outcome-unknown"), /Unknown, a person must look: I counted the pods\./);
    assert.match(textIn("settled"), /Settled by a person: .* says that it did not run\..*I counted the pods/s);
    assert.match(textIn("settled"), /Said with TOTP; the cluster was not asked\./);
    for (const key of ["thread", "card"]) {
      assert.match(textIn(key), /Settled: .* says that it did not run: I counted the pods\./);
      assert.doesNotMatch(textIn(key), /Succeeded|Failed/);
    }
  });

  it("says loudly in the channel what failed, and nothing else", () => {
    for (const request of livesOf()) {
      const loud = surfacesOf(request, cards).filter(({ broadcast }) => broadcast);
      const isBad = ["failed", "unknown", "settled"].includes(request.state);
      assert.equal(loud.length, isBad ? 1 : 0, request.state);
    }
  });

  it("has a card only where people are asked to approve", () => {
    for (const request of livesOf({ approvals: 0 })) assert.ok(!keysIn(request).includes("card"), request.state);
    const open = livesOf().filter(({ state }) => state === "awaiting-approval");
    assert.ok(open.every((request) => keysIn(request).includes("card")));
    const before = livesOf().filter(({ state }) => state === "planning" || state === "awaiting-challenge");
    assert.ok(before.every((request) => !keysIn(request).includes("card")));
  });

  it("puts everything an approver needs on the card, the state in words", () => {
    const [open] = livesOf({ text: "drain the pool" }).filter(({ state }) => state === "awaiting-approval");
    assert.ok(open);
    const card = surfacesOf(open, cards).find(({ key }) => key === "card");
    assert.equal(card?.channel, cards);
    const text = textOf(card?.blocks);
    for (const words of [
      "Restart api in prod, cluster demo",
      "rollout restart deploy/api -n prod -c demo",
      "asks to restart all pods of the deployment api",
      "Deployment prod/api, cluster demo",
      "0 of 2, from sre",
      "TOTP, <!date^",
      "Warning: ",
      `Request ${open.id} · plan `,
    ])
      assert.ok(text.includes(words), words);
  });

  it("says on the card when it expires as long as it can be approved, and no longer", () => {
    for (const request of livesOf()) {
      const card = surfacesOf(request, cards).find(({ key }) => key === "card");
      if (card) assert.equal(textOf(card.blocks).includes("Expires"), request.state === "awaiting-approval");
    }
  });

  it("tells how far it has come in the worker's words", () => {
    const [running] = livesOf({ text: "2 of 3 pods replaced" }).filter((one) => "progress" in one && one.progress);
    assert.ok(running);
    const progress = surfacesOf(running, cards).find(({ key }) => key === "progress");
    assert.equal(textOf(progress?.blocks), "2 of 3 pods replaced");
  });

  it("says what a request waits for, and until when, in the thread, on the card and in the list", () => {
    const waiting = livesOf({ text: "the cluster demo is away" }).filter((one) => "heldUp" in one);
    assert.deepEqual(
      waiting.map(({ state }) => state),
      ["planning", "granted"],
    );
    for (const request of waiting) {
      const surfaces = surfacesOf(request, cards);
      const root = surfaces.find(({ key }) => key === "thread");
      assert.match(
        textOf(root?.blocks),
        /Waiting: the cluster demo is away\..*It is tried again until .*then it lapses/s,
      );
      const until = request.state === "granted" ? noon + 600_000 : noon + 1_800_000;
      assert.ok(JSON.stringify(root?.blocks).includes(`"timestamp":${until / 1000}`), request.state);
      const card = surfaces.find(({ key }) => key === "card");
      if (card) assert.match(textOf(card.blocks), /Waiting: the cluster demo is away\./);
    }
  });

  it("keeps the thread in the channel it was typed in, or among the approvals when that was a direct message", () => {
    const [asked] = livesOf();
    assert.ok(asked);
    const typedIn = (channel: string) =>
      surfacesOf({ ...asked, origin: { ...asked.origin, channel } }, cards)[0]?.channel;
    assert.equal(typedIn("C1"), "C1");
    assert.equal(typedIn("G1"), "G1");
    assert.equal(typedIn("D1"), cards);
  });

  describe("of a read", () => {
    const operation: Operation = { kind: "get", cluster: "demo", resource: "pods", namespace: namespace("prod") };
    const reads = livesOf({ operation, approvals: 0, stepUp: false });

    it("is nothing but an answer to the requester alone, once it is over", () => {
      for (const request of reads) {
        const surfaces = surfacesOf(request, cards);
        assert.deepEqual(
          surfaces.map(({ key, ephemeralFor }) => [key, ephemeralFor]),
          isOver(request) ? [["answer", "U1"]] : [],
          request.state,
        );
      }
    });

    it("says of an answer that is kept no longer how to get another", () => {
      const [succeeded] = reads.filter(({ state }) => state === "succeeded");
      assert.ok(succeeded && "outcome" in succeeded);
      const { answer: _, ...without } = succeeded;
      const [shown] = surfacesOf(without, cards);
      assert.match(textOf(shown?.blocks), /kept no longer\. Ask again\./);
    });

    it("is a thread as well where the policy asks for a proof or an approval", () => {
      for (const asks of [
        { stepUp: true, approvals: 0 },
        { stepUp: false, approvals: 1 },
      ]) {
        const open = livesOf({ operation, ...asks }).filter(({ state }) => state.startsWith("awaiting"));
        assert.ok(open.length > 0 && open.every((request) => keysIn(request)[0] === "thread"));
      }
    });

    it("shows whole rows of a long table, and how many were cut", () => {
      const [succeeded] = reads.filter(({ state }) => state === "succeeded");
      assert.ok(succeeded && "outcome" in succeeded);
      const rows = Array.from({ length: 400 }, (_, i) => `api-${i}  1/1  Running  0  5m  ${"x".repeat(30)}`);
      const [answer] = surfacesOf({ ...succeeded, answer: rows.join("\n") }, cards);
      assert.ok(answer);
      assertFits(answer, succeeded);
      const lines = preformattedOf(answer).join("\n").split("\n");
      const cut = Number(/^… (\d+) more lines were cut\.$/.exec(lines.at(-1) ?? "")?.[1]);
      assert.deepEqual(lines.slice(0, -1), rows.slice(0, rows.length - cut));
      assert.ok(cut > 0 && lines.length > 100);
    });
  });

  describe("attack: mrkdwn, mentions, bidi and control characters in whatever stands in the record", () => {
    it("lets no text act in Slack", () => {
      for (const text of naughty)
        for (const request of livesOf({ text, reason: text, requester: `alice ${text}` }))
          for (const surface of surfacesOf(request, cards)) {
            assertNoMarkup(surface.text);
            assertHarmless(surface.blocks, [request.origin.user]);
          }
    });

    it("lets no answer of a read act in Slack, however long, and shows the end of a log", () => {
      const prod = namespace("prod");
      const get: Operation = { kind: "get", cluster: "demo", resource: "pods", namespace: prod };
      const target = { kind: "Pod", namespace: prod, name: name("api-1") } as const;
      const logs: Operation = { kind: "logs", cluster: "demo", target, tail: 100 };
      for (const operation of [get, logs]) {
        const [succeeded] = livesOf({ operation, approvals: 0, stepUp: false }).filter(
          ({ state }) => state === "succeeded",
        );
        assert.ok(succeeded && "outcome" in succeeded);
        for (const text of [...naughty, naughty.join("\n").repeat(20), "``` <!here>\n".repeat(2_000)]) {
          const answer = `first\n${text}\nlast`;
          const [shown] = surfacesOf({ ...succeeded, answer }, cards);
          assert.ok(shown);
          assertNoMarkup(shown.text);
          assertHarmless(shown.blocks, [succeeded.origin.user]);
          assertFits(shown, succeeded);
          const lines = preformattedOf(shown).join("\n").split("\n");
          assert.equal(
            operation.kind === "logs" ? lines.at(-1) : lines[0],
            operation.kind === "logs" ? "last" : "first",
          );
        }
      }
    });

    it("stays within what Slack takes", () => {
      const long = "w".repeat(5_000);
      const lives = [
        ...naughty.flatMap((text) => livesOf({ text })),
        ...livesOf({ text: long, reason: long, warnings: Array<string>(60).fill(long) }),
      ];
      for (const request of lives) for (const surface of surfacesOf(request, cards)) assertFits(surface, request);
    });
  });
});

function assertFits({ key, text, blocks }: Surface, { state }: Request): void {
  assert.deepEqual(faultsOfMessageBlocks(JSON.parse(JSON.stringify(blocks))), [], `${key} in ${state}`);
  assert.ok(text.length > 0 && text.length <= 4_000, `${key} in ${state}`);
  // facts/slack.md section 3: about 13k of blocks can be too long.
  assert.ok(JSON.stringify(blocks).length < 13_000, `${key} in ${state}: ${JSON.stringify(blocks).length}`);
}

function preformattedOf({ blocks }: Surface): readonly string[] {
  return blocks.flatMap((block) =>
    block.type === "rich_text"
      ? block.elements.filter(({ type }) => type === "rich_text_preformatted").map((element) => textOf(element))
      : [],
  );
}

function keysIn(request: Request): readonly string[] {
  return surfacesOf(request, cards).map(({ key }) => key);
}

function buttonsIn(surfaces: readonly Surface[]): readonly string[] {
  return surfaces.flatMap(({ blocks }) =>
    blocks.flatMap((block) => (block.type === "actions" ? block.elements.map(({ action_id }) => action_id ?? "") : [])),
  );
}
