import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { sha256 } from "../../src/audit/canonical.ts";
import { readPolicy } from "../../src/policy/document.ts";
import type { Policy } from "../../src/policy/policy.ts";

const example = readFileSync(new URL("../../manifests/overlays/example/policy.yaml", import.meta.url), "utf8");

const whole = `
tiers:
  routine: {}
  guarded: { stepUp: { within: 1h30m } }
  privileged: { stepUp: {}, approvals: { count: 2, from: [sre, security], stepUp: { within: 90s } } }
  forbidden: { deny: not from chat }
permit:
  - { name: read, subjects: ["group:engineering", bob], operations: ["@read"], tier: routine }
raise:
  - { name: bare, tier: guarded }
  - name: full
    operations: [scale, "@change"]
    subjects: ["*"]
    clusters: [prod-*]
    namespaces: [prod]
    names: [api]
    labels: { team: [payments, web] }
    replicasOver: 20
    roles: [edit]
    longerThan: 30m
    tier: forbidden
elevations: { roles: [view, edit], longest: 1h }
`;

describe("readPolicy", () => {
  it("reads all that can be written", () => {
    assert.deepEqual(readPolicy(whole), {
      revision: sha256(whole),
      tiers: [
        { name: "routine", requirements: {} },
        { name: "guarded", requirements: { stepUp: { within: 5_400_000 } } },
        {
          name: "privileged",
          requirements: {
            stepUp: {},
            approvals: { count: 2, from: ["sre", "security"], stepUp: { within: 90_000 } },
          },
        },
        { name: "forbidden", requirements: {}, deny: "not from chat" },
      ],
      permit: [{ name: "read", subjects: ["group:engineering", "bob"], operations: ["@read"], tier: "routine" }],
      raise: [
        { name: "bare", tier: "guarded" },
        {
          name: "full",
          operations: ["scale", "@change"],
          subjects: ["*"],
          clusters: ["prod-*"],
          namespaces: ["prod"],
          names: ["api"],
          labels: { team: ["payments", "web"] },
          replicasOver: 20,
          roles: ["edit"],
          longerThan: 1_800_000,
          tier: "forbidden",
        },
      ],
      elevations: { roles: ["view", "edit"], longest: 3_600_000 },
    } satisfies Policy);
  });

  it("leaves out what is not written, so that nothing undefined stands for a rule", () => {
    const policy = readPolicy(whole);
    assert.ok("raise" in policy);
    for (const rule of [...policy.tiers, ...policy.raise, ...policy.tiers.map(({ requirements }) => requirements)])
      assert.ok(!Object.values(rule).includes(undefined));
  });

  it("reads the policy we give as an example, with a revision of its own for every text", () => {
    const policy = readPolicy(example);
    assert.ok("revision" in policy, JSON.stringify(policy));
    const other = readPolicy(`${example}# another\n`);
    assert.ok("revision" in other);
    assert.notEqual(policy.revision, other.revision);
    assert.deepEqual({ ...other, revision: policy.revision }, policy);
  });

  it("reads who may freeze and unfreeze, as groups, and lets nobody where it is not said", () => {
    const policy = readPolicy(`${whole}brake: { freeze: [oncall, sre], unfreeze: [sre] }\n`);
    assert.deepEqual("brake" in policy && policy.brake, { freeze: ["oncall", "sre"], unfreeze: ["sre"] });
    assert.ok(!("brake" in readPolicy(whole)));
    for (const brake of [
      "{ freeze: [sre] }",
      "{ freeze: [], unfreeze: [sre] }",
      "{ freeze: [group:sre], unfreeze: [sre] }",
    ])
      assert.ok("faults" in readPolicy(`${whole}brake: ${brake}\n`), brake);
  });

  it("reads from where images may be set, and allows none that it does not say", () => {
    const policy = readPolicy(`${whole}images: { allow: [registry.example/team/, "localhost:5000"] }\n`);
    assert.deepEqual("images" in policy && policy.images, [
      { registry: "registry.example", path: "team" },
      { registry: "localhost:5000", path: "" },
    ]);
    assert.ok(!("images" in readPolicy(whole)));
  });

  it("needs no raises", () => {
    const policy = readPolicy("tiers: {a: {}}\npermit: []\n");
    assert.deepEqual("raise" in policy && policy.raise, []);
  });

  describe("says what is wrong, with line and column", () => {
    const rules = "permit:\n  - { name: p, subjects: ['*'], operations: [get], tier: a }\n";
    const tier = (text: string) => `tiers:\n  a: ${text}\n${rules}`;
    const raise = (text: string) => `tiers: { a: {} }\npermit: []\nraise:\n  - { name: r, tier: a, ${text} }\n`;
    const faulty: readonly (readonly [
      what: string,
      text: string,
      ...at: (readonly [place: string, says: RegExp])[],
    ])[] = [
      ["nothing", "", ["1:1", /^tiers: /], ["1:1", /^permit: /]],
      ["only a word", "hello", ["1:1", /^the document: .*object/]],
      ["rules that are nothing", "tiers: {a: {}}\npermit:\n", ["2:8", /^permit: .*array/]],
      ["a key it does not know", `${tier("{}")}forbid: []\n`, ["5:9", /Unrecognized key: "forbid"/]],
      ["a key of a tier it does not know", tier("{ steupUp: {} }"), ["2:17", /"steupUp"/]],
      ["a matcher it does not know", raise("unless: plan.replicas > 20"), ["4:33", /"unless"/]],
      [
        "one stage and several",
        tier("{ approvals: { count: 1, from: [a] }, stages: [{ count: 1, from: [a] }, { count: 1, from: [b] }] }"),
        ["2:52", /either `approvals`, for one stage, or `stages`/],
      ],
      ["stages that are one", tier("{ stages: [{ count: 1, from: [a] }] }"), ["2:16", />=2/]],
      ["a channel by its name", tier("{ notify: [security] }"), ["2:17", /C0123ABC/]],
      ["a ticket by a pattern", tier("{ reason: { tickets: ['OPS-.*'] } }"), ["2:28", /such as OPS/]],
      ["a denial that lapses", tier("{ deny: no, expires: 10m }"), ["2:6", /means nothing/]],
      ["a condition that is none", raise("when: plan.replicas >"), ["4:46", /Unexpected token/]],
      ["a condition about no fact", raise("when: 'cluster == \"a\" || plan.pods > 2'"), ["4:55", /No such key: pods/]],
      ["a condition of other types", raise("when: cluster > 1"), ["4:31", /no such overload/]],
      ["a condition that answers no boolean", raise("when: cluster"), ["4:31", /answers string/]],
      ["a regular expression", raise("when: cluster.matches('a')"), ["4:31", /regular expressions are not taken/]],
      ["an incident without channels", raise("when: '!incident'"), ["4:32", /under `incidents`, `channels`/]],
      ["a time zone that is none", `${tier("{}")}timeZone: Middle/Earth\n`, ["5:11", /Europe\/Berlin/]],
      ["an incident's channel by its name", `${tier("{}")}incidents: { channels: [ops] }\n`, ["5:25", /C0123ABC/]],
      [
        "bound proof where only the web process knows the fact",
        raise('when: channel == "C1"').replace("a: {}", "a: { stepUp: { bound: true } }"),
        ["4:31", /only the web process sees `channel`.*bound proof/],
      ],
      [
        "a denial where only the web process knows the fact",
        raise("when: unusual.firstInNamespace").replace("a: {}", "a: { deny: no }"),
        ["4:31", /sees `unusual`.*denies/],
      ],
      [
        "a permit about the environment",
        rules.replace("tier:", "namespaces: [dev], tier:"),
        ["1:1", /^tiers/],
        ["2:64", /"namespaces"/],
      ],
      ["a tier of a bad name", "tiers: { Tier: {} }\npermit: []\n", ["1:16", /tiers\.Tier/]],
      ["a duration that is none", tier("{ stepUp: { within: soon } }"), ["2:26", /90s, 15m or 1h30m/]],
      ["a duration without a unit", tier("{ stepUp: { within: 90 } }"), ["2:26", /string/]],
      ["no duration at all", tier("{ stepUp: { within: 0m } }"), ["2:26", /more than 0/]],
      [
        "a bound proof that was given before",
        tier("{ stepUp: { bound: true, within: 5m } }"),
        ["2:16", /names this very plan/],
      ],
      [
        "a bound proof by what signs none",
        tier("{ stepUp: { bound: true, by: [totp] } }"),
        ["2:16", /by login or passkey alone/],
      ],
      ["an authenticator that is none", tier("{ stepUp: { by: [sms] } }"), ["2:23", /expected one of "totp"/]],
      ["more than a day", tier("{ stepUp: { within: 24h1s } }"), ["2:26", /at most 24h/]],
      ["no approvals", tier("{ approvals: { count: 0, from: [sre] } }"), ["2:28", />=1/]],
      ["too many approvals", tier("{ approvals: { count: 11, from: [sre] } }"), ["2:28", /<=10/]],
      ["part of an approval", tier("{ approvals: { count: 1.5, from: [sre] } }"), ["2:28", /int/]],
      ["approvals by nobody", tier("{ approvals: { count: 1, from: [] } }"), ["2:37", />=1/]],
      ["a denial without a word", tier('{ deny: "" }'), ["2:14", />=1/]],
      [
        "a proof that counts again in two ways",
        tier("{ stepUp: { within: 1m, reuse: 2m } }"),
        ["2:16", /either `within`/],
      ],
      [
        "a bound proof that counts again",
        tier("{ stepUp: { bound: true, reuse: 2m } }"),
        ["2:16", /names this very plan/],
      ],
      [
        "a reminder that comes after all",
        tier("{ approvals: { count: 1, from: [a], remind: 9m, escalate: { after: 9m, to: [C0A] } } }"),
        ["2:50", /it has been escalated by then/],
      ],
      [
        "a call of a request that has lapsed",
        tier(
          "{ expires: 5m, stages: [{ count: 1, from: [a], remind: 5m }, { count: 1, from: [a], escalate: { after: 6m, to: [C0A] } }] }",
        ),
        ["2:61", /has lapsed by then/],
        ["2:100", /has lapsed by then/],
      ],
      [
        "an escalation to a name",
        tier("{ approvals: { count: 1, from: [a], escalate: { after: 9m, to: ['#ops', sre] } } }"),
        ["2:70", /by its id in Slack/],
        ["2:78", /or to group:NAME/],
      ],
      ["a denial that asks for more", tier("{ deny: no, stepUp: {} }"), ["2:6", /denies; what else/]],
      [
        "an elevation that outlasts its end",
        `${tier("{}")}elevations: { roles: [view, cluster-admin, admin], longest: 1h }\n`,
        ["5:29", /cluster-admin may give roles away/],
        ["5:44", /admin may give roles away/],
      ],
      ["an elevation to no role", `${tier("{}")}elevations: { roles: [Edit], longest: 1h }\n`, ["5:23", /ClusterRole/]],
      ["an elevation without an end", `${tier("{}")}elevations: { roles: [view] }\n`, ["5:13", /longest/]],
      ["too long an elevation", `${tier("{}")}elevations: { roles: [view], longest: 9h }\n`, ["5:39", /more than 8h/]],
      ["fewer pods than none", raise("replicasOver: -1"), ["4:39", />=0/]],
      ["a label without values", raise("labels: { team: [] }"), ["4:41", />=1/]],
      ["a rule that matches nobody", raise("subjects: []"), ["4:35", />=1/]],
      ["part of a group", raise("subjects: ['group:on*']"), ["4:36", /group:NAME or \*/]],
      ["part of a subject", raise("subjects: ['*', 'ali*']"), ["4:41", /group:NAME or \*/]],
      ["a group without a name", raise("subjects: ['group:']"), ["4:36", /group:NAME/]],
      ["approvers called a group", tier("{ approvals: { count: 1, from: ['group:sre'] } }"), ["2:38", /group alone/]],
      ["any approvers", tier("{ approvals: { count: 1, from: ['*'] } }"), ["2:38", /group alone/]],
      ["images from nowhere", `${tier("{}")}images: { allow: [] }\n`, ["5:18", />=1/]],
      [
        "images from anywhere",
        `${tier("{}")}images: { allow: [registry.example, "*"] }\n`,
        ["5:37", /registry.example\/team/],
      ],
      ["images from no registry", `${tier("{}")}images: { allow: [team/api] }\n`, ["5:19", /registry.example\/team/]],
      ["a namespace that cannot be", raise("namespaces: [prod, Prod]"), ["4:44", /lower-case/]],
      ["a name by a pattern of another kind", raise("names: ['api-?', '^api']"), ["4:33", /lower/], ["4:42", /lower/]],
      ["a number for a word", raise("namespaces: [8]"), ["4:38", /string/]],
      [
        "an operation it does not know",
        raise("operations: [get, fly]"),
        ["4:43", /no operation "fly"; known are @read, @change, get/],
      ],
      ["a wildcard for operations", raise("operations: ['*']"), ["4:38", /no operation "\*"/]],
      [
        "a tier that is not defined",
        tier("{}").replace("tier: a", "tier: z"),
        ["4:58", /no tier "z"; the tiers are a$/],
      ],
      [
        "a tier that objects have in JavaScript",
        tier("{}").replace("tier: a", "tier: constructor"),
        ["4:58", /no tier/],
      ],
      [
        "two rules of one name",
        `${raise("names: [x]")}  - { name: r, tier: a }\n`,
        ["5:13", /two raise rules are called "r"/],
      ],
      ["no YAML", "tiers: {a: {}\npermit: []", ["2:1", /./]],
    ];
    for (const [what, text, ...faults] of faulty)
      it(`of a document with ${what}`, () => {
        const found = faultsOf(text);
        for (const [i, [place, says]] of faults.entries()) {
          assert.equal(found[i]?.[0], place, JSON.stringify(found));
          assert.match(found[i]?.[1] ?? "", says);
        }
        if (what !== "no YAML") assert.equal(found.length, faults.length, JSON.stringify(found));
      });

    it("all at once", () => {
      const text = `tiers:
  a: {}
  b: { deny: no, stepUp: {} }
permit:
  - { name: p, subjects: ['*'], operations: [fly], tier: z }
  - { name: p, subjects: ['*'], operations: [get], tier: a }
raise:
  - { name: p, tier: q }
`;
      assert.deepEqual(
        faultsOf(text).map(([place]) => place),
        ["5:58", "5:46", "6:13", "8:22", "3:6"],
      );
    });
  });

  describe("refuses tiers of which a later one asks for less, so that a raise only adds", () => {
    const pairs: readonly (readonly [before: string, later: string, less: RegExp | undefined])[] = [
      ["{}", "{}", undefined],
      ["{}", "{ stepUp: {} }", undefined],
      ["{ stepUp: {} }", "{}", /no proof as fresh/],
      ["{ stepUp: {} }", "{ stepUp: { within: 1s } }", /no proof as fresh/],
      ["{ stepUp: { within: 5m } }", "{ stepUp: { within: 5m } }", undefined],
      ["{ stepUp: { within: 5m } }", "{ stepUp: {} }", undefined],
      ["{ stepUp: { reuse: 5m } }", "{ stepUp: { reuse: 6m } }", /no proof as fresh/],
      ["{ stepUp: { reuse: 5m } }", "{ stepUp: {} }", undefined],
      ["{ stepUp: {} }", "{ stepUp: { reuse: 1s } }", /no proof as fresh/],
      ["{ stepUp: { within: 5m } }", "{ stepUp: { reuse: 5m } }", undefined],
      ["{ stepUp: { within: 5m } }", "{ stepUp: { reuse: 6m } }", /no proof as fresh/],
      ["{ stepUp: { reuse: 5m } }", "{ stepUp: { within: 1s } }", /no proof as fresh/],
      ["{ stepUp: { bound: true } }", "{ stepUp: {} }", /no bound proof/],
      ["{ stepUp: {} }", "{ stepUp: { bound: true } }", undefined],
      ["{ stepUp: { by: [push] } }", "{ stepUp: { bound: true } }", undefined],
      ["{ stepUp: { by: [push] } }", "{ stepUp: { by: [passkey] } }", undefined],
      ["{ stepUp: { by: [passkey] } }", "{ stepUp: { by: [passkey, push] } }", /a proof by push too/],
      ["{ stepUp: { by: [push] } }", "{ stepUp: {} }", /a proof by totp too/],
      [
        "{ approvals: { count: 1, from: [a], stepUp: { bound: true } } }",
        "{ approvals: { count: 1, from: [a], stepUp: {} } }",
        /no bound proof of its approvers/,
      ],
      ["{ stepUp: { within: 5m } }", "{ stepUp: { within: 6m } }", /no proof as fresh/],
      ["{ stepUp: {} }", "{ approvals: { count: 9, from: [sre] } }", /no proof as fresh/],
      ["{ approvals: { count: 1, from: [sre] } }", "{ stepUp: {} }", /fewer approvals/],
      ["{ notify: [C0A, C0B] }", "{ notify: [C0A] }", /fewer channels that are told/],
      ["{ expires: 10m }", "{ stepUp: {} }", /more time until the grant/],
      ["{ expires: 10m }", "{ expires: 11m }", /more time until the grant/],
      ["{ window: 1m }", "{ window: 2m }", /more time to begin/],
      ["{ reason: { minLength: 20 } }", "{ reason: { minLength: 19 } }", /a shorter reason/],
      ["{ reason: { tickets: [OPS] } }", "{ reason: { minLength: 5 } }", /without a ticket of OPS/],
      ["{ reason: { tickets: [OPS] } }", "{ reason: { tickets: [OPS, SEC] } }", /without a ticket of OPS/],
      [
        "{ stages: [{ count: 1, from: [sre] }, { count: 1, from: [sec] }] }",
        "{ approvals: { count: 1, from: [sre] } }",
        /fewer approvals/,
      ],
      [
        "{ stages: [{ count: 1, from: [sre] }, { count: 1, from: [sec], stepUp: {} }] }",
        "{ stages: [{ count: 1, from: [sre], stepUp: {} }, { count: 1, from: [sec] }] }",
        /no proof as fresh of its approvers/,
      ],
      ["{ approvals: { count: 2, from: [sre] } }", "{ approvals: { count: 1, from: [sre] } }", /fewer approvals/],
      ["{ approvals: { count: 2, from: [sre] } }", "{ approvals: { count: 2, from: [security] } }", undefined],
      [
        "{ approvals: { count: 1, from: [sre], stepUp: {} } }",
        "{ approvals: { count: 2, from: [sre] } }",
        /no proof as fresh of its approvers/,
      ],
      ["{ approvals: { count: 1, from: [sre] } }", "{ deny: no }", undefined],
      ["{ deny: no }", "{ approvals: { count: 9, from: [sre], stepUp: {} }, stepUp: {} }", /does not deny/],
      ["{ deny: no }", "{ deny: never }", undefined],
    ];
    for (const [before, later, less] of pairs)
      it(`${later} behind ${before}: ${less ? "less" : "no less"}`, () => {
        const found = faultsOf(`tiers:\n  a: ${before}\n  b: {}\n  c: ${later}\npermit: []\n`.replace("  b: {}\n", ""));
        assert.deepEqual(
          found.map(([place]) => place),
          less ? ["3:6"] : [],
        );
        if (less) assert.match(found[0]?.[1] ?? "", less);
      });

    it("looks at all of those before, not only at the last", () => {
      const tiers = ["{ stepUp: {} }", "{ deny: no }", "{ stepUp: { within: 1s } }"];
      const text = `tiers:\n${tiers.map((tier, i) => `  t${i}: ${tier}\n`).join("")}permit: []\n`;
      assert.equal(faultsOf(text).length, 2);
    });
  });

  describe("takes no YAML that says one thing and means another", () => {
    const hostile: readonly (readonly [what: string, text: string, place: string, says: RegExp])[] = [
      ["an alias", "tiers:\n  a: &x {}\n  b: *x\npermit: []\n", "3:6", /alias \*x/],
      ["a merge of keys", "base: &b { deny: no }\ntiers:\n  a: { <<: *b }\npermit: []\n", "3:12", /alias \*b/],
      ["a billion laughs", laughs(), "2:10", /alias \*a0/],
      ["a key twice", "tiers:\n  a: {}\n  a: { deny: no }\npermit: []\n", "3:3", /unique/],
      ["a key twice, once in quotes", "tiers: { a: {} }\npermit: []\n'permit': []\n", "3:1", /unique/],
      ["a tier __proto__", "tiers:\n  __proto__: { deny: no }\n  a: {}\npermit: []\n", "2:3", /__proto__/],
      [
        "a label __proto__",
        "tiers: {a: {}}\npermit: []\nraise: [{name: r, tier: a, labels: {__proto__: [x]}}]\n",
        "3:37",
        /__proto__/,
      ],
      ["a document __proto__", "tiers: {a: {}}\npermit: []\n'__proto__': { raise: [] }\n", "3:1", /__proto__/],
      ["a tag that makes something else", "tiers: !!js/function 'x'\npermit: []\n", "1:8", /tag/],
      ["a tag that makes nothing", "tiers:\n  a: !critical {}\npermit: []\n", "2:6", /tag/],
      ["a key that is no word", "tiers:\n  ? [a]\n  : {}\npermit: []\n", "2:5", /string/],
      ["two documents", "tiers: {a: {}}\npermit: []\n---\ntiers: {}\n", "3:1", /multiple documents/],
      ["tabs", "tiers:\n\ta: {}\n", "2:1", /[Tt]ab/],
    ];
    for (const [what, text, place, says] of hostile)
      it(what, () => {
        const [first] = faultsOf(text);
        assert.equal(first?.[0], place, JSON.stringify(first));
        assert.match(first?.[1] ?? "", says);
      });

    it("a nesting deeper than the stack", () => {
      assert.ok(faultsOf(`tiers: ${"[".repeat(5_000)}${"]".repeat(5_000)}`).length > 0);
    });
  });
});

/** As `line:column`, with the words; none for a document that is read. */
function faultsOf(text: string): readonly (readonly [place: string, says: string])[] {
  const reading = readPolicy(text);
  return "faults" in reading ? reading.faults.map(({ line, column, says }) => [`${line}:${column}`, says]) : [];
}

function laughs(): string {
  const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
  return ["a0: &a0 [lol]", ...levels].join("\n");
}
