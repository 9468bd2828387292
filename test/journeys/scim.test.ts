import assert from "node:assert/strict";
import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { approve, ask, finish, prove, reach, textOf, type } from "../lab/acting.ts";
import { alice, bob, incident, type LabPersonage } from "../lab/people.ts";
import { exported, group, user } from "../policy/scim.ts";
import { onStage } from "./stage.ts";

const line = "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy";

describe("people of a SCIM export", function () {
  this.timeout(60_000);
  const stage = onStage();

  /** As a sync job does: another file in the place of the one before. */
  const sync = async (...gone: readonly LabPersonage[]) => {
    const file = join(dirname(stage().lab.directoryFile), "people.scim.json");
    const people = [alice, bob].map((one) => user(one.id, { externalId: one.sub, active: !gone.includes(one) }));
    const groups = [group("g-1", "oncall", alice.id), group("g-2", "sre", bob.id)];
    await writeFile(`${file}.new`, exported(...people, ...groups));
    await rename(`${file}.new`, file);
  };

  /** The directory lists them in no group, and names the export. */
  before(async () => {
    await sync();
    const { directoryFile } = stage().lab;
    const text = (await readFile(directoryFile, "utf8")).replaceAll(/groups: \[[^\]]*\]/g, "groups: []");
    await writeFile(directoryFile, `scim: { file: people.scim.json, subject: externalId }\n${text}`);
  });
  afterEach(async () => {
    for (const worker of stage().lab.workers) worker.signal("SIGCONT");
    await sync();
  });

  const proved = async () => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, line);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    return id;
  };

  it("ask and approve by their groups there", async () => {
    const { lab, executions } = stage();
    const id = await proved();
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    assert.equal((await finish(lab, id)).state, "succeeded");
    assert.equal(executions(), 1);
  });

  it("are nobody as soon as they are not active: what they asked for is not granted, and they cannot ask", async () => {
    const { lab } = stage();
    const id = await proved();
    const phone = await lab.enrol(bob.sub);
    await sync(alice);
    await approve(lab, bob, phone, id);
    const over = await finish(lab, id);
    assert.match("ended" in over ? over.ended.why : over.state, /the requester is no longer known/);
    assert.match(textOf(await type(lab, alice, incident, line)), /not linked to a person/);
  });

  it("are nobody to the worker either: what was granted before is not run", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await proved();
    const phone = await lab.enrol(bob.sub);
    for (const worker of lab.workers) worker.signal("SIGSTOP");
    await approve(lab, bob, phone, id);
    await reach(lab, id, "granted");
    await sync(bob);
    for (const worker of lab.workers) worker.signal("SIGCONT");
    const over = await finish(lab, id);
    assert.match("ended" in over ? over.ended.why : over.state, /the approvals do not make the quorum/);
    assert.equal(executions(), before);
  });
});
