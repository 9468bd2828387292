import { fileURLToPath } from "node:url";
import type { Entry } from "../../../src/audit/chain.ts";
import { verifyTrail } from "../../../src/audit/verify.ts";
import { alice, bob, carol, openHouse } from "../../adapters/slack/house.ts";
import { startKubernetesDouble } from "../kubernetes/kubernetes-double.ts";
import { demoObjects } from "../kubernetes/seed.ts";
import { type LabPage, type LabSources, startLabPage } from "./lab-page.ts";
import { startPreviewWorker } from "./preview-worker.ts";

/** Seconds a code of an authenticator lives. */
const PERIOD = 30;

/**
 * The page with the product's real Slack adapter and core, on fakes for Redis and the identity provider: enough to see
 * and play everything the page draws, in one process.
 */
export async function startPreview(port?: number): Promise<LabPage> {
  const listeners = new Set<() => void>();
  const cluster = await startKubernetesDouble({
    rolloutMs: 1500,
    seed: demoObjects,
    onChange: () => {
      for (const listener of listeners) listener();
    },
  });
  const house = await openHouse();
  const worker = startPreviewWorker(house, cluster);
  const subjects = new Map([
    [alice.id, "alice"],
    [bob.id, "bob"],
    [carol.id, "carol"],
  ]);
  const enrolled = new Set([alice.id, bob.id]);

  const sources: LabSources = {
    slack: house.slack,
    people: [
      { id: alice.id, name: "Alice", role: "On call" },
      { id: bob.id, name: "Bob", role: "SRE" },
      { id: carol.id, name: "Carol", role: "Security" },
    ],
    async phone(person) {
      const subject = subjects.get(person);
      if (subject === undefined || !enrolled.has(person)) return [];
      const seconds = Date.now() / 1000;
      const step = 1 + (Math.floor(seconds / PERIOD) % 99);
      const secondsLeft = PERIOD - Math.floor(seconds % PERIOD);
      return [{ label: `Countersign: ${subject}`, code: house.code(subject, step), secondsLeft }];
    },
    enrol: async (person) => void enrolled.add(person),
    cluster: async () => cluster.snapshot(),
    onClusterChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async audit() {
      const entries: Entry[] = [];
      for await (const entry of house.ports.trail.entries()) entries.push(entry);
      const { faults } = await verifyTrail(entries);
      const { entries: count, head } = await house.ports.trail.head();
      const lines = entries.map(({ seq, time, body, hash }) => {
        const { event } = JSON.parse(body) as { event: { kind: string; request?: string } };
        return { seq, time, hash, kind: event.kind, ...(event.request ? { request: event.request } : {}) };
      });
      return { entries: lines, count, verified: faults.length === 0, head };
    },
  };
  const page = await startLabPage(sources, port === undefined ? {} : { port });
  return {
    url: page.url,
    async close() {
      await worker.stop();
      await page.close();
      await house.close();
      await cluster.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = await startPreview(Number(process.argv[2] ?? 0));
  console.log(`The lab's page, on fakes: ${page.url}`);
}
