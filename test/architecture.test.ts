import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { modulesOf, readSources } from "./architecture/modules.ts";
import { homes, longFiles } from "./architecture/places.ts";
import { type RuleName, ruleNames, violationsOf } from "./architecture/rules.ts";

const sources = readSources(fileURLToPath(new URL("../src/", import.meta.url)));

const standing = new Set(violationsOf(sources).map((violation) => JSON.stringify(violation)));

/** What is wrong when this text is added to these files (or a file is made of it), and was not before. */
function planted(files: Readonly<Record<string, string>>, rules = ruleNames): readonly string[] {
  const changed = new Map(sources);
  for (const [path, text] of Object.entries(files)) changed.set(path, `${sources.get(path) ?? ""}\n${text}\n`);
  return violationsOf(changed, rules)
    .filter((violation) => !standing.has(JSON.stringify(violation)))
    .map(({ path, says }) => `${path} ${says}`);
}

/** rule -> a file, what is added to it, and what is said. */
const plants: Readonly<Record<RuleName, readonly (readonly [path: string, text: string, says: RegExp])[]>> = {
  "the core imports leftwards only": [
    ["operation/parse.ts", 'import type { Policy } from "../policy/policy.ts";', /policy\/policy/],
    ["policy/decide.ts", 'export { proofHolds } from "../challenge/verify.ts";', /challenge\/verify/],
    ["challenge/verify.ts", 'import { transition } from "../request/transition.ts";', /request\/transition/],
    ["request/move.ts", 'import { work } from "../execution/work.ts";', /execution\/work/],
    ["audit/verify.ts", 'import { refuse } from "../operation/refusal.ts";', /operation\/refusal/],
    ["audit/event.ts", 'import type { Trail } from "../ports.ts";', /ports/],
    ["execution/act.ts", 'import { chance } from "../adapters/chance/chance.ts";', /adapters\/chance/],
    ["ports.ts", 'import type { Log } from "./adapters/log/log.ts";', /adapters\/log/],
    ["request/ask.ts", 'import { webSettings } from "../config.ts";', /config/],
  ],
  "the ports are types": [
    ["ports.ts", 'import { refuse } from "./operation/refusal.ts";', /refusal/],
    ["ports/login.ts", 'import { refuse } from "../operation/refusal.ts";', /refusal/],
  ],
  "no module imports itself, however far round": [
    ["operation/name.ts", 'import type { Operation } from "./operation.ts";', /name\.ts -> |operation\.ts -> /],
    ["request/grant.ts", 'import type { GrantSigner } from "../ports.ts";', /ports\.ts/],
    ["audit/canonical.ts", 'export * from "./canonical.ts";', /canonical/],
  ],
  "no adapter imports another, or a root": [
    ["adapters/slack/words.ts", 'import { chance } from "../chance/chance.ts";', /adapters\/chance/],
    ["adapters/redis/trail.ts", 'import type { Log } from "../log/log.ts";', /adapters\/log/],
    ["adapters/redis/trail.ts", 'import type { Environment } from "../../config.ts";', /config/],
    ["adapters/stray.ts", "export const stray = 1;", /no adapter's folder/],
  ],
  "each package has one home": [
    ["adapters/http/pages.ts", 'import { Agent } from "undici";', /undici/],
    ["operation/plan.ts", 'import { z } from "zod/v4";', /zod/],
    ["policy/decide.ts", 'import { parse } from "yaml";', /yaml/],
    ["adapters/redis/redis.ts", 'import type { Block } from "@slack/types";', /@slack\/types/],
    ["adapters/log/log.ts", 'import leftPad from "left-pad";', /left-pad/],
  ],
  "nobody imports a root": [
    ["request/ask.ts", 'await import("../web.ts");', /the root web/],
    ["cli.ts", "await import('./worker.ts');", /the root worker/],
    ["execution/act.ts", "import { every } from `../process.ts`;", /for roots/],
    ["adapters/slack/words.ts", 'import { withRecords } from "../../cli/records.ts";', /for roots/],
  ],
  "only roots read the environment": [
    ["adapters/log/log.ts", "const level = process.env.LEVEL;", /process\.env/],
    ["config.ts", 'const level = process?.["env"];', /process\.env/],
    ["process.ts", "const { env } = process;", /process\.env/],
    ["adapters/log/log.ts", 'import { env } from "node:process";', /process\.env/],
  ],
  "the core has no clock, no chance, no environment": [
    ["request/ask.ts", "const now = new Date();", /clock/],
    ["request/ask.ts", "const now = +new Date;", /clock/],
    ["request/ask.ts", "const now = Date();", /clock/],
    ["challenge/verify.ts", "const now = Date . now();", /clock/],
    ["policy/decide.ts", "const clock = Date.now;", /clock/],
    ["execution/hold.ts", "const now = performance.now();", /clock/],
    ["execution/hold.ts", "const now = process.hrtime.bigint();", /clock/],
    ["operation/digest.ts", "const salt = Math.random();", /chance/],
    ["request/sign.ts", 'import { randomUUID } from "node:crypto";', /chance/],
    ["request/sign.ts", "const salt = crypto.getRandomValues(new Uint8Array(8));", /chance/],
    ["audit/chain.ts", "const writer = `web/$" + "{process.pid}`;", /process/],
    ["operation/words.ts", "const now = globalThis.Date;", /around/],
    ["ports.ts", 'setTimeout(() => console.log("late"), 1);', /timer/],
    ["operation/parse.ts", 'import { readFileSync } from "node:fs";', /node:fs/],
    ["challenge/enrolment.ts", 'import { setTimeout as sleep } from "node:timers/promises";', /node:timers/],
    ["policy/decide.ts", 'import { createHash } from "node:crypto";', /node:crypto/],
  ],
  "the wall": [
    ["web.ts", 'import { work } from "./execution/work.ts";', /execution\/work/],
    ["web.ts", 'import "@kubernetes/client-node";', /@kubernetes/],
    ["adapters/http/qr.ts", 'import type { Bench } from "../../execution/bench.ts";', /bench.ts by web.ts -> /],
    ["request/move.ts", 'export * from "../adapters/kubernetes/cluster.ts";', /web.ts .*request\/move/],
    ["worker.ts", 'import type { Block } from "@slack/types";', /@slack/],
    ["execution/plan.ts", 'await import("../adapters/slack/words.ts");', /slack\/words.ts by worker.ts -> /],
    ["request/facts.ts", 'import { sealingKey } from "../adapters/authenticators/seal.ts";', /authenticators\/seal/],
  ],
  "src imports itself and packages alone": [
    ["request/ask.ts", 'import { fakeClock } from "../../test/fakes/clock.ts";', /outside/],
    ["web.ts", 'import lock from "../package-lock.json" with { type: "json" };', /outside/],
    ["web.ts", 'import "/etc/hosts";', /no plain name/],
    ["web.ts", 'import "#inside";', /no plain name/],
    ["web.ts", 'import "./nowhere.ts";', /does not exist/],
  ],
  "every import can be followed": [
    ["web.ts", 'const name = "x"; await import(name);', /followed/],
    ["web.ts", "await import(`./$" + "{process.argv[2]}.ts`);", /followed/],
    ["web.ts", 'await import("./exec" + "ution/work.ts");', /followed/],
    ["web.ts", 'import "\\x2e/worker.ts";', /followed/],
    ["web.ts", 'import { createRequire } from "node:module";', /followed/],
    ["web.ts", 'const fs = process.getBuiltinModule("fs");', /followed/],
    ["web.ts", 'import { hostname } from "os";', /without node:/],
  ],
  "no barrels": [
    ["policy/all.ts", 'export * from "./policy.ts";\nexport { decide } from "./decide.ts";', /passes on/],
    ["policy/all.ts", 'import { decide } from "./decide.ts";\nexport { decide };', /passes on/],
  ],
  "names say what is inside": [
    ["request/index.ts", "export const a = 1;", /drawer/],
    ["policy/policy-utils.ts", "export const a = 1;", /drawer/],
    ["adapters/slack/helpers/words.ts", "export const a = 1;", /drawer/],
    ["execution/types.ts", "export const a = 1;", /drawer/],
    ["services/clock.mjs", "export const a = 1;", /drawer/],
    ["request/cardManager.ts", "export const a = 1;", /kebab/],
    ["request/card-manager.ts", "export const a = 1;", /drawer/],
  ],
  "a file has one idea": [
    ["policy/long.ts", "\n".repeat(249), /has 251 lines, more than 250/],
    ["request/transition.ts", "\n".repeat(350), /more than 350/],
  ],
};

describe("the architecture", () => {
  it("is looked at whole", () => {
    const modules = [...modulesOf(sources).values()];
    assert.ok(modules.length > 60, `${modules.length} modules`);
    // As many as there are lines that end in a quoted name behind `from`: the scan loses none.
    const written = modules.flatMap(({ code }) => code.match(/^(import\b.*|export\b.*|\}) from "[^"]+"/gm) ?? []);
    const found = modules.flatMap(({ imports }) => imports);
    assert.ok(written.length > 400 && found.length >= written.length, `${found.length} of ${written.length} imports`);
  });

  for (const rule of ruleNames)
    it(`holds: ${rule}`, () => {
      assert.deepEqual(
        violationsOf(sources).filter((violation) => violation.rule === rule),
        [],
      );
    });

  it("gives every package we depend on a home, and none besides", () => {
    const house = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    assert.deepEqual([...homes.keys()].sort(), Object.keys(house.dependencies).sort());
  });

  it("lets only files be long that are there", () => {
    assert.deepEqual(
      [...longFiles.keys()].filter((path) => !sources.has(path)),
      [],
    );
  });
});

describe("the check of the architecture", () => {
  for (const [rule, violations] of Object.entries(plants))
    describe(`of "${rule}"`, () => {
      for (const [path, text, says] of violations)
        it(`sees ${path} with ${text.trim().replaceAll("\n", " ").slice(0, 90) || "too many lines"}`, () => {
          const seen = planted({ [path]: text }, [rule as RuleName]);
          assert.ok(
            seen.some((violation) => says.test(violation)),
            `seen: ${JSON.stringify(seen)}`,
          );
        });
    });

  it("sees an import in any of its forms", () => {
    const forms = [
      'import { a } from "X"',
      "import { a } from 'X'",
      "import a, { type b } from `X`",
      'import a from"X"',
      'import * as a from "X"',
      'import type { a } from "X"',
      'import {\n  a,\n  type b,\n} from "X"',
      'import "X"',
      'import x from "y";import "X"',
      'export * from "X"',
      'export * as a from "X"',
      'export type { a } from "X"',
      'await import("X")',
      "void import('X').then()",
      "const a = import( `X` )",
      'import(/* why */ "X")',
      'import { a } // why\n  from /* why */ "X"',
      'let a: import("X").A',
      'import a = require("X")',
      'import a from "X" with { type: "json" }',
    ];
    for (const form of forms) {
      const [module] = modulesOf(new Map([["a/b.ts", form.replace("X", "../c.ts")]])).values();
      assert.ok(
        module?.imports.some(({ path }) => path === "c.ts"),
        form,
      );
    }
  });

  it("tells imports of types alone from others", () => {
    const typeOnly = (text: string) => [...modulesOf(new Map([["a.ts", text]])).values()][0]?.imports[0]?.typeOnly;
    assert.equal(typeOnly('import type { A } from "b";'), true);
    assert.equal(typeOnly('export type { A } from "b";'), true);
    assert.equal(typeOnly('import { type A, b } from "b";'), false);
    assert.equal(typeOnly('import "b";'), false);
  });

  it("leaves comments alone, and code behind them not", () => {
    const clean = '// new Date(), from "./worker.ts"\n/** `process.env` of\n * "x" */\nexport const a = 1;';
    assert.deepEqual(planted({ "request/clean.ts": clean }), []);
    assert.equal(planted({ "request/clean.ts": "/* a */ export const now = new Date();" }).length, 1);
    assert.equal(planted({ "request/clean.ts": 'const at = "https://a"; const now = Date.now();' }).length, 1);
  });

  it("lets the core write an instant that it was given, and read one", () => {
    const pure = "export const a = (at: number) => Date.parse(new Date(at).toISOString());";
    assert.deepEqual(planted({ "request/clean.ts": pure }), []);
  });

  it("says that a root is missing, rather than nothing", () => {
    const without = new Map(sources);
    without.delete("worker.ts");
    assert.deepEqual(
      violationsOf(without).map(({ rule, path }) => [rule, path]),
      [["the wall", "worker.ts"]],
    );
  });
});
