import type { Browser, Page } from "playwright-core";
import { startChromium } from "../lab/demo/chromium.ts";
import { type DemoCluster, startDoubleCluster } from "../lab/demo/demo-cluster.ts";
import { openDemoPage } from "../lab/demo/demo-page.ts";
import { type Lab, type LabOptions, startLab } from "../lab/lab.ts";
import { redisFor } from "../lab/redis/shared-redis.ts";

/** A demo that is running, and a browser to look at it with. */
export interface BrowserStage {
  readonly lab: Lab;
  readonly cluster: DemoCluster;
  /** Where the demo's page is. */
  readonly url: string;
  /** A fresh browser profile of this size, at this address; closed after the test. What the page does wrong fails it. */
  open(url: string, size?: { readonly width: number; readonly height: number }): Promise<Page>;
}

/** How long one thing may take to appear, in ms; nothing waits for so long unless it is broken. */
const appearMs = 30_000;
const startMs = 120_000;
const desktop = { width: 1400, height: 900 };

/** Starts the demo and a browser before the suite, or the suite is pending with the reason on the screen. */
export function inBrowser(options: Pick<LabOptions, "provider" | "policy"> = {}): () => BrowserStage {
  let stage: BrowserStage | undefined;
  let close: (() => Promise<void>) | undefined;
  const faults: string[] = [];
  const opened: Page[] = [];

  before("a demo of real processes, and Chromium", async function () {
    this.timeout(startMs);
    await using begun = new AsyncDisposableStack();
    const browser = await browserFor(this);
    begun.defer(() => browser.close());
    const redis = await redisFor(this);
    this.timeout(startMs);
    const cluster = await startDoubleCluster({ rolloutMs: 1_000 });
    begun.defer(() => cluster.close());
    const lab = await startLab({ cluster: cluster.access, redis, ...options });
    begun.defer(() => lab.close());
    const page = await openDemoPage(lab, cluster);
    begun.defer(() => page.close());
    stage = {
      lab,
      cluster,
      url: page.url,
      async open(url, size = desktop) {
        const context = await browser.newContext({ viewport: size });
        context.setDefaultTimeout(appearMs);
        const tab = await context.newPage();
        opened.push(tab);
        tab.on("pageerror", (fault) => faults.push(fault.message));
        await tab.goto(url);
        return tab;
      },
    };
    const whole = begun.move();
    close = () => whole.disposeAsync();
  });

  afterEach("close what the test opened, and hear what the page threw", async () => {
    await Promise.all(opened.splice(0).map((tab) => tab.context().close()));
    const said = faults.splice(0);
    if (said.length > 0) throw new Error(`the page threw: ${said.join(" / ")}`);
  });

  after("all of it", async function () {
    this.timeout(startMs);
    await close?.();
  });

  return () => {
    if (!stage) throw new Error("the demo is not there yet");
    return stage;
  };
}

async function browserFor(suite: Mocha.Context): Promise<Browser> {
  const found = await startChromium();
  if (!("reason" in found)) return found;
  console.warn(`  NOT TESTED in a browser: ${found.reason}`);
  // biome-ignore lint/suspicious/noSkippedTests: not every machine can have one, and the reason has just been printed
  return suite.skip();
}
