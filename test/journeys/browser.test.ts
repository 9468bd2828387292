import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { alice, approvals, bob, incident } from "../lab/people.ts";
import { inBrowser } from "./browser-stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

describe("the lab's page in a browser", function () {
  this.timeout(180_000);
  const stage = inBrowser();

  it("leads from a typed command to a finished restart, with everything to be seen on the way", async () => {
    const { lab, cluster, url, open } = stage();
    const page = await open(url);
    await type(page, restart);
    const request = inChat(page, "tier privileged");
    await action(request, "prove").click();

    const plan = page.getByTestId("modal");
    await plan.getByRole("heading", { name: "Prove presence" }).waitFor();
    await says(plan, "Deployment prod/api");
    await says(plan, "5xx since the 14:02 deploy");
    await says(plan, "kubectl.kubernetes.io/restartedAt");
    await plan.getByTestId("code-input").fill(await codeOn(page));
    await plan.getByTestId("modal-submit").click();
    await says(plan, "Your presence is proved.");
    await plan.getByTestId("modal-leave").click();
    await plan.waitFor({ state: "detached" });
    await says(request, "Waiting for approval: 0 of 1 given.");

    await page.locator(`[data-testid="person-${bob.id}"][data-waiting="true"]`).click();
    await page.getByTestId(`channel-${approvals.id}`).click();
    const card = inChat(page, "asks to restart all pods of the deployment api");
    await action(card, "review").click();
    await plan.getByRole("heading", { name: "Review" }).waitFor();
    await says(plan, "Deployment prod/api");
    await says(plan, "kubectl.kubernetes.io/restartedAt");
    await says(plan, "5xx since the 14:02 deploy");
    await readToTheEnd(page);
    const shown = await codeOn(page);
    await page.getByTestId("phone-type").click();
    const typed = await plan.getByTestId("code-input").inputValue();
    assert.ok([shown, await codeOn(page)].includes(typed), `the phone typed ${typed}`);

    const workload = page.getByTestId("workload-prod-api");
    const before = await podsOf(workload);
    assert.equal(before.length, 3);
    assert.equal(await cluster.executions(), 0);
    const rolling = page.locator('[data-testid="workload-prod-api"].moving').waitFor();
    await plan.getByTestId("modal-submit").click();
    await says(plan, "Your approval is recorded.");
    await rolling;
    await plan.getByTestId("modal-leave").click();

    await page.getByTestId(`person-${alice.id}`).click();
    await page.getByTestId(`channel-${incident.id}`).click();
    await request.getByTestId("open-thread").click();
    const thread = page.getByTestId("thread");
    await says(thread, "Succeeded");
    await page.locator('[data-testid="workload-prod-api"]:not(.moving)[data-ready="3"]').waitFor();
    const after = await podsOf(workload);
    assert.equal(after.length, 3);
    assert.deepEqual(
      after.filter((pod) => before.includes(pod)),
      [],
    );
    assert.equal(await cluster.executions(), 1);

    await says(request, "Succeeded");
    await says(thread, "proved presence for this plan with TOTP");
    await says(thread, "Approval 1 of 1 by bob@example.com");
    await noButtonIn(page);
    for (const person of [alice, bob]) {
      await page.getByTestId(`person-${person.id}`).click();
      await page.getByTestId(`channel-${approvals.id}`).click();
      await says(card, "Succeeded");
      await noButtonIn(page);
    }

    await page.locator('[data-testid="audit-entry"][data-kind="execution.outcome"]').waitFor();
    assert.equal(await page.getByTestId("audit-verified").getAttribute("data-verified"), "true");
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });

  it("answers a read on a small screen, and shows one thing at a time", async () => {
    const { url, open } = stage();
    const page = await open(`${url}#${bob.id}/${incident.id}`, { width: 390, height: 844 });
    await type(page, "/k8s get pods -n prod");
    await inChat(page, "checkout-").waitFor();
    for (const [tab, shown] of [
      ["Phone", page.getByTestId("phone-code")],
      ["Cluster", page.getByTestId("workload-prod-api")],
      ["Audit", page.getByTestId("audit-count")],
      ["Chat", page.getByTestId("composer")],
    ] as const) {
      await page.locator("#tabs").getByRole("button", { name: tab }).click();
      await shown.waitFor();
      assert.equal(await page.getByTestId("composer").isVisible(), tab === "Chat");
      assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${tab} is too wide`);
    }
  });
});

async function type(page: Page, line: string): Promise<void> {
  await page.getByTestId("composer").fill(line);
  await page.keyboard.press("Escape");
  await page.getByTestId("composer").press("Enter");
}

function inChat(page: Page, words: string): Locator {
  return page.locator("#conversation").getByTestId("message").filter({ hasText: words });
}

function action(within: Locator, id: string): Locator {
  return within.locator(`[data-action-id="${id}"]`);
}

/** Waits for the words to stand there. */
async function says(place: Locator, words: string): Promise<void> {
  await place.getByText(words).first().waitFor();
}

/** The code on the phone, as it is shown now. */
async function codeOn(page: Page): Promise<string> {
  return (await page.getByTestId("phone-code").getAttribute("data-code")) ?? "";
}

async function podsOf(workload: Locator): Promise<readonly string[]> {
  return workload
    .locator("[data-pod]:not(.leaving)")
    .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute("data-pod") ?? ""));
}

/** Scrolls a form as a hand does, until the plan's last words stand clear of the field that follows them. */
async function readToTheEnd(page: Page): Promise<void> {
  await page.locator(".modal-body").hover();
  await page.mouse.wheel(0, 10_000);
  await page.locator(".modal-body:not(.more-below)").waitFor();
  await page.waitForFunction(`(() => {
    const body = document.querySelector(".modal-body");
    const [plan, field] = [...body.querySelectorAll(":scope > .block")].slice(-2);
    const box = (node) => node.getBoundingClientRect();
    return box(plan).bottom <= box(field).top + 1 && box(field).bottom <= box(body).bottom + 1;
  })()`);
}

async function noButtonIn(page: Page): Promise<void> {
  assert.equal(await page.locator('[data-testid="message"] .actions-block').count(), 0);
}
