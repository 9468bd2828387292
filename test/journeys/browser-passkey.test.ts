import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Passkey } from "../../src/policy/passkey.ts";
import { softPasskey } from "../fakes/passkey.ts";
import { ask, click, finish, pageFor, reach, textOf, told } from "../lab/acting.ts";
import { boundPolicy, listPasskeys } from "../lab/passkeys.ts";
import { alice, bob, carol, incident, type LabPersonage } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";
import { holdPasskeys } from "./browser-authenticator.ts";
import { inBrowser } from "./browser-stage.ts";

const payments = "/k8s rollout restart deploy/checkout -n prod -- 5xx since the 14:02 deploy";

describe("passkeys in a browser", function () {
  this.timeout(180_000);
  const stage = inBrowser({ policy: boundPolicy() });

  it("lead a request of a bound tier from the registration of three passkeys to a finished run", async () => {
    const { lab, cluster, open } = stage();
    await listPasskeys(lab, new Map([alice, bob, carol].map((person) => [person, []])));
    const browsers = new Map<LabPersonage, Page>();
    const passkeys = new Map<LabPersonage, readonly Passkey[]>();
    for (const person of [alice, bob, carol]) {
      const page = await open("about:blank");
      await holdPasskeys(page);
      browsers.set(person, page);
      const issued = await lab.cli("enrol", "passkey", person.sub);
      await page.goto(issued.stdout.trim());
      await page.getByText(person.sub).waitFor();
      await page.getByRole("button", { name: "Make a passkey" }).click();
      await page.getByText("It does not count yet").waitFor();
      const fingerprint = (await page.locator("#fingerprint").textContent()) ?? "";
      const printed = await lab.cli("enrol", "passkeys", person.sub);
      assert.match(printed.stdout, new RegExp(`^ {2}${person.sub}:\n {4}passkeys:\n`));
      assert.ok(fingerprint !== "" && printed.stdout.includes(`fingerprint ${fingerprint}`), printed.stdout);
      const [, id = "", key = ""] = /- \{ id: (\S+), key: (\S+) \}/.exec(printed.stdout) ?? [];
      passkeys.set(person, [{ id, key }]);

      await page.goto("about:blank");
      await page.goto(issued.stdout.trim());
      await page.getByText("This link is not valid any more.").waitFor();
    }
    const tab = (person: LabPersonage) => browsers.get(person) ?? assert.fail(person.sub);

    const id = await ask(lab, alice, incident, payments);
    await reach(lab, id, "awaiting-challenge");
    // Registered is not listed: nobody can prove anything with it.
    await click(lab, alice, "prove", id);
    const form = await until(lab.slack, () => lab.slack.as(alice.id).see().views.at(-1));
    assert.match(textOf(form.view), /You have no way to prove presence that counts here\./);

    await listPasskeys(lab, passkeys);
    await follow(tab(alice), await pageFor(lab, alice, "prove", id));
    for (const words of ["checkout in prod", alice.sub, "5xx since the 14:02 deploy", "restartedAt", "critical"])
      await tab(alice).getByText(words).first().waitFor();
    await tab(alice).getByRole("button", { name: "Prove as alice@example.com with a passkey" }).click();
    await tab(alice).getByText("Your presence is proved.").waitFor();
    await reach(lab, id, "awaiting-approval");

    for (const [person, said] of [
      [bob, "The request is awaiting approval."],
      [carol, "Your approval is recorded."],
    ] as const) {
      assert.equal(await cluster.executions(), 0);
      await follow(tab(person), await pageFor(lab, person, "review", id));
      await tab(person).getByText("checkout in prod").first().waitFor();
      await tab(person)
        .getByRole("button", { name: `Approve as ${person.sub} with a passkey` })
        .click();
      await tab(person).getByText(said).waitFor();
    }
    const over = await finish(lab, id);
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.equal(await cluster.executions(), 1);
    await told(lab, alice, incident, id);
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });

  it("say so where a device holds none of the person's, and nothing is done", async () => {
    const { lab, open } = stage();
    await listPasskeys(lab, new Map([[alice, [softPasskey()]]]));
    const id = await ask(lab, alice, incident, payments);
    await reach(lab, id, "awaiting-challenge");
    const page = await open("about:blank");
    await holdPasskeys(page);
    await follow(page, await pageFor(lab, alice, "prove", id));
    await page.getByRole("button", { name: "Prove as alice@example.com" }).click();
    await page.getByRole("alert").getByText("Your browser brought no passkey").waitFor();
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-challenge");
  });

  it("keep the secret of a link out of every address, and take nothing where it is cut", async () => {
    const { lab, open } = stage();
    await listPasskeys(lab, new Map([[alice, [softPasskey()]]]));
    const id = await ask(lab, alice, incident, payments);
    await reach(lab, id, "awaiting-challenge");
    const url = await pageFor(lab, alice, "prove", id);
    const secret = new URL(url).hash.slice(1);
    const page = await open("about:blank");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
    await follow(page, url);
    await page.getByRole("button", { name: "Prove as alice@example.com" }).waitFor();
    assert.ok(asked.includes("/step-up/offer"));
    assert.deepEqual(
      asked.filter((path) => path.includes(secret.slice(0, 20))),
      [],
    );
    await page.goto("about:blank");
    await follow(page, url.slice(0, -4));
    await page.getByRole("alert").getByText("This link is not valid any more.").waitFor();
  });
});

async function follow(page: Page, url: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(url);
}
