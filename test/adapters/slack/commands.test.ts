import assert from "node:assert/strict";
import {
  alice,
  bob,
  carol,
  dave,
  type House,
  incident,
  messagesOf,
  openHouse,
  textOf,
  whisperSaying,
} from "./house.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy";

describe("the slash command", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());
  const type = (person: { id: string }, line: string, channel = incident.id) =>
    house.slack.as(person.id).command(channel, line);
  const lastTold = (person: typeof alice) => {
    const told = messagesOf(house.slack, person, incident).filter(({ ephemeralFor }) => ephemeralFor === person.id);
    return textOf(told.at(-1));
  };

  it("lists every operation with its usage", async () => {
    await type(alice, "/k8s");
    for (const usage of ["/k8s get KIND", "/k8s rollout restart deploy|sts|ds/NAME", "/k8s scale deploy|sts/NAME"])
      assert.ok(lastTold(alice).includes(usage), usage);
    await type(alice, "/k8s help scale");
    assert.ok(!lastTold(alice).includes("rollout restart"));
  });

  it("says what was wrong and what would be right, to the person alone", async () => {
    const wrong: readonly (readonly [string, string])[] = [
      ["/k8s rolout restart deploy/api", "Did you mean"],
      ["/k8s scale deploy/api --replicas=many -n prod -- x", "Give a whole number"],
      ["/k8s rollout restart deploy/api -n prod", "The reason is missing"],
      ["/k8s get pods -n prod -c moon", "Known: demo, other."],
      ["/k8s status r-nothere00", "There is no request"],
    ];
    for (const [line, words] of wrong) {
      assert.deepEqual(await type(alice, line), { ok: true });
      assert.ok(lastTold(alice).includes(words), `${line}: ${lastTold(alice)}`);
    }
    assert.equal(messagesOf(house.slack, bob, incident).length, 0);
  });

  it("says what a naughty text was without letting it act", async () => {
    for (const text of ["<!channel>", "@here", "`x` <@U2>", "\u202egnp", "a".repeat(3_000)]) {
      assert.deepEqual(await type(alice, `/k8s ${text}`), { ok: true });
      const told = messagesOf(house.slack, alice, incident).at(-1);
      assert.doesNotMatch(JSON.stringify(told?.blocks), /"type":"(broadcast|user|usergroup|link|mrkdwn)"/);
      assert.doesNotMatch(told?.text ?? "", /[<>`\u202e]/);
    }
  });

  it("tells a person who is not linked what to do", async () => {
    await type(dave, "/k8s help");
    assert.ok(lastTold(dave).includes("T0LAB/U4"));
  });

  it("says at once when nobody serves the cluster, and takes the request all the same", async () => {
    house.presence.leave("demo");
    for (const [line, what] of [
      [restart, "Restart api in prod, cluster demo: recorded as"],
      ["/k8s get pods -n prod", "Read pods in prod, cluster demo: recorded as"],
    ] as const) {
      await type(alice, line);
      const told = lastTold(alice);
      assert.ok(told.includes(what), told);
      assert.match(told, /it must wait: no worker for the cluster demo has been seen for 30 seconds\./);
    }
    assert.equal((await house.records.store.of("alice", 10)).length, 2);
  });

  it("says nothing of the kind where another cluster is away", async () => {
    house.presence.leave("other");
    await type(alice, restart);
    assert.ok(!lastTold(alice).includes("must wait"), lastTold(alice));
  });

  it("says which rule refuses, and records it", async () => {
    await type(carol, restart);
    assert.ok(lastTold(carol).includes("No rule permits carol"));
    await type(alice, "/k8s rollout restart deploy/dns -n kube-system -- x");
    assert.ok(lastTold(alice).includes('The rule "kube-system" refuses this'));
    assert.deepEqual(
      house.records.trail.events.map((event) => event.kind),
      ["request.refused", "request.refused"],
    );
  });

  it("refuses a secret in the text, records that, and stores the secret nowhere", async () => {
    const secret = ["xoxb", "123456789012-abcdefghijkl"].join("-");
    await type(alice, `/k8s rollout restart deploy/api -n prod -- ${secret}`);
    assert.ok(lastTold(alice).includes("Rotate that secret now"));
    const [event] = house.records.trail.events;
    assert.equal(event?.kind === "request.refused" && event.code, "secret-in-text");
    const everything = JSON.stringify([house.records.trail.events, house.log.lines, lastTold(alice)]);
    assert.ok(!everything.includes(secret));
  });

  it("shows where a request stands to anybody linked, with the buttons for one who lost them", async () => {
    await type(alice, restart);
    const { id } = await house.worker.plan();
    await type(alice, `/k8s status ${id}`);
    assert.ok(lastTold(alice).includes("Waiting for the requester's proof of presence."));
    const mine = messagesOf(house.slack, alice, incident).findLast(({ ephemeralFor }) => ephemeralFor);
    assert.match(JSON.stringify(mine?.blocks), /"action_id":"prove"/);
    await type(bob, `/k8s status ${id}`);
    assert.ok(lastTold(bob).includes("Planned on"));
    const his = messagesOf(house.slack, bob, incident).findLast(({ ephemeralFor }) => ephemeralFor);
    assert.doesNotMatch(JSON.stringify(his?.blocks), /"type":"button"/);
  });

  it("lists a person's own requests, open ones first", async () => {
    await type(alice, "/k8s mine");
    assert.ok(lastTold(alice).includes("You have asked for nothing yet."));
    await type(alice, "/k8s rollout restart deploy/one -n prod -- first");
    const [first = ""] = await house.records.store.of("alice", 1);
    await type(alice, "/k8s rollout restart deploy/two -n prod -- second");
    const [second = ""] = await house.records.store.of("alice", 1);
    await type(alice, `/k8s cancel ${second} -- changed my mind${" and more".repeat(30)}`);
    await type(alice, "/k8s mine");
    const told = lastTold(alice);
    assert.ok(told.indexOf(first) < told.indexOf(second) && told.includes("Cancelled by alice"));
    assert.ok(told.length < 400, "a long reason is cut in a list");
    await type(bob, "/k8s mine");
    assert.ok(lastTold(bob).includes("You have asked for nothing yet."));
  });

  it("lets only the requester cancel", async () => {
    await type(alice, restart);
    const { id } = await house.request();
    await type(bob, `/k8s cancel ${id}`);
    assert.ok(lastTold(bob).includes("Only the person who asked can cancel."));
    assert.equal((await house.request()).state, "planning");
  });

  describe("for a read", () => {
    it("answers the requester alone, with no thread, no card and no prompt", async () => {
      await type(alice, "/k8s get pods -n prod");
      await house.worker.claim();
      await house.worker.finish("succeeded", {}, "NAME   READY\napi-1  1/1");
      await whisperSaying(house.slack, alice, "api-1  1/1");
      await house.settled();
      assert.equal(house.slack.calls.filter(({ method }) => method === "chat.postMessage").length, 0);
      assert.equal(messagesOf(house.slack, bob, incident).length, 0);
    });

    it("says to the requester alone why there is no answer", async () => {
      await type(alice, "/k8s get pods -n prod");
      await house.worker.claim();
      await house.worker.finish("failed", { says: "There is no pod web in the namespace prod." });
      await whisperSaying(house.slack, alice, "There is no pod web");
    });

    it("is not told to others by its id", async () => {
      await type(alice, "/k8s get pods -n prod");
      const { id } = await house.request();
      await type(bob, `/k8s status ${id}`);
      assert.ok(lastTold(bob).includes(`There is no request`));
    });
  });

  it("in a direct message puts the thread among the approvals", async () => {
    house.slack.addChannel({ id: "D1", name: "directmessage", isIm: true, members: [alice.id] });
    assert.deepEqual(await type(alice, restart, "D1"), { ok: true });
    await house.settled();
    const posts = house.slack.calls.filter(({ method }) => method === "chat.postMessage");
    assert.ok(posts.length > 0 && posts.every(({ args }) => args["channel"] === "C2"));
  });

  it("is answered when Slack cannot say who typed it, and nothing is done", async () => {
    house.slack.faults.fail("users.info", 503);
    assert.deepEqual(await type(alice, restart), { ok: true });
    assert.ok(lastTold(alice).includes("Something failed on our side"));
    assert.deepEqual(await house.records.store.of("alice", 1), []);
  });

  it("knows nobody any more who was taken off the directory", async () => {
    house.directory.remove("alice");
    await type(alice, restart);
    assert.ok(lastTold(alice).includes("not linked"));
  });

  it("says what a command would take, by which rules, and who could approve it, and asks for nothing", async () => {
    const why = async (person: typeof alice, command: string) => {
      await type(person, `/k8s why ${command}`);
      return lastTold(person);
    };
    const sentences = await why(alice, "rollout restart deploy/api -n prod");
    for (const says of [
      "Tier privileged, by: on-call operates, production.",
      "It takes proof of",
      "Could approve it now: bob",
    ])
      assert.ok(sentences.includes(says), sentences);
    assert.ok((await why(alice, "get pods -n prod")).includes("Nothing more is asked for."));
    assert.ok((await why(alice, "scale deploy/api --replicas=2 -n kube-system")).includes("refused, by: kube-system"));
    assert.ok((await why(alice, "why")).includes("There is no command"));
    assert.ok((await why(alice, "")).includes("why COMMAND"));
    await type(alice, "/k8s mine");
    assert.ok(lastTold(alice).includes("nothing yet"));
  });
});
