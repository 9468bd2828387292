import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { reach } from "../lab/acting.ts";
import { alice, bob } from "../lab/people.ts";
import { type BrowserAuthenticator, holdPasskeys } from "./browser-authenticator.ts";
import { inBrowser } from "./browser-stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

describe("a passkey on the lab's page", function () {
  this.timeout(180_000);
  const stage = inBrowser({ provider: "ciba" });

  it("is registered from the phone, listed by the lab's administrator, and proves presence", async () => {
    const { lab, url, open } = stage();
    const page = await open(url);
    const { authenticator, fingerprint } = await register(page);
    const panel = page.getByTestId("phone-passkeys");
    await panel.getByText("Passkey registered").waitFor();
    await panel.getByText(fingerprint, { exact: true }).waitFor();

    await page.getByTestId("composer").fill(restart);
    await page.keyboard.press("Escape");
    await page.getByTestId("composer").press("Enter");
    await page.locator('#conversation [data-action-id="prove"]').click();
    for (const way of ["by-push", "by-login", "by-passkey", "code"]) await inSight(page, way);
    const [door] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByTestId("modal").getByRole("button", { name: "With a passkey…" }).click(),
    ]);
    await authenticator.carryTo(door);
    await door.getByText("api in prod").first().waitFor();
    assert.equal(await door.evaluate("opener"), null, "our page holds the lab's");
    await door.getByRole("button", { name: `Prove as ${alice.sub} with a passkey` }).click();
    await door.getByText("Your presence is proved.").waitFor();
    await page.locator("#conversation").getByText("Waiting for approval: 0 of 1 given.").waitFor();
    const said = (await page.locator("#conversation").textContent()) ?? "";
    const [id = ""] = /r-[a-z0-9]{10}/.exec(said) ?? [];
    const request = await reach(lab, id, "awaiting-approval");
    assert.ok("proof" in request && request.proof);
    assert.equal(request.proof.authenticator, "passkey");
  });

  it("is one of several that a person may have, and nobody else's", async () => {
    const { url, open } = stage();
    const page = await open(url);
    await page.getByTestId(`person-${bob.id}`).click();
    await page.getByRole("heading", { name: "Bob’s phone" }).waitFor();
    const panel = page.getByTestId("phone-passkeys");
    assert.equal(await panel.isVisible(), false);
    await register(page);
    await panel.getByText("Passkey registered").waitFor();
    await register(page);
    await panel.getByText("2 passkeys").waitFor();
  });

  it("is asked for in words where the browser opens no tab", async () => {
    const { url, open, lab } = stage();
    const page = await open(url);
    const { entries } = await lab.trail.head();
    await page.evaluate("window.open = () => null");
    await page.getByTestId("phone-passkey").click();
    await page.getByRole("alert").getByText("Your browser opened no tab.").waitFor();
    assert.equal((await lab.trail.head()).entries, entries, "a link was made that nobody sees");
  });

  it("leaves no empty tab where no link can be made, and says why", async () => {
    const { url, open } = stage();
    const page = await open(url);
    const body = JSON.stringify({ error: "the records do not answer" });
    const pressed = Promise.withResolvers<void>();
    await page.route("**/phone/passkey", async (route) => {
      await pressed.promise;
      await route.fulfill({ status: 500, body });
    });
    await page.evaluate("open = ((really) => (...words) => (tabs.push(words), really(...words)))(open), tabs = []");
    const button = page.getByTestId("phone-passkey");
    const [tab] = await Promise.all([page.waitForEvent("popup"), button.click()]);
    await button.dispatchEvent("click");
    assert.equal(await page.evaluate("tabs.length"), 1, "an impatient hand opens no second tab");
    pressed.resolve();
    const fault = page.getByRole("alert").getByText("the records do not answer");
    await fault.waitFor();
    if (!tab.isClosed()) await tab.waitForEvent("close");
    await page.getByTestId(`person-${bob.id}`).click();
    await fault.waitFor({ state: "detached" });
  });
});

/** Waits for what acts to stand where a person sees it without scrolling. */
async function inSight(page: Page, action: string): Promise<void> {
  const seen = `(() => {
    const node = document.querySelector('.modal [data-action-id="${action}"]');
    if (!node) return false;
    const { left, top, width, height } = node.getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2) === node;
  })()`;
  // The page's policy lets nothing of it evaluate a text, so it is asked from here.
  while (!(await page.evaluate(seen))) await page.waitForTimeout(50);
}

/** Registers one from the phone, in the tab that opens. */
async function register(page: Page): Promise<{ authenticator: BrowserAuthenticator; fingerprint: string }> {
  const [tab] = await Promise.all([page.waitForEvent("popup"), page.getByTestId("phone-passkey").click()]);
  const authenticator = await holdPasskeys(tab);
  await tab.getByRole("button", { name: "Make a passkey" }).click();
  await tab.getByText("It does not count yet").waitFor();
  assert.equal(await tab.evaluate("opener"), null, "the product's page holds the lab's");
  const fingerprint = (await tab.locator("#fingerprint").textContent()) ?? "";
  return { authenticator, fingerprint };
}
