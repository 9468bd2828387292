import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sealingKey } from "../../src/adapters/authenticators/seal.ts";
import { linkingSeal } from "../../src/adapters/authenticators/slack-links.ts";
import { linkedDirectory } from "../../src/challenge/linked-directory.ts";
import { createLinking, type Linking } from "../../src/challenge/linking.ts";
import { linkStatement } from "../../src/challenge/slack-link.ts";
import { isRefusal, type Refusal } from "../../src/operation/refusal.ts";
import type { NamedAccount, SlackLinkStore } from "../../src/ports/link.ts";
import type { LoginWish } from "../../src/ports/login.ts";
import type { Directory } from "../../src/ports.ts";
import { attestor, strangersAttestor } from "../fakes/attestor.ts";
import { fakeClock } from "../fakes/clock.ts";
import { fakeDirectory } from "../fakes/directory.ts";
import { fakeTrail } from "../fakes/trail.ts";

const tenMinutes = 600_000;
const account: NamedAccount = { team: "T1", user: "U9", name: "dave", workspace: "The Lab" };

/** What lies in Redis, by account; anybody's to write. */
function fakeLinks() {
  const kept = new Map<string, string>();
  const spent = new Set<string>();
  const store: SlackLinkStore = {
    read: async ({ team, user }) => kept.get(`${team}/${user}`),
    all: async () => [...kept.values()],
    async keep(link, salt, expect) {
      const field = `${link.team}/${link.user}`;
      if (kept.get(field) !== expect) return "moved";
      if (spent.has(salt)) return "used";
      spent.add(salt);
      kept.set(field, JSON.stringify(link));
      return "kept";
    },
    end: async ({ team, user }) => kept.delete(`${team}/${user}`),
  };
  return { kept, store };
}

describe("linking a Slack account by a login", () => {
  let clock: ReturnType<typeof fakeClock>;
  let listed: ReturnType<typeof fakeDirectory>;
  let links: ReturnType<typeof fakeLinks>;
  let trail: ReturnType<typeof fakeTrail>;
  let directory: Directory;
  let linking: Linking;
  let wishes: LoginWish[];
  let weak: string | undefined;
  /** The same over the same records, where groups come from the provider. */
  let open: (membership?: (subject: string, brought: unknown) => Promise<readonly string[]>) => Linking;

  beforeEach(() => {
    clock = fakeClock();
    listed = fakeDirectory([
      { sub: "alice", groups: ["oncall"], slack: ["T1/U1"] },
      { sub: "dave", groups: ["sre"] },
    ]);
    links = fakeLinks();
    trail = fakeTrail(clock);
    wishes = [];
    weak = undefined;
    const listing = { ...listed, claims: async ({ team, user }: NamedAccount) => `${team}/${user}` === "T1/U1" };
    directory = linkedDirectory(listing, links.store, attestor);
    const seal = linkingSeal([sealingKey("k-1", randomBytes(32).toString("base64"))]);
    open = (membership) =>
      createLinking({
        ...(membership ? { membership } : {}),
        seal,
        logins: {
          host: "id.example.com",
          begin: async (wish) => {
            wishes.push(wish);
            return { address: "https://id.example.com/auth", kept: "k" };
          },
        },
        whyWeak: () => weak,
        ...{ links: links.store, directory, listed: listing, attestor, trail, clock: { now: async () => clock.now() } },
      });
    linking = open();
  });

  const link = (of: NamedAccount = account) => linking.start(of, clock.now());
  const back = (
    subject: string,
    { authenticatedAt = clock.now(), ...brought }: { authenticatedAt?: number; refresh?: string } = {},
  ) =>
    linking.back({
      ...{ end: "link", carried: wishes.at(-1)?.carry ?? "", token: { token: "t", subject, authenticatedAt } },
      ...brought,
    });
  /** Logs in behind this link, and answers what that browser keeps. */
  const loggedIn = async (at: string, subject: string, brought: { refresh?: string } = {}) => {
    await linking.begin(at);
    return toConfirm(await back(subject, brought)).kept;
  };
  const toConfirm = (done: Awaited<ReturnType<typeof back>>) =>
    "confirm" in done ? done : assert.fail(`${done.says} It asks nothing.`);
  const refused = (done: object | Refusal) => (isRefusal(done) ? done.refused : assert.fail("it was taken"));
  const whose = async (of: NamedAccount = account) => (await directory.bySlack(of.team, of.user))?.sub;

  it("names the account before and after the login, and links nothing before it is confirmed", async () => {
    const at = link();
    assert.deepEqual(await linking.offer(at), { account, provider: "id.example.com" });
    await linking.begin(at);
    assert.deepEqual([wishes[0]?.end, wishes[0]?.subject], ["link", undefined]);
    const done = toConfirm(await back("dave"));
    assert.deepEqual(done.confirm, { subject: "dave", account });
    assert.equal(await whose(), undefined);
    assert.deepEqual([...links.kept], []);
    const confirmed = await linking.confirm(done.kept);
    assert.match(!isRefusal(confirmed) ? confirmed.says : "", /@dave \(U9\) is linked: it speaks for dave now/);
    assert.deepEqual(await directory.bySlack("T1", "U9"), { sub: "dave", groups: ["sre"] });
    assert.deepEqual(await directory.slackUsers("dave"), ["U9"]);
  });

  it("attack: is confirmed once, however often it is sent", async () => {
    const at = link();
    const kept = await loggedIn(at, "dave");
    await linking.confirm(kept);
    links.kept.clear();
    assert.equal(refused(await linking.confirm(kept)), "link-not-valid");
    assert.equal(refused(await linking.confirm(await loggedIn(at, "dave"))), "link-not-valid");
    assert.equal(await whose(), undefined);
  });

  it("attack: takes nothing for a confirmation that we did not seal after a login", async () => {
    const at = link();
    await linking.begin(at);
    for (const kept of ["", "k", at, JSON.stringify({ link: at, subject: "alice" }), wishes[0]?.carry ?? ""])
      assert.equal(refused(await linking.confirm(kept)), "link-not-valid");
  });

  it("attack: takes no link that we did not make, nor one that was changed into another's account", async () => {
    const [text = "", mac = ""] = link().split(".");
    const other = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as object;
    const changed = Buffer.from(JSON.stringify({ ...other, user: "U8" })).toString("base64url");
    for (const at of ["", text, `${text}.`, `${changed}.${mac}`, `${text}.${mac}.${mac}`])
      assert.equal(refused(await linking.offer(at)), "link-not-valid");
  });

  it("is over after ten minutes, at each of its steps", async () => {
    const at = link();
    const kept = await loggedIn(at, "dave");
    clock.pass(tenMinutes + 1);
    for (const done of [
      await linking.offer(at),
      await linking.begin(at),
      await back("dave"),
      await linking.confirm(kept),
    ])
      assert.equal(refused(done), "link-not-valid");
  });

  it("links nobody whom the directory does not list, which stands in the trail, nor who is not listed any more", async () => {
    await linking.begin(link());
    assert.equal(refused(await back("mallory")), "not-listed");
    assert.deepEqual(trail.events.at(-1), {
      kind: "identity.refused",
      subject: "mallory",
      team: "T1",
      user: "U9",
      code: "not-listed",
    });
    const kept = await loggedIn(link(), "dave");
    listed.remove("dave");
    assert.equal(refused(await linking.confirm(kept)), "not-listed");
  });

  it("takes no login from before it was begun, and none in another context than asked for", async () => {
    await linking.begin(link());
    assert.equal(refused(await back("dave", { authenticatedAt: clock.now() - 7_000 })), "evidence");
    weak = "the ID token's acr is missing, and it takes urn:phr";
    assert.equal(refused(await back("dave")), "too-weak");
  });

  it("cannot take an account over: neither one of the directory, nor one that is linked", async () => {
    const theirs = { ...account, user: "U1" };
    assert.equal(refused(await linking.offer(link(theirs))), "already-linked");
    listed.remove("alice");
    assert.equal(refused(await linking.offer(link(theirs))), "already-linked");
    listed.put({ sub: "alice", groups: [] });
    const [first, second] = [await loggedIn(link(), "dave"), await loggedIn(link(), "alice")];
    await linking.confirm(first);
    assert.equal(refused(await linking.confirm(second)), "already-linked");
    assert.equal(await whose(), "dave");
  });

  describe("where the provider says who is in which groups", () => {
    let taken: [subject: string, brought: unknown][];
    beforeEach(() => {
      taken = [];
      linking = open(async (subject, brought) => {
        taken.push([subject, brought]);
        return ["sre", "oncall"];
      });
    });
    const refresh = "a refresh token";

    it("reads the groups of whom the account is linked to already, and asks for no confirmation", async () => {
      const of = { ...account, user: "U1" };
      const offered = await linking.offer(link(of));
      assert.deepEqual(offered, { account: of, provider: "id.example.com", known: "alice" });
      await linking.begin(link(of));
      const done = await back("alice", { refresh });
      assert.deepEqual(done, { says: "You are alice, and the provider says that you are in sre, oncall." });
      assert.deepEqual(taken, [["alice", { token: "t", refresh }]]);
    });

    it("reads them as well while an account is being linked", async () => {
      await linking.begin(link());
      assert.equal(toConfirm(await back("dave", { refresh })).confirm.subject, "dave");
      assert.deepEqual(
        taken.map(([subject]) => subject),
        ["dave"],
      );
    });

    it("attack: keeps nothing of somebody else who logs in behind a link of a linked account, and links nothing anew", async () => {
      const of = { ...account, user: "U1" };
      await linking.begin(link(of));
      assert.equal(refused(await back("dave", { refresh })), "already-linked");
      assert.deepEqual(taken, []);
      const before = link();
      const kept = await loggedIn(before, "dave", { refresh });
      await linking.confirm(await loggedIn(before, "dave", { refresh }));
      assert.equal(refused(await linking.confirm(kept)), "already-linked");
    });

    it("says so where the provider gives no way to ask anew", async () => {
      await linking.begin(link());
      assert.equal(refused(await back("dave")), "evidence");
      assert.deepEqual(taken, []);
    });
  });

  describe("attack: in Redis", () => {
    const at = 1;
    const signed = (who: { team: string; user: string; subject: string }, by = attestor) =>
      JSON.stringify({ ...who, at, signature: by.attest(linkStatement({ ...who, at })) });

    it("a link that web did not sign links nothing, nor one moved to another account", async () => {
      const good = { team: "T1", user: "U9", subject: "dave" };
      for (const [field, text] of [
        ["T1/U9", signed(good, strangersAttestor)],
        ["T1/U9", JSON.stringify({ ...JSON.parse(signed(good)), subject: "alice" })],
        ["T1/U8", signed(good)],
        ["T1/U9", "{"],
        ["T1/U9", "null"],
        ["T1/U9", JSON.stringify({ ...good, at, signature: 7 })],
      ] as const) {
        links.kept.clear();
        links.kept.set(field, text);
        assert.equal(await directory.bySlack("T1", field.slice(3)), undefined, text);
        assert.deepEqual(await directory.slackUsers("alice"), ["U1"]);
      }
      links.kept.set("T1/U9", signed(good, strangersAttestor));
      assert.deepEqual(await directory.slackUsers("dave"), []);
    });

    it("a link of an account that the directory speaks of does not count, signed or not", async () => {
      links.kept.set("T1/U1", signed({ team: "T1", user: "U1", subject: "dave" }));
      assert.equal((await directory.bySlack("T1", "U1"))?.sub, "alice");
      listed.remove("alice");
      assert.equal(await directory.bySlack("T1", "U1"), undefined);
      assert.deepEqual(await directory.slackUsers("dave"), []);
    });

    it("what lies there in the place of a link keeps nobody from making theirs", async () => {
      links.kept.set("T1/U9", "forged");
      await linking.confirm(await loggedIn(link(), "dave"));
      assert.equal(await whose(), "dave");
    });
  });
});
