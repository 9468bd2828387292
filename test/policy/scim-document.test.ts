import assert from "node:assert/strict";
import { readDirectory } from "../../src/policy/directory-document.ts";
import { withRoster } from "../../src/policy/people.ts";
import { readScim } from "../../src/policy/scim-document.ts";
import { exported, group, user } from "./scim.ts";

const rosterOf = (text: string, by: Parameters<typeof readScim>[1] = "userName") => {
  const roster = readScim(text, by);
  assert.ok("active" in roster, JSON.stringify(roster));
  return roster;
};

describe("readScim", () => {
  it("reads who is active, and in which groups they are by name", () => {
    const { active, isGone } = rosterOf(
      exported(user("1"), user("2"), user("3", { active: false }), group("g", "sre", "1", "3"), group("h", "eng", "1")),
    );
    assert.deepEqual(
      [...active],
      [
        ["1@example.com", ["sre", "eng"]],
        ["2@example.com", []],
      ],
    );
    assert.deepEqual(["1@example.com", "3@example.com", "4@example.com"].map(isGone), [false, true, false]);
  });

  it("takes for the subject whichever attribute it is told", () => {
    const text = exported(user("1", { externalId: "auth0|7" }));
    for (const [by, sub] of [
      ["userName", "1@example.com"],
      ["externalId", "auth0|7"],
      ["id", "1"],
    ] as const)
      assert.deepEqual([...rosterOf(text, by).active.keys()], [sub]);
  });

  it("counts those in a group within a group, and ends where groups are within each other", () => {
    const { active } = rosterOf(
      exported(user("1"), group("a", "oncall", "1"), group("b", "ops", "a", "c"), group("c", "all", "b")),
    );
    assert.deepEqual([...(active.get("1@example.com") ?? [])].sort(), ["all", "oncall", "ops"]);
  });

  it("knows a userName whatever its case, as the one who is gone", () => {
    const { isGone } = rosterOf(exported(user("1", { userName: "Eve@Example.com", active: false })));
    assert.ok(isGone("eve@example.com"));
    assert.ok(!rosterOf(exported(user("Ab", { active: false })), "id").isGone("ab"));
  });

  it("lets nobody in who has no subject, and no member that is nowhere", () => {
    const odd = [user("1", { userName: undefined }), user("2", { userName: null }), user("3", { userName: "a b" })];
    const { active } = rosterOf(exported(...odd, user("4"), group("g", "sre", "4", "nobody"), { schemas: ["urn:x"] }));
    assert.deepEqual([...active], [["4@example.com", ["sre"]]]);
    assert.deepEqual([...rosterOf(exported({ ...group("g", "sre"), members: null })).active], []);
  });

  it("reads ten thousand people and their groups", () => {
    const people = Array.from({ length: 10_000 }, (_, i) => user(`p${i}`));
    const ids = people.map(({ id }) => id);
    const groups = Array.from({ length: 100 }, (_, i) =>
      group(`g${i}`, `team ${i}`, ...ids.slice(i * 100, i * 100 + 100)),
    );
    const { active } = rosterOf(exported(...people, ...groups, group("all", "everybody", ...ids)));
    assert.equal(active.size, 10_000);
    assert.deepEqual(active.get("p4242@example.com"), ["team 42", "everybody"]);
  });

  const at = (line: number, column: number) => `${line}:${column}`;
  const faulty: readonly (readonly [what: string, text: string, places: readonly string[], says: RegExp])[] = [
    ["what is no JSON", '{\n "schemas": [],\n "a": abc\n}', [at(3, 7)], /no JSON/],
    ["half a file", exported(user("1")).slice(0, -20), [at(16, 16)], /no JSON/],
    ["nothing", "", [at(1, 1)], /no JSON/],
    ["another document", '{ "schemas": ["urn:x"], "totalResults": 0 }', [at(1, 14)], /ListResponse/],
    ["what is no list", "[]", [at(1, 1)], /the document: /],
    ["a page of it", exported(user("1")).replace('"totalResults": 1', '"totalResults": 2'), [at(5, 18)], /1 of 2/],
    [
      "a person of whom it is not said",
      exported(user("1", { active: undefined })),
      [at(7, 3)],
      /Resources.0.active: say/,
    ],
    ["true as a text", exported(user("1", { active: "True" })), [at(13, 14)], /say true or false/],
    ["a group without a name", exported(group("g", "")), [at(12, 19)], /Resources.0.displayName/],
    ["one id twice", exported(user("1"), user("1", { userName: "x" })), [at(23, 10)], /Resources.1.id: another/],
    [
      "one subject twice",
      exported(user("1"), user("2", { userName: "1@EXAMPLE.com" })),
      [at(24, 16)],
      /userName: another/,
    ],
    ["two groups of a name", exported(group("g", "sre"), group("h", "sre", "1")), [at(20, 19)], /displayName: another/],
  ];
  for (const [what, text, places, says] of faulty)
    it(`refuses ${what}`, () => {
      const reading = readScim(text, "userName");
      assert.ok("faults" in reading, JSON.stringify(reading));
      assert.deepEqual(
        reading.faults.map(({ line, column }) => at(line, column)),
        places,
      );
      assert.match(reading.faults[0]?.says ?? "", says);
    });
});

describe("withRoster", () => {
  const listed = readDirectory(`
subjects:
  alice: { groups: [oncall], slack: [T1/U1], kubernetes: { user: alice } }
  bob: { groups: [sre], slack: [T1/U2] }
`);
  assert.ok("subjects" in listed);
  const named = (id: string, more: object = {}) => user(id, { userName: id, ...more });

  it("has a person who is in both in the groups of both, and keeps what else the document says of them", () => {
    const people = withRoster(
      listed,
      rosterOf(exported(named("alice"), group("g", "sre", "alice"), group("h", "oncall", "alice"))),
    );
    const alice = {
      sub: "alice",
      groups: ["oncall", "sre"],
      kubernetes: { usual: { kind: "User", name: "alice" }, per: {} },
    };
    assert.deepEqual(people.subjects.get("alice"), alice);
    assert.deepEqual(people.bySlack.get("T1/U1"), alice);
    assert.deepEqual(people.subjects.get("bob")?.groups, ["sre"]);
  });

  it("admits who is in the roster alone, without a Slack account", () => {
    const people = withRoster(listed, rosterOf(exported(named("carol"), group("g", "sre", "carol"))));
    assert.deepEqual(people.subjects.get("carol"), { sub: "carol", groups: ["sre"] });
    assert.equal(people.slackUsers.get("carol"), undefined);
  });

  it("knows nobody who is not active, whatever the document says of them", () => {
    const people = withRoster(listed, rosterOf(exported(named("Bob", { active: false }), group("g", "sre", "Bob"))));
    assert.deepEqual([...people.subjects.keys()], ["alice"]);
    assert.deepEqual([people.bySlack.get("T1/U2"), people.bySlack.has("T1/U2")], [undefined, true]);
    assert.deepEqual([...people.slackUsers.keys()], ["alice"]);
  });
});
