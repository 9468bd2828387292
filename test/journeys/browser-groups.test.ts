import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Body } from "../../src/audit/chain.ts";
import { approve, ask, finish, prove, reach, textOf, type } from "../lab/acting.ts";
import type { Idp } from "../lab/idp/idp.ts";
import { alice, bob, carol, incident, type LabPersonage } from "../lab/people.ts";
import { inBrowser } from "./browser-stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

describe("groups that the identity provider says people are in", function () {
  this.timeout(120_000);
  const stage = inBrowser({ provider: "groups" });
  const idp = (): Idp => stage().lab.idp ?? assert.fail("no provider");

  /** From now on the directory says of Alice and Bob who they are, and nothing of groups. */
  before(async () => {
    const { directoryFile } = stage().lab;
    let text = await readFile(directoryFile, "utf8");
    for (const { sub } of [alice, bob])
      text = text.replace(new RegExp(`(${sub.replaceAll(".", "\\.")}: \\{.*?)groups: \\[.*?\\]`), "$1groups: []");
    await writeFile(directoryFile, text);
  });

  const says = async (person: LabPersonage, line: string) => textOf(await type(stage().lab, person, incident, line));
  const pageFor = async (person: LabPersonage) => {
    const { blocks } = await type(stage().lab, person, incident, "/k8s link");
    return /"url":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? assert.fail("no way to the page");
  };
  const logIn = async (person: LabPersonage, as = person) => {
    const page = await stage().open(await pageFor(person));
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("button", { name: `Log in as ${as.sub}` }).click();
    return page;
  };
  const recorded = async (kind: string) => {
    const found: unknown[] = [];
    for await (const { body } of stage().lab.trail.entries()) {
      const { event } = JSON.parse(body) as Body;
      if (event.kind === kind) found.push(event);
    }
    return found;
  };

  it("count once a person has logged in for it: then they may ask, and another may approve, and the worker agrees", async () => {
    const { lab, cluster } = stage();
    const phones = { alice: await lab.enrol(alice.sub), bob: await lab.enrol(bob.sub) };
    assert.match(await says(alice, restart), /no rule permits|not permitted|may ask/i);
    idp().setGroups(alice.sub, ["engineering", "oncall"]);
    idp().setGroups(bob.sub, ["engineering", "sre"]);
    const page = await logIn(alice);
    await page.getByText("the provider says that you are in engineering, oncall").waitFor();
    await (await logIn(bob)).getByText("the provider says that you are in engineering, sre").waitFor();
    const id = await ask(lab, alice, incident, restart);
    await prove(lab, alice, phones.alice, id);
    await approve(lab, bob, phones.bob, id);
    const over = await finish(lab, id);
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.equal(await cluster.executions(), 1);
    assert.deepEqual(
      (await recorded("membership.read")).map((event) => (event as { groups: string }).groups),
      ["engineering, oncall", "engineering, sre"],
    );
  });

  it("attack: are not read for somebody else who logs in behind one's link", async () => {
    const page = await logIn(alice, carol);
    await page.getByRole("alert").getByText("This Slack account is linked to alice@example.com.").waitFor();
  });

  it("are out at once with a requester whom the provider lets go: nothing runs of what they asked, until they log in again", async () => {
    const { lab, cluster } = stage();
    const before = await cluster.executions();
    const id = await ask(lab, alice, incident, restart);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    idp().setActive(alice.sub, false);
    // What is known is good for five seconds.
    await sleep(5_500);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const over = await finish(lab, id);
    assert.equal(over.state, "denied");
    assert.match("ended" in over ? over.ended.why : "", /the requester is no longer known/);
    assert.equal(await cluster.executions(), before);
    assert.match(await says(alice, "/k8s mine"), /not linked to a person Countersign knows/);
    idp().setActive(alice.sub, true);
    await (await logIn(alice)).getByText("the provider says that you are in engineering, oncall").waitFor();
    assert.doesNotMatch(await says(alice, "/k8s mine"), /not linked/);
  });

  it("are out at once with an approver whom the provider lets go between the request and the click", async () => {
    const { lab, cluster } = stage();
    const before = await cluster.executions();
    const id = await ask(lab, alice, incident, restart);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    idp().setActive(bob.sub, false);
    await sleep(5_500);
    assert.match(await says(bob, "/k8s mine"), /not linked to a person Countersign knows/);
    assert.deepEqual((await recorded("membership.ended")).at(-1), { kind: "membership.ended", subject: bob.sub });
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-approval");
    assert.equal(await cluster.executions(), before);
    await assert.rejects(
      Promise.race([approve(lab, bob, await lab.enrol(bob.sub), id), sleep(3_000).then(() => assert.fail("no form"))]),
    );
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-approval");
  });

  it("leave no token in a line of ours, in Slack, or in the trail", async () => {
    const { lab } = stage();
    const entries: string[] = [];
    for await (const { body } of lab.trail.entries()) entries.push(body);
    const seen = JSON.stringify([lab.lines(), entries, lab.slack.as(alice.id).see(), lab.slack.as(bob.id).see()]);
    assert.doesNotMatch(seen, /eyJ[\w-]+\.eyJ/);
    assert.equal((await lab.cli("audit", "verify")).code, 0);
  });
});
