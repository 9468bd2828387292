import assert from "node:assert/strict";
import { type MembershipPorts, memberDirectory, takeMembership } from "../../src/challenge/membership.ts";
import { WitnessAway } from "../../src/challenge/witness-away.ts";
import { decide } from "../../src/policy/decide.ts";
import type { KeptMembership, MembershipStore, Refreshed } from "../../src/ports/membership.ts";
import type { Directory } from "../../src/ports.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeDirectory } from "../fakes/directory.ts";
import { labPolicy } from "../fakes/policy.ts";

const minute = 60_000;
/** What the provider signs: for whom, with which groups, and when. */
const tokenOf = (subject: string, groups: readonly string[], madeAt: number) =>
  JSON.stringify({ subject, groups, madeAt });

function fakeStore() {
  const kept = new Map<string, KeptMembership>();
  const turns = new Set<string>();
  const recorded: string[] = [];
  const store: MembershipStore = {
    read: async (subject) => kept.get(subject),
    all: async () => kept,
    async keep(subject, membership, groups) {
      kept.set(subject, membership);
      if (groups) recorded.push(`${subject}: ${groups.join(", ")}`);
    },
    async end(subject) {
      kept.set(subject, { token: "", refresh: "" });
      recorded.push(`${subject} is gone`);
    },
    takeTurn: async (subject) => !turns.has(subject) && Boolean(turns.add(subject)),
    rest: async (subject) => void turns.delete(subject),
  };
  return { kept, turns, recorded, store };
}

describe("groups by the provider's word", () => {
  let clock: ReturnType<typeof fakeClock>;
  let store: ReturnType<typeof fakeStore>;
  let web: Directory;
  let asked: string[];
  let provider: (refresh: string) => Refreshed | "refused" | "away";
  let ports: MembershipPorts;
  let faults: unknown[];
  let keysAway = false;

  beforeEach(async () => {
    clock = fakeClock();
    store = fakeStore();
    asked = [];
    faults = [];
    provider = () => ({ token: tokenOf("alice", ["oncall"], clock.now()), refresh: "r-2" });
    const listed = fakeDirectory([
      { sub: "alice", groups: ["engineering"], slack: ["T1/U1"] },
      { sub: "bob", groups: ["sre"] },
    ]);
    ports = {
      store: store.store,
      clock: { now: async () => clock.now() },
      witness: {
        async read(token, subject, now) {
          if (keysAway) throw new WitnessAway("the keys cannot be read", undefined);
          const { subject: whose, ...read } = JSON.parse(token) as {
            subject: string;
            groups: string[];
            madeAt: number;
          };
          return whose === subject && now - read.madeAt <= 10 * minute ? read : undefined;
        },
      },
      provider: {
        async refresh(refresh) {
          asked.push(refresh);
          return provider(refresh);
        },
      },
      seal: {
        close: (plain, subject) => `${subject}'s ${plain}`,
        open(sealed, subject) {
          if (!sealed.startsWith(`${subject}'s `)) throw new Error("this text was sealed with another key");
          return sealed.slice(`${subject}'s `.length);
        },
      },
      onFault: (fault) => faults.push(fault),
    };
    web = memberDirectory(listed, ports);
    await takeMembership(ports, "alice", { token: tokenOf("alice", ["oncall", "sre"], clock.now()), refresh: "r-1" });
  });

  const groupsIn = async (sub = "alice") => (await web.subject(sub))?.groups;

  it("are added to those of the directory, for who logged in for it; of others not all groups are known", async () => {
    assert.deepEqual(await groupsIn(), ["engineering", "oncall", "sre"]);
    assert.equal((await web.subject("alice"))?.partial, undefined);
    assert.deepEqual(await web.subject("bob"), { sub: "bob", groups: ["sre"], partial: true });
    assert.equal(await groupsIn("mallory"), undefined);
    assert.deepEqual((await web.bySlack("T1", "U1"))?.groups, ["engineering", "oncall", "sre"]);
    assert.deepEqual(store.recorded, ["alice: oncall, sre"]);
    assert.deepEqual(asked, []);
  });

  it("attack: are not all known of whom nothing is kept, be it taken out of Redis, or too old: that lowers no bar", async () => {
    const known = { sub: "alice", groups: ["engineering", "oncall", "sre"] };
    assert.deepEqual(await web.subject("alice"), known);
    assert.deepEqual(await web.subject("bob"), { sub: "bob", groups: ["sre"], partial: true });
    const row = store.kept.get("alice");
    store.kept.delete("alice");
    const unknown = { sub: "alice", groups: ["engineering"], partial: true } as const;
    assert.deepEqual(await web.subject("alice"), unknown);
    if (row) store.kept.set("alice", row);
    provider = () => "away";
    clock.pass(10 * minute + 1);
    assert.deepEqual(await web.subject("alice"), unknown);
    const raise = { name: "on call", subjects: ["group:sre"], tier: "critical" };
    const policy = {
      ...labPolicy,
      permit: [{ name: "alice reads", subjects: ["alice"], operations: ["@read"], tier: "routine" }],
      raise: [raise],
    };
    for (const subject of [known, unknown] as const) {
      const facts = { subject, operation: "get", cluster: "demo", namespaces: ["web"], plan: "unknown" } as const;
      const decision = decide(policy, facts);
      assert.equal(decision.allowed && decision.tier, "critical");
    }
  });

  it("are asked for anew five seconds later, and what was taken away is away", async () => {
    clock.pass(5_001);
    assert.deepEqual(await groupsIn(), ["engineering", "oncall"]);
    assert.deepEqual(asked, ["r-1"]);
    assert.deepEqual(
      store.kept.get("alice")?.refresh,
      "alice's r-2",
      "the new refresh token takes the place of the old",
    );
    assert.deepEqual(store.recorded, ["alice: oncall, sre", "alice: oncall"]);
    clock.pass(5_001);
    await groupsIn();
    assert.deepEqual(store.recorded.length, 2, "what is the same is not recorded again");
  });

  it("end at once with whom the provider lets go, who is then nobody, until they log in again", async () => {
    provider = () => "refused";
    clock.pass(5_001);
    assert.equal(await web.subject("alice"), undefined);
    assert.equal(await web.bySlack("T1", "U1"), undefined);
    assert.deepEqual(
      (await web.people()).map(({ sub }) => sub),
      ["bob"],
    );
    assert.equal(store.recorded.at(-1), "alice is gone");
    await web.subject("alice");
    assert.deepEqual(asked, ["r-1"], "it is not asked again about who is gone");
    await takeMembership(ports, "alice", { token: tokenOf("alice", ["oncall"], clock.now()), refresh: "r-9" });
    assert.deepEqual(await groupsIn(), ["engineering", "oncall"]);
  });

  it("count while the provider is away for as long as the document says, and no longer", async () => {
    provider = () => "away";
    clock.pass(10 * minute);
    assert.deepEqual(await groupsIn(), ["engineering", "oncall", "sre"]);
    clock.pass(1);
    const { groups, partial } = (await web.subject("alice")) ?? {};
    assert.deepEqual([groups, partial], [["engineering"], true]);
  });

  it("attack: are not those of an older token that was put back into Redis: the provider is asked all the same", async () => {
    const old = store.kept.get("alice");
    clock.pass(5_001);
    assert.deepEqual(await groupsIn(), ["engineering", "oncall"]);
    assert.ok(old);
    store.kept.set("alice", old);
    assert.deepEqual(await groupsIn(), ["engineering", "oncall"]);
  });

  it("attack: are not those of somebody else's token", async () => {
    store.kept.set("bob", { token: tokenOf("alice", ["security"], clock.now()), refresh: "" });
    assert.deepEqual(await groupsIn("bob"), ["sre"]);
    provider = () => ({ token: tokenOf("bob", ["security"], clock.now()), refresh: "r-2" });
    clock.pass(5_001);
    assert.deepEqual(await groupsIn(), ["engineering", "oncall", "sre"], "no answer to what was asked");
  });

  it("are not all known while the provider's keys cannot be read, and its people are still who they are", async () => {
    keysAway = true;
    assert.deepEqual(await web.subject("alice"), { sub: "alice", groups: ["engineering"], partial: true });
    assert.equal(store.kept.get("alice")?.refresh, "alice's r-2", "the old refresh token may be good no more");
    keysAway = false;
    assert.deepEqual(await groupsIn(), ["engineering", "oncall", "sre"]);
  });

  it("are asked for by one process at a time, and the others go by what is known", async () => {
    clock.pass(5_001);
    store.turns.add("alice");
    assert.deepEqual(await groupsIn(), ["engineering", "oncall", "sre"]);
    assert.deepEqual(asked, []);
    store.turns.delete("alice");
    provider = () => {
      throw new Error("this refresh token was sealed for somebody else");
    };
    await assert.rejects(groupsIn());
    assert.deepEqual([...store.turns], [], "a fault gives the turn back");
  });

  it("are asked for with no refresh token that another process has just brought", async () => {
    clock.pass(5_001);
    const { takeTurn } = store.store;
    store.store.takeTurn = async (subject, forMs) => {
      store.kept.set("alice", { token: tokenOf("alice", ["oncall"], clock.now()), refresh: "alice's r-2" });
      return takeTurn(subject, forMs);
    };
    assert.deepEqual(await groupsIn(), ["engineering", "oncall"]);
    assert.deepEqual(asked, []);
    assert.deepEqual([...store.turns], []);
  });

  it("attack: lapse where the refresh token was put in another's place, and that is said; their person can log in again", async () => {
    store.kept.set("alice", { token: tokenOf("alice", ["oncall"], clock.now()), refresh: "bob's r-7" });
    clock.pass(5_001);
    assert.deepEqual(await groupsIn(), ["engineering", "oncall"]);
    clock.pass(10 * minute);
    assert.deepEqual(await groupsIn(), ["engineering"]);
    assert.deepEqual(asked, []);
    assert.equal(faults.length, 2);
    await takeMembership(ports, "alice", { token: tokenOf("alice", ["oncall"], clock.now()), refresh: "r-9" });
    assert.deepEqual(await groupsIn(), ["engineering", "oncall"]);
  });
});
