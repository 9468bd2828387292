import assert from "node:assert/strict";
import type { WebClient } from "@slack/web-api";
import { createRecall, tagOf } from "../../../src/adapters/slack/recall.ts";

const [ours, request, channel, now] = ["A0OURS", "r-abcd234567", "C1", 1_795_521_600_000];

/** A client whose history is these pages; `asked` are the arguments of each call. */
function withPages(...pages: readonly (readonly object[])[]) {
  const asked: Record<string, unknown>[] = [];
  const answer = async (args: Record<string, unknown>) => {
    asked.push(args);
    const at = Number(args["cursor"] ?? 0);
    return {
      messages: pages[at] ?? [],
      response_metadata: { next_cursor: at + 1 < pages.length ? String(at + 1) : "" },
    };
  };
  const client = { conversations: { history: answer, replies: answer } } as unknown as WebClient;
  return { asked, recall: createRecall(client, ours) };
}

const message = (ts: string, surface: string, change: object = {}) => ({
  ts,
  app_id: ours,
  metadata: tagOf(request, surface),
  ...change,
});

describe("finding our own messages again", () => {
  it("tells where each surface stands, the earliest of each, over all pages", async () => {
    const { recall, asked } = withPages([message("3.0", "card"), message("2.0", "thread")], [message("1.0", "card")]);
    const found = await recall.find(request, channel, now);
    assert.deepEqual(Object.fromEntries(found), {
      card: { channel, ts: "1.0" },
      thread: { channel, ts: "2.0" },
    });
    assert.equal(asked.length, 2);
  });

  it("allows for a clock of Slack's that is five minutes behind ours", async () => {
    const { recall, asked } = withPages([]);
    await recall.find(request, channel, now);
    assert.equal(asked[0]?.["oldest"], String(now / 1_000 - 300));
  });

  it("believes nothing that another app or a person posted, whatever it says of itself: an attack", async () => {
    const { recall } = withPages([
      message("1.0", "card", { app_id: "A0THEIRS" }),
      message("2.0", "card", { app_id: undefined }),
    ]);
    assert.equal((await recall.find(request, channel, now)).size, 0);
  });

  it("takes nothing of another request, of another kind or without a surface for one", async () => {
    const { recall } = withPages([
      message("1.0", "card", { metadata: tagOf("r-other", "card") }),
      message("2.0", "card", { metadata: { ...tagOf(request, "card"), event_type: "something_else" } }),
      message("3.0", "card", {
        metadata: { event_type: tagOf(request, "card").event_type, event_payload: { request } },
      }),
      message("4.0", "card", { metadata: undefined }),
    ]);
    assert.equal((await recall.find(request, channel, now)).size, 0);
  });

  it("reads on through no more than ten pages", async () => {
    const { recall, asked } = withPages(...Array.from({ length: 30 }, () => [{ ts: "1.0" }]));
    await recall.find(request, channel, now);
    assert.equal(asked.length, 10);
  });
});
