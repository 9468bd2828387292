import assert from "node:assert/strict";
import { copyFile, mkdtemp, open, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Entry } from "../../../src/audit/chain.ts";
import { fingerprintOf } from "../../../src/challenge/registration.ts";
import type { Passkey } from "../../../src/policy/passkey.ts";
import { softPasskey } from "../../fakes/passkey.ts";
import { listedPasskeys, listPasskeys } from "../passkeys.ts";
import { alice, bob } from "../people.ts";
import { type Administrator, startAdministrator } from "./administrator.ts";

const example = new URL("../../../manifests/overlays/example/directory.yaml", import.meta.url);

describe("the administrator of a demo", () => {
  let folder: string;
  let directoryFile: string;
  let administrator: Administrator;
  let registered: { readonly subject: string; readonly passkey: Passkey }[];
  let refused: string | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "countersign-administrator-"));
    directoryFile = join(folder, "directory.yaml");
    await copyFile(example, directoryFile);
    registered = [];
    refused = undefined;
    administrator = startAdministrator({
      directoryFile,
      cli: async (...words) =>
        refused === undefined
          ? { code: 0, stdout: `${words.join(" ")}\n`, stderr: "" }
          : { code: 1, stdout: "", stderr: refused },
      trail: { ...noTrail, entries: (from = 1) => entriesOf(registered, from) },
    });
  });
  afterEach(async () => {
    await administrator.leave();
    await rm(folder, { recursive: true });
  });

  const register = (subject: string, passkey: Passkey = softPasskey()) => {
    registered.push({ subject, passkey });
    return passkey;
  };
  /** What stands in the directory as this person's once it is so many. */
  const listed = async ({ sub }: { readonly sub: string }, count: number): Promise<readonly string[]> => {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        const stop = administrator.onChange(() => {
          stop();
          resolve();
        });
      });
      const ids = (await listedPasskeys({ directoryFile }, { sub })).map(({ id }) => id);
      if (ids.length === count) return ids;
      await changed;
    }
  };

  it("hands out the link that the product's own command prints", async () => {
    assert.equal(await administrator.linkFor(alice.sub), `enrol passkey ${alice.sub}`);
    refused = "nobody knows them";
    await assert.rejects(administrator.linkFor("mallory@example.com"), /ended with 1: nobody knows them/);
  });

  it("lists what was registered on it, beside what stands there, each as its owner's", async () => {
    const standing = softPasskey();
    await listPasskeys({ directoryFile }, new Map([[alice, [standing]]]));
    for (const { sub } of [alice, alice, bob]) await administrator.linkFor(sub);
    const [first, theirs, second] = [register(alice.sub), register(bob.sub), register(alice.sub)];
    assert.deepEqual(await listed(alice, 3), [standing.id, first.id, second.id]);
    assert.deepEqual(await listed(bob, 1), [theirs.id]);
    assert.deepEqual(await administrator.listed(bob.sub), [{ fingerprint: fingerprintOf(theirs) }]);
    assert.deepEqual(await readdir(folder), ["directory.yaml"], "something was left beside the directory");
  });

  it("puts a whole new directory in the place of the old one, which whoever is reading it reads to the end", async () => {
    const before = await readFile(directoryFile, "utf8");
    await using reader = await open(directoryFile);
    await administrator.linkFor(alice.sub);
    register(alice.sub);
    await listed(alice, 1);
    assert.equal(await reader.readFile("utf8"), before);
  });

  it("attack: lists nothing that it handed out no link for, whoever wrote it into the trail", async () => {
    await administrator.linkFor(alice.sub);
    register(bob.sub);
    const asked = register(alice.sub);
    register(alice.sub);
    assert.deepEqual(await listed(alice, 1), [asked.id]);
    await administrator.linkFor(bob.sub);
    const theirs = register(bob.sub);
    assert.deepEqual(await listed(bob, 1), [theirs.id]);
    assert.deepEqual(await listed(alice, 1), [asked.id]);
  });
});

const noTrail = {
  append: () => Promise.reject(new Error("an administrator writes nothing into the trail")),
  head: () => Promise.reject(new Error("nobody asked for the head")),
};

async function* entriesOf(
  registered: readonly { readonly subject: string; readonly passkey: Passkey }[],
  from: number,
): AsyncGenerator<Entry> {
  for (const [i, { subject, passkey }] of registered.entries()) {
    const event = { kind: "passkey.registered", subject, credential: passkey.id, key: passkey.key };
    const body = JSON.stringify({ event, writer: "web@lab/1", clock: 0 });
    if (i + 1 >= from) yield { seq: i + 1, time: 0, prev: "", hash: "", body };
  }
}
