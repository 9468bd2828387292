import { answerDoorbell, openWake } from "../../../src/adapters/bullmq/wake.ts";

// A process of its own that says which hint it began to answer, and never ends answering; it closes when it is told to.
const [url = "", prefix = ""] = process.argv.slice(2);
const options = { url, prefix, onFault: () => undefined };
const wake = await openWake({ ...options, clusters: [] });
const doorbell = answerDoorbell("web", { ...options, concurrency: 1 }, (request) => {
  process.send?.(request);
  return new Promise(() => undefined);
});
process.on("message", async () => {
  await doorbell.close();
  await wake.close();
  process.send?.("closed");
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
