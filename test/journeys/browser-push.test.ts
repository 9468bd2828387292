import assert from "node:assert/strict";
import { finish } from "../lab/acting.ts";
import { alice } from "../lab/people.ts";
import { inBrowser } from "./browser-stage.ts";

describe("a push in a real browser", function () {
  this.timeout(60_000);
  const stage = inBrowser({ provider: "ciba" });

  it("comes to the phone with its code, and counts once that is carried back into the form", async () => {
    const { url, open, lab } = stage();
    const page = await open(url);
    const composer = page.getByTestId("composer");
    await composer.fill("/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy");
    await composer.press("Escape");
    await composer.press("Enter");
    await page.locator('#conversation [data-action-id="prove"]').click();
    await page.locator('[data-action-id="by-push"]').click();
    const push = page.getByTestId("push");
    assert.match((await push.textContent()) ?? "", /^\d{6}to run: rollout restart deploy\/api -n prod/);
    await page.getByText("A push is on your device").waitFor();
    assert.ok(await page.getByTestId("phone-type").isHidden(), "a code of the app would be a wrong one");
    await page.getByTestId("push-approve").click();
    await page.getByTestId("push-type").click();
    // The provider may have been asked just before the yes; a person presses again then.
    const accepted = page.getByText("Your presence is proved.");
    while (!(await accepted.isVisible())) {
      await page
        .getByTestId("modal-submit")
        .click({ timeout: 2_000 })
        .catch(() => undefined);
      await page.waitForTimeout(500);
    }
    await page.getByTestId("modal-leave").click();
    await page.getByTestId("modal").waitFor({ state: "detached" });
    const [id = ""] = await lab.store.of(alice.sub, 1);
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-approval");
  });

  it("is a no on the phone that ends the request, and the thread says so", async () => {
    const { url, open, lab } = stage();
    const page = await open(url);
    const composer = page.getByTestId("composer");
    await composer.fill("/k8s scale deploy/api -n prod --replicas 4 -- more load");
    await composer.press("Escape");
    await composer.press("Enter");
    await page.locator('#conversation [data-action-id="prove"]').last().click();
    await page.locator('[data-action-id="by-push"]').click();
    await page.getByText("A push is on your device").waitFor();
    await page.getByTestId("push-deny").click();
    const [id = ""] = await lab.store.of(alice.sub, 1);
    assert.equal((await finish(lab, id)).state, "denied");
    await page.getByText("You said no.").waitFor();
  });
});
