import assert from "node:assert/strict";
import { generateSync } from "otplib";
import type { Locator, Page } from "playwright-core";
import decodeQr from "qr/decode.js";
import { startRecordingProxy } from "../lab/demo/recording-proxy.ts";
import { carol } from "../lab/people.ts";
import { inBrowser } from "./browser-stage.ts";

describe("the enrolment page in a browser", function () {
  this.timeout(120_000);
  const stage = inBrowser();

  it("shows a seed once, takes its first code, and keeps the link's secret out of every address", async () => {
    const { lab, open } = stage();
    const issued = await lab.cli("enrol", "issue", carol.sub, "--replace");
    assert.equal(issued.code, 0, issued.stderr);
    const proxy = await startRecordingProxy(lab.pagesUrl);
    try {
      const { pathname, hash } = new URL(issued.stdout.trim());
      const link = `${proxy.origin}${pathname}${hash}`;
      const page = await open(link);
      await page.getByText(carol.sub).waitFor();
      const uri = (await page.getByRole("link", { name: "Open it in the app." }).getAttribute("href")) ?? "";
      assert.match(uri, /^otpauth:\/\/totp\/Countersign:carol(?:@|%40)example\.com\?/);
      assert.equal(await scan(page, page.locator("#qr")), uri);
      const secret = new URL(uri).searchParams.get("secret") ?? "";
      assert.equal((await page.locator("#key").textContent())?.replaceAll(" ", ""), secret);

      const notice = page.getByRole("alert");
      await confirm(page, wrongCode(secret));
      await notice.getByText("This code is not right.").waitFor();
      await confirm(page, "12345");
      await notice.getByText("A code has six digits.").waitFor();
      await confirm(page, generateSync({ secret }));
      await page.getByText("Done. From now on Countersign asks for this code").waitFor();
      assert.equal(await page.locator("#offer").isVisible(), false);
      assert.ok(!(await page.content()).includes(secret), "the seed still stands in the page");
      const shown = await page.locator("#codes code").allTextContents();
      assert.equal(shown.length, 10);
      for (const code of shown) assert.match(code, /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/);

      const later = await open(link);
      await later.getByText("This link is not valid any more.").waitFor();
      assert.equal(await later.locator("#offer").isVisible(), false);

      const again = await open(`${proxy.origin}/recover`);
      await again.getByLabel("Who you are to Countersign").fill(carol.sub);
      await again.getByLabel("One of your recovery codes").fill(shown[3] ?? "");
      await again.getByRole("button", { name: "Begin" }).click();
      await again.getByText(carol.sub).waitFor();
      const fresh = (await again.locator("#key").textContent())?.replaceAll(" ", "") ?? "";
      assert.notEqual(fresh, secret);
      await confirm(again, generateSync({ secret: fresh }));
      await again.getByText("counts only after 15 minutes").waitFor();
      const used = await open(`${proxy.origin}/recover`);
      await used.getByLabel("Who you are to Countersign").fill(carol.sub);
      await used.getByLabel("One of your recovery codes").fill(shown[3] ?? "");
      await used.getByRole("button", { name: "Begin" }).click();
      await used.getByRole("alert").getByText("This recovery code is not right, or was used").waitFor();

      const asked = proxy.heads.map((head) => head.split("\n")[0]);
      assert.ok(asked.includes("GET /enrol") && asked.includes("POST /enrol/confirm"), `${asked}`);
      const secrets = [hash.slice(1), secret, fresh, shown[3] ?? "", (shown[3] ?? "").replaceAll("-", "")];
      const told = proxy.heads.filter((head) => secrets.some((one) => head.includes(one)));
      assert.deepEqual(told, []);
    } finally {
      await proxy.close();
    }
  });
});

async function confirm(page: Page, code: string): Promise<void> {
  await page.getByLabel("Type the six digits it shows now.").fill(code);
  await page.getByRole("button", { name: "Confirm" }).click();
}

/** A code of none of the steps that could be meant while the test runs. */
function wrongCode(secret: string): string {
  const now = Math.floor(Date.now() / 1000);
  const right = [-2, -1, 0, 1, 2, 3, 4, 5, 6].map((step) => generateSync({ secret, epoch: now + 30 * step }));
  const first = Number(right[0]);
  const candidates = right.map((_, i) => String((first + i + 1) % 1_000_000).padStart(6, "0"));
  return candidates.find((code) => !right.includes(code)) ?? assert.fail("no wrong code");
}

/** Reads the code off the screen, as a phone's camera does: from the pixels that were drawn. */
async function scan(page: Page, drawing: Locator): Promise<string> {
  const png = (await drawing.screenshot()).toString("base64");
  const blank = await page.context().newPage();
  const { width, height, rgba } = await blank.evaluate<{ width: number; height: number; rgba: string }>(`(async () => {
    const bytes = Uint8Array.from(atob("${png}"), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const { width, height } = image;
    const canvas = new OffscreenCanvas(width, height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, width, height);
    return { width, height, rgba: Array.from(data, (byte) => String.fromCharCode(byte)).join("") };
  })()`);
  return decodeQr({ width, height, data: Buffer.from(rgba, "latin1") });
}
