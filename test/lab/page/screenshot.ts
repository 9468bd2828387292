import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { startChromium } from "../demo/chromium.ts";
import { startDoubleCluster } from "../demo/demo-cluster.ts";
import { openDemoPage } from "../demo/demo-page.ts";
import { startLab } from "../lab.ts";
import { alice, approvals, bob, incident } from "../people.ts";

// node test/lab/page/screenshot.ts: draws lab.png anew, out of the real demo, in the middle of a restart.

const picture = new URL("./lab.png", import.meta.url);
/** Slow enough for everything to be drawn while pods are being replaced. */
const rolloutMs = 4_000;

await using begun = new AsyncDisposableStack();
const browser = await startChromium();
if ("reason" in browser) throw new Error(`There is no picture without a browser: ${browser.reason}.`);
begun.defer(() => browser.close());
const cluster = await startDoubleCluster({ rolloutMs });
begun.defer(() => cluster.close());
const lab = await startLab({ cluster: cluster.access, provider: "ciba" });
begun.defer(() => lab.close());
const demo = await openDemoPage(lab, cluster);
begun.defer(() => demo.close());
const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, colorScheme: "light" });
const page = await context.newPage();
await page.goto(demo.url);
await restartUnderWay(page);
// Colours and shadows settle, and no caret blinks.
const png = await page.screenshot({ animations: "disabled", caret: "hide" });
await writeFile(picture, png);
console.log(`${fileURLToPath(picture)}: ${Math.ceil(png.length / 1024)} KB`);

/** Asks, proves and countersigns on the page, and comes back while the pods are replaced. */
async function restartUnderWay(on: Page): Promise<void> {
  const composer = on.getByTestId("composer");
  await composer.fill("/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy");
  await composer.press("Escape");
  await composer.press("Enter");
  await decide(on, "prove");
  await on.getByTestId(`person-${bob.id}`).click();
  await on.getByTestId(`channel-${approvals.id}`).click();
  await decide(on, "review");
  await on.getByTestId(`person-${alice.id}`).click();
  await on.getByTestId(`channel-${incident.id}`).click();
  await on.getByTestId("open-thread").click();
  await on.getByTestId("thread").getByText("2 of 3 pods replaced").waitFor();
  await on.locator('[data-testid="workload-prod-api"] [data-phase="pending"]').waitFor();
  await on.mouse.move(0, 0);
}

async function decide(on: Page, action: string): Promise<void> {
  await on.locator(`#conversation [data-action-id="${action}"]`).click();
  await on.getByTestId("phone-type").click();
  await on.getByTestId("modal-submit").click();
  await on.getByText("Done", { exact: true }).waitFor();
  await on.getByTestId("modal-leave").click();
}
