import assert from "node:assert/strict";
import { readDirectory } from "../../src/policy/directory-document.ts";
import { kubernetesIdentity } from "../../src/policy/subject.ts";

const text = `
subjects:
  alice: { slack: [T1/U1, T2/W9, E1/U1], groups: [engineering, oncall] }
  auth0|5f7c8ec7c33c6c004bbafe82: { groups: [sre] }
  carol@example.com:
    slack: [T1/U3]
  113456789012345678901: {}
  "0123": {}
`;

describe("readDirectory", () => {
  it("reads who is who, by subject and by Slack person", () => {
    const people = readDirectory(text);
    assert.ok("subjects" in people, JSON.stringify(people));
    const alice = { sub: "alice", groups: ["engineering", "oncall"] };
    const carol = { sub: "carol@example.com", groups: [] };
    assert.deepEqual(people.subjects.get("alice"), alice);
    assert.deepEqual(people.subjects.get("auth0|5f7c8ec7c33c6c004bbafe82")?.groups, ["sre"]);
    assert.deepEqual(
      [...people.bySlack].sort(),
      [
        ["E1/U1", alice],
        ["T1/U1", alice],
        ["T1/U3", carol],
        ["T2/W9", alice],
      ].sort(),
    );
  });

  it("keeps a subject of digits as it is written", () => {
    const people = readDirectory(text);
    assert.ok("subjects" in people);
    assert.deepEqual([...people.subjects.keys()].filter((sub) => /^\d+$/.test(sub)).sort(), [
      "0123",
      "113456789012345678901",
    ]);
  });

  it("knows nobody that is not written, nor what objects have in JavaScript", () => {
    const people = readDirectory("subjects: { constructor: { groups: [a] } }\n");
    assert.ok("subjects" in people);
    assert.deepEqual([...people.subjects.keys()], ["constructor"]);
    assert.equal(people.subjects.get("toString"), undefined);
    assert.equal(people.bySlack.get("T1/U1"), undefined);
  });

  it("reads who somebody is to the API servers, in general and in a cluster of its own; by itself nobody", () => {
    const written = `
subjects:
  alice: { kubernetes: { user: alice@example.com, clusters: { eu: { group: "oidc:oncall" } } } }
  bob: { kubernetes: { clusters: { eu: { user: bob } } } }
  carol: {}
`;
    const people = readDirectory(written);
    assert.ok("subjects" in people, JSON.stringify(people));
    const who = (sub: string, cluster: string) => kubernetesIdentity(people.subjects.get(sub) ?? {}, cluster);
    assert.deepEqual(who("alice", "us"), { kind: "User", name: "alice@example.com" });
    assert.deepEqual(who("alice", "eu"), { kind: "Group", name: "oidc:oncall" });
    assert.deepEqual(who("bob", "eu"), { kind: "User", name: "bob" });
    for (const [sub, cluster] of [
      ["bob", "us"],
      ["bob", "constructor"],
      ["carol", "eu"],
      ["mallory", "eu"],
    ] as const)
      assert.equal(who(sub, cluster), undefined, `${sub} ${cluster}`);
  });

  const passkeys = (...of: readonly string[]) =>
    `subjects:\n${of.map((text, i) => `  ${"ab"[i]}: { passkeys: [${text}] }\n`).join("")}`
      .replaceAll("KEY", `pQEC${"A".repeat(60)}`)
      .replaceAll("OTHER", `pQEC${"B".repeat(60)}`);
  it("reads the passkeys that count as a person's", () => {
    const people = readDirectory(passkeys("{ id: a1, key: KEY, name: blue key }"));
    assert.ok("subjects" in people);
    const key = `pQEC${"A".repeat(60)}`;
    assert.deepEqual(people.subjects.get("a")?.passkeys, [{ id: "a1", key, name: "blue key" }]);
  });

  const kubernetes = (text: string) => `subjects:\n  a: { kubernetes: ${text} }\n`;
  const faulty: readonly (readonly [what: string, text: string, places: readonly string[], says: RegExp])[] = [
    ["nothing", "", ["1:1"], /subjects/],
    [
      "a Slack person of two subjects",
      "subjects:\n  a: { slack: [T1/U1] }\n  b: { slack: [T1/U2, T1/U1] }\n",
      ["3:23"],
      /T1\/U1 is linked to two/,
    ],
    ["a passkey of two subjects", passkeys("{ id: a, key: KEY }", "{ id: a, key: OTHER }"), ["3:19"], /listed twice/],
    ["a key under two ids", passkeys("{ id: a, key: KEY }", "{ id: b, key: KEY }"), ["3:19"], /listed twice/],
    ["a passkey without a key", passkeys("{ id: a }"), ["2:19"], /./],
    ["a key that is none of COSE", passkeys(`{ id: a, key: ${"A".repeat(60)} }`), ["2:33"], /COSE/],
    ["a Slack person without a team", "subjects:\n  a: { slack: [U1] }\n", ["2:16"], /TEAM\/USER/],
    ["a Slack name", "subjects:\n  a: { slack: ['@alice', T1/u1] }\n", ["2:16", "2:26"], /TEAM\/USER/],
    ["a subject of odd characters", "subjects:\n  'a b': {}\n  'ü': {}\n", ["2:10", "3:8"], /./],
    ["a subject that looks like a group", "subjects:\n  group:sre: {}\n", ["2:14"], /./],
    ["a subject that looks like everybody", "subjects:\n  '*': {}\n", ["2:8"], /./],
    ["a subject without a letter", "subjects:\n  '': {}\n", ["2:7"], /./],
    ["a subject twice", "subjects:\n  a: {}\n  a: { groups: [sre] }\n", ["3:3"], /unique/],
    ["a number twice, once in quotes", "subjects:\n  1: {}\n  '1': { groups: [sre] }\n", ["3:3"], /unique/],
    ["a subject __proto__", "subjects:\n  __proto__: { groups: [sre] }\n", ["2:3"], /__proto__/],
    ["a key it does not know", "subjects:\n  a: { group: [sre] }\n", ["2:15"], /"group"/],
    ["a group that is no word", "subjects:\n  a: { groups: [1, ''] }\n", ["2:17", "2:20"], /string/],
    ["one who is the cluster itself", kubernetes("{ user: system:admin }"), ["2:28"], /belongs to the cluster itself/],
    ["a group of the cluster's own", kubernetes("{ group: system:masters }"), ["2:29"], /belongs to the cluster/],
    ["a user and a group at once", kubernetes("{ user: a, group: b }"), ["2:20"], /not both/],
    ["somebody who is nobody", kubernetes("{}"), ["2:20"], /a user or a group/],
    ["a name with a blank", kubernetes("{ user: 'a b' }"), ["2:28"], /without blanks/],
    ["both in one cluster", kubernetes("{ clusters: { eu: { user: a, group: b } } }"), ["2:38"], /not both/],
    ["a person twice by an alias", "subjects:\n  a: &a { groups: [sre] }\n  b: *a\n", ["3:6"], /alias/],
  ];
  for (const [what, written, places, says] of faulty)
    it(`refuses ${what}`, () => {
      const reading = readDirectory(written);
      assert.ok("faults" in reading, JSON.stringify(reading));
      assert.deepEqual(
        reading.faults.map(({ line, column }) => `${line}:${column}`),
        places,
      );
      assert.match(reading.faults[0]?.says ?? "", says);
    });
});
