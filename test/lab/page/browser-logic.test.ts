import assert from "node:assert/strict";

interface Command {
  readonly fill: string;
}
interface Said {
  readonly channel: string;
  readonly user: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly blocks?: readonly object[];
}

const browser = (name: string) => import(new URL(`./public/${name}.js`, import.meta.url).href);
const { matching, commands }: { matching(typed: string): Command[]; commands: readonly Command[] } =
  await browser("commands");
const { createTypedBefore } = await browser("typed-before");
const { createUnread } = await browser("unread");
const { relative }: { relative(ms: number, now: number): string } = await browser("time");
const { slackDate }: { slackDate(seconds: number, format: string, now: Date): string | undefined } =
  await browser("slack-date");
const { latest }: { latest(work: () => Promise<void>, onFault?: (fault: Error) => void): () => Promise<void> } =
  await browser("api");

const fills = (typed: string) => matching(typed).map(({ fill }) => fill);

describe("what the composer offers", () => {
  it("is everything after a slash, and nothing before one", () => {
    assert.deepEqual(matching("/"), commands);
    assert.deepEqual(matching("k8s"), []);
    assert.deepEqual(matching(""), []);
  });

  it("narrows to what can still be meant", () => {
    assert.deepEqual(fills("/k8s sc"), ["/k8s scale deploy/api --replicas=5 -n prod -- "]);
    assert.deepEqual(fills("/K8S STATUS"), ["/k8s status "]);
    assert.deepEqual(fills("/k8s status r-1"), []);
  });

  it("finds a command by a word of it", () => {
    assert.deepEqual(fills("/restart"), ["/k8s rollout restart deploy/api -n prod -- "]);
    assert.deepEqual(fills("/nonsense"), []);
  });
});

describe("what was typed before", () => {
  it("comes back line by line, and then what was not sent yet", () => {
    const before = createTypedBefore();
    for (const line of ["one", "two", "two", "three"]) before.add(line);
    const walk = [-1, -1, -1, -1, 1, 1, 1, 1].map((by) => before.go(by, "unsent"));
    assert.deepEqual(walk, ["three", "two", "one", undefined, "two", "three", "unsent", undefined]);
  });

  it("is nothing when nothing was sent", () => {
    assert.equal(createTypedBefore().go(-1, ""), undefined);
  });
});

describe("what is new to a person", () => {
  const said = (ts: string, more: Partial<Said> = {}): Said => ({
    channel: "C1",
    user: "UAPP",
    ts,
    blocks: [],
    ...more,
  });
  const call = [{ type: "actions", elements: [{ type: "button", style: "primary" }] }];

  it("is what others said in the channel since the page was opened, until it is looked at", () => {
    const unread = createUnread(100);
    const messages = [said("99.0"), said("101.0"), said("102.0", { user: "U1" }), said("103.0", { channel: "C2" })];
    assert.equal(unread.count("U1", "C1", messages), 1);
    assert.equal(unread.count("U2", "C1", messages), 2);
    unread.looked("U1", "C1", messages);
    assert.equal(unread.count("U1", "C1", messages), 0);
    assert.equal(unread.count("U1", "C2", messages), 1);
    assert.equal(unread.count("U2", "C1", messages), 2);
  });

  it("leaves out what stands in a thread only", () => {
    const messages = [said("101.0"), said("102.0", { threadTs: "101.0" })];
    assert.equal(createUnread(100).count("U1", "C1", messages), 1);
  });

  it("waits for them when it has a button that calls, and they did not look yet", () => {
    const unread = createUnread(100);
    const quiet = [{ type: "actions", elements: [{ type: "button", style: "danger" }] }];
    assert.equal(unread.isAwaited("U1", [said("101.0", { blocks: quiet })]), false);
    const messages = [said("101.0", { blocks: call })];
    assert.equal(unread.isAwaited("U1", messages), true);
    unread.looked("U1", "C1", messages);
    assert.equal(unread.isAwaited("U1", messages), false);
  });
});

describe("who is waited for", () => {
  const call = (action_id: string) => ({
    type: "actions",
    elements: [{ type: "button", style: "primary", action_id }],
  });
  const naming = (user_id: string) => ({
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "user", user_id }] }],
  });
  const said = (ts: string, ...blocks: readonly object[]) => ({ channel: "C1", user: "UAPP", ts, blocks });
  const waited = (...messages: readonly object[]) =>
    ["U1", "U2"].filter((person) => createUnread(100).isAwaited(person, messages));

  it("is the requester, whom the thread names, for a code", () => {
    const reply = { ...said("102.0", naming("U1")), threadTs: "101.0" };
    assert.deepEqual(waited(said("101.0", call("prove")), reply), ["U1"]);
  });

  it("is everybody but the requester, whom the card names, for a review", () => {
    assert.deepEqual(waited(said("101.0", naming("U1"), call("review"))), ["U2"]);
  });

  it("is nobody whom another thread or channel names", () => {
    const elsewhere = { ...said("101.0", naming("U1")), channel: "C2" };
    const other = { ...said("103.0", naming("U1")), threadTs: "99.0" };
    assert.deepEqual(waited(said("101.0", call("prove")), elsewhere, other), []);
  });
});

describe("times on the page", () => {
  const now = Date.UTC(2026, 10, 25, 12, 0, 0);

  it("are told from now", () => {
    const told = [3, 42, 240, 7200, 200_000].map((seconds) => relative(now - seconds * 1000, now));
    assert.deepEqual(told, ["just now", "42 s ago", "4 min ago", "2 h ago", "2 d ago"]);
    assert.equal(relative(now + 720_000, now), "in 12 min");
  });

  it("follow Slack's date tokens, and leave unknown ones alone", () => {
    const noon = new Date(2026, 10, 25, 12);
    const seconds = noon.getTime() / 1000;
    assert.equal(slackDate(seconds, "{date_short_pretty}", noon), "Today");
    assert.equal(slackDate(seconds - 86_400, "{date_pretty}", noon), "Yesterday");
    assert.equal(slackDate(seconds, "{nonsense} at", noon), "{nonsense} at");
    assert.equal(slackDate(Number.NaN, "{date}", noon), undefined);
  });
});

describe("a question that is asked again while it is under way", () => {
  it("is asked once more after it, however often it was asked", async () => {
    let asked = 0;
    let answer: () => void = () => undefined;
    const run = latest(() => {
      asked += 1;
      return asked === 1 ? new Promise((resolve) => (answer = resolve)) : Promise.resolve();
    });
    const first = run();
    await Promise.all([run(), run(), run()]);
    assert.equal(asked, 1);
    answer();
    await first;
    assert.equal(asked, 2);
  });

  it("tells its fault and can be asked again", async () => {
    const faults: string[] = [];
    const run = latest(
      () => Promise.reject(new Error("no answer")),
      ({ message }) => faults.push(message),
    );
    await run();
    await run();
    assert.deepEqual(faults, ["no answer", "no answer"]);
  });
});
