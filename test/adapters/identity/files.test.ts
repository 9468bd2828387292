import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultyFile, fileDirectory, filePolicy } from "../../../src/adapters/identity/files.ts";
import { exported, group, user } from "../../policy/scim.ts";

const people = (...subs: readonly string[]) =>
  ["subjects:", ...subs.flatMap((sub, i) => [`  ${sub}:`, `    slack: [T1/U${i}]`, "    groups: [sre]"]), ""].join(
    "\n",
  );
const policy = (tier: string) => `tiers:\n  ${tier}: {}\npermit: []\n`;
const faulty = "subjects:\n  alice:\n    slack: [nobody]\n    groups: sre\n";

describe("a mounted file", () => {
  let folder: string;
  let file: string;
  let faults: unknown[];
  const onFault = (fault: unknown) => void faults.push(fault);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "countersign-files-"));
    file = join(folder, "file.yaml");
    faults = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (text: string) => {
    // As mounts change: another file in its place, never half of one.
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const directoryOf = (text: string) => {
    write(text);
    return fileDirectory(file, onFault);
  };

  it("says who is who, by subject and by Slack person", async () => {
    const directory = directoryOf(people("alice", "bob"));
    assert.deepEqual(await directory.subject("bob"), { sub: "bob", groups: ["sre"] });
    assert.deepEqual(await directory.bySlack("T1", "U0"), { sub: "alice", groups: ["sre"] });
    assert.equal(await directory.subject("carol"), undefined);
    assert.equal(await directory.bySlack("T2", "U0"), undefined);
    assert.equal(await directory.bySlack("T1", "U9"), undefined);
  });

  it("finds nobody under the names that every object has", async () => {
    const directory = directoryOf(people("alice"));
    for (const name of ["__proto__", "constructor", "toString"]) assert.equal(await directory.subject(name), undefined);
  });

  it("is read again when it changed", async () => {
    const directory = directoryOf(people("alice"));
    write(people("bob"));
    assert.equal(await directory.subject("alice"), undefined);
    assert.equal((await directory.subject("bob"))?.sub, "bob");
    assert.deepEqual(faults, []);
  });

  it("is read again when the folder behind a symbolic link is another, as Kubernetes changes its mounts", async () => {
    for (const [name, sub] of [
      ["one", "alice"],
      ["two", "bobby"],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "people.yaml"), people(sub));
    }
    const link = (name: string) => {
      symlinkSync(name, join(folder, "data.new"));
      renameSync(join(folder, "data.new"), join(folder, "data"));
    };
    link("one");
    const directory = fileDirectory(join(folder, "data", "people.yaml"), onFault);
    assert.ok(await directory.subject("alice"));
    link("two");
    assert.ok(await directory.subject("bobby"));
    assert.equal(await directory.subject("alice"), undefined);
  });

  describe("that names SCIM resources beside it", () => {
    const named = `scim: { file: people.scim.json, subject: externalId }\n${people("alice", "bob")}`;
    const sync = (...resources: readonly object[]) => {
      const beside = join(folder, "people.scim.json");
      writeFileSync(`${beside}.new`, exported(...resources));
      renameSync(`${beside}.new`, beside);
      return beside;
    };
    const person = (sub: string, active = true) => user(sub, { externalId: sub, active });

    it("knows those who are in either, and is read again when the other one changed", async () => {
      sync(person("carol"), group("g", "security", "carol"));
      const directory = directoryOf(named);
      assert.deepEqual((await directory.subject("carol"))?.groups, ["security"]);
      assert.ok(await directory.bySlack("T1", "U0"));
      sync(person("carol"), person("alice", false), group("g", "oncall", "carol"));
      assert.deepEqual((await directory.subject("carol"))?.groups, ["oncall"]);
      for (const nobody of [await directory.subject("alice"), await directory.bySlack("T1", "U0")])
        assert.equal(nobody, undefined);
      assert.deepEqual((await directory.people()).map(({ sub }) => sub).sort(), ["bob", "carol"]);
      assert.deepEqual(faults, []);
    });

    it("stays as it was when the new resources are faulty, which is told once with their file", async () => {
      sync(person("carol"));
      const directory = directoryOf(named);
      const beside = sync(person("alice", false), { ...person("carol"), active: "yes" });
      for (let i = 0; i < 3; i++) for (const sub of ["alice", "carol"]) assert.ok(await directory.subject(sub));
      assert.equal(faults.length, 1);
      assert.match(String(faults[0]), new RegExp(`${beside}:\\d+:\\d+: Resources\\.1\\.active: `));
      sync(person("alice", false));
      assert.equal(await directory.subject("alice"), undefined);
    });

    it("stays as it was while they are gone, and takes them when they are back", async () => {
      const beside = sync(person("carol"));
      const directory = directoryOf(named);
      rmSync(beside);
      assert.ok(await directory.subject("carol"));
      assert.match(String(faults[0]), /ENOENT/);
      sync(person("dave"));
      assert.ok(await directory.subject("dave"));
      assert.equal(await directory.subject("carol"), undefined);
    });

    it("is not begun with without them", () => {
      assert.throws(() => directoryOf(named), /ENOENT/);
    });
  });

  it("gives the same policy until it changed, and then the new one whole", () => {
    write(policy("routine"));
    const source = filePolicy(file, onFault);
    const first = source.current();
    assert.equal(source.current(), first);
    write(policy("guarded"));
    assert.deepEqual(
      source.current().tiers.map(({ name }) => name),
      ["guarded"],
    );
    assert.notEqual(source.current().revision, first.revision);
  });

  it("stays as it was when the new one is faulty, which is told once with every place", async () => {
    const directory = directoryOf(people("alice"));
    write(faulty);
    for (let i = 0; i < 3; i++) assert.ok(await directory.subject("alice"));
    assert.equal(faults.length, 1);
    const [fault] = faults;
    assert.ok(fault instanceof FaultyFile);
    assert.equal(fault.faults.length, 2);
    assert.match(fault.faults[0] ?? "", new RegExp(`^${file}:3:13: .*TEAM/USER`));
    assert.match(fault.faults[1] ?? "", new RegExp(`^${file}:4:13: `));
    assert.equal(fault.message, fault.faults.join("\n"));
  });

  it("is taken again as soon as it is whole again", async () => {
    const directory = directoryOf(people("alice"));
    write(faulty);
    await directory.subject("alice");
    write(people("bob"));
    assert.ok(await directory.subject("bob"));
    assert.equal(await directory.subject("alice"), undefined);
  });

  it("stays as it was when it cannot be read, which is told", async () => {
    const directory = directoryOf(people("alice"));
    rmSync(file);
    assert.ok(await directory.subject("alice"));
    assert.match(String(faults[0]), /ENOENT/);
    write(people("bob"));
    assert.ok(await directory.subject("bob"));
  });

  it("is not begun with when it is faulty or missing", () => {
    write(faulty);
    assert.throws(() => fileDirectory(file, onFault), FaultyFile);
    assert.throws(() => filePolicy(file, onFault), FaultyFile);
    assert.throws(() => filePolicy(join(folder, "missing.yaml"), onFault), /ENOENT/);
  });
});
