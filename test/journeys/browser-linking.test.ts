import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import type { Body } from "../../src/audit/chain.ts";
import { linkStatement } from "../../src/challenge/slack-link.ts";
import { redisThief } from "../attacks/redis-thief.ts";
import { strangersAttestor } from "../fakes/attestor.ts";
import { textOf, type } from "../lab/acting.ts";
import { alice, approvals, bob, carol, incident, type LabPersonage, team } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";
import { inBrowser } from "./browser-stage.ts";

describe("linking a Slack account in a browser", function () {
  this.timeout(180_000);
  const stage = inBrowser({ provider: "ciba" });

  /** From now on the directory lists them without their Slack accounts. */
  before(async () => {
    const { directoryFile } = stage().lab;
    let text = await readFile(directoryFile, "utf8");
    for (const { id } of [alice, carol]) text = text.replace(`, slack: [${team}/${id}]`, "");
    await writeFile(directoryFile, text);
  });

  const says = async (person: LabPersonage, line: string) => textOf(await type(stage().lab, person, incident, line));
  const pageFor = async (person: LabPersonage) => {
    const { blocks } = await type(stage().lab, person, incident, "/k8s link");
    return /"url":"([^"]+)"/.exec(JSON.stringify(blocks))?.[1] ?? assert.fail("no way to the page");
  };
  const onward = async (page: Page, { sub }: LabPersonage) => {
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("button", { name: `Log in as ${sub}` }).click();
  };
  const confirm = (page: Page) => page.getByRole("button", { name: "Link it to me" }).click();
  const recorded = async (kind: string) => {
    const found: unknown[] = [];
    for await (const { body } of stage().lab.trail.entries()) {
      const { event } = JSON.parse(body) as Body;
      if (event.kind === kind) found.push(event);
    }
    return found;
  };

  it("attack: an attacker's link shows a victim whose account it is, and does nothing until they confirm that very account", async () => {
    const { open, lab } = stage();
    // Carol's account is the attacker's here, and Bob is who was sent the link.
    const page = await open(await pageFor(carol));
    await page.getByText(`@carol (${carol.id})`).waitFor();
    await onward(page, bob);
    await page.getByText(`Whoever holds that Slack account then asks and approves as you.`).waitFor();
    assert.equal(await page.locator("#subject").textContent(), bob.sub);
    assert.equal(await page.locator("#account").textContent(), `@carol (${carol.id})`);
    assert.match(await says(carol, "/k8s mine"), /not linked to a person/);
    await page.getByRole("button", { name: "No", exact: true }).click();
    await page.getByText("Nothing was linked.").waitFor();
    assert.match(await says(carol, "/k8s mine"), /not linked to a person/);
    assert.deepEqual(await recorded("identity.linked"), []);
    assert.ok(lab.slack);
  });

  it("attack: a victim who confirms it is told of it at once in their own account, and so is security, which ends it", async () => {
    const { open, lab } = stage();
    const page = await open(await pageFor(carol));
    await onward(page, bob);
    await confirm(page);
    await page.getByText(`it speaks for ${bob.sub} now`).waitFor();
    assert.deepEqual(await recorded("identity.linked"), [
      { kind: "identity.linked", subject: bob.sub, team, user: carol.id },
    ]);
    const told = (person: LabPersonage, channel: (id: string) => boolean) =>
      until(lab.slack, () =>
        lab.slack
          .as(person.id)
          .see()
          .messages.find((one) => channel(one.channel) && textOf(one.blocks).includes("A Slack account was linked to")),
      );
    await told(bob, (channel) => channel.startsWith("D"));
    await told(alice, (channel) => channel === approvals.id);
    const { code } = await lab.cli("identity", "unlink", `${team}/${carol.id}`);
    assert.equal(code, 0);
    assert.match(await says(carol, "/k8s mine"), /not linked to a person/);
  });

  it("lets its person ask as themselves, by their groups in the directory", async () => {
    const { open, lab } = stage();
    assert.match(await says(alice, "/k8s mine"), /not linked to a person/);
    const url = await pageFor(alice);
    const page = await open(url);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await onward(page, alice);
    await confirm(page);
    await page.getByText(`it speaks for ${alice.sub} now`).waitFor();
    assert.match(await says(alice, "/k8s rollout restart deploy/api -n prod -- linked"), /recorded as/);
    const secret = new URL(url).hash.slice(1, 40);
    assert.deepEqual(
      asked.filter((address) => address.includes(secret)),
      [],
      "the link's secret stands in no address that is sent",
    );
    assert.match((await lab.cli("identity", "links")).stdout, new RegExp(`${team}/${alice.id} ${alice.sub} `));
    const verified = await lab.cli("audit", "verify");
    assert.equal(verified.code, 0, verified.stdout);
  });

  it("attack: a link that was used, and one that was begun in another browser, link nothing", async () => {
    const { open } = stage();
    const url = await pageFor(carol);
    const first = await open(url);
    await onward(first, carol);
    await first.getByRole("button", { name: "Link it to me" }).waitFor();
    // Another browser has no login to confirm.
    const other = await open(url);
    const answer = await other.evaluate(async () => {
      const headers = { "content-type": "application/json" };
      return (await fetch("/link/confirm", { method: "POST", headers, body: "{}" })).status;
    });
    assert.equal(answer, 422);
    await confirm(first);
    await first.getByText(`it speaks for ${carol.sub} now`).waitFor();
    const again = await open("about:blank");
    await again.goto(url);
    await again.getByRole("alert").getByText(`This Slack account is linked to ${carol.sub}.`).waitFor();
  });

  it("attack: whoever writes to Redis links nobody, and takes over no account", async () => {
    const { lab } = stage();
    await lab.cli("identity", "unlink", `${team}/${carol.id}`);
    const thief = redisThief(lab);
    try {
      const forged = { team, user: carol.id, subject: alice.sub, at: Date.now() };
      const theirs = JSON.parse((await thief.redis.hget(`${lab.prefix}slack-links`, `${team}/${alice.id}`)) ?? "{}");
      for (const link of [
        { ...forged, signature: strangersAttestor.attest(linkStatement(forged)) },
        { ...theirs, user: carol.id },
        theirs,
      ]) {
        await thief.redis.hset(`${lab.prefix}slack-links`, `${team}/${carol.id}`, JSON.stringify(link));
        assert.match(await says(carol, "/k8s mine"), /not linked to a person/);
      }
      await thief.redis.hset(
        `${lab.prefix}slack-links`,
        `${team}/${bob.id}`,
        JSON.stringify({ ...theirs, user: bob.id }),
      );
      assert.match(await says(bob, "/k8s link"), new RegExp(`linked to(.|\\n)*${bob.sub} already`));
    } finally {
      thief.close();
    }
  });
});
