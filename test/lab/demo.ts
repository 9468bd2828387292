import { parseArgs } from "node:util";
import { openContextCluster } from "./demo/context-cluster.ts";
import { startDoubleCluster } from "./demo/demo-cluster.ts";
import { openDemoPage } from "./demo/demo-page.ts";
import { endedAsTold, playHeadless } from "./demo/headless.ts";
import { startLab } from "./lab.ts";
import { isStory, type Story, type StoryName, stories } from "./stories.ts";
import { demoNamespaces } from "./worker-access.ts";

const usage = `npm run demo                            a workspace in your browser, with a cluster that lives in memory
npm run demo -- --context NAME          the same on a cluster of your kubeconfig
              [--namespace NS ...]      where it may operate there; prod when absent
npm run demo -- --headless STORY        plays ${Object.keys(stories).join(", ")} without a browser
              [--port N]                where the page is; a free port when absent
`;

interface Wishes {
  readonly headless?: StoryName;
  readonly context?: string;
  readonly namespaces: readonly string[];
  readonly port: number;
}

/** How long a story may take before it counts as stuck, in ms. */
const patience = 60_000;

function readWishes(words: readonly string[]): Wishes | string {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        headless: { type: "string" },
        context: { type: "string" },
        namespace: { type: "string", multiple: true },
        port: { type: "string", default: "0" },
        help: { type: "boolean" },
      },
    });
    const { headless, context, namespace, port } = values;
    if (values.help) return "";
    if (headless !== undefined && !isStory(headless)) return `There is no story "${headless}".`;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return `--port ${port} is no port.`;
    return {
      port: Number(port),
      namespaces: namespace ?? (context === undefined ? demoNamespaces : ["prod"]),
      ...(headless === undefined ? {} : { headless }),
      ...(context === undefined ? {} : { context }),
    };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

async function main(wishes: Wishes): Promise<number> {
  await using begun = new AsyncDisposableStack();
  const ended = untilToldToEnd();
  const began = performance.now();
  const story: Story | undefined = wishes.headless && stories[wishes.headless];
  const cluster =
    wishes.context === undefined
      ? await startDoubleCluster({ rolloutMs: story ? 400 : 1_500 })
      : await openContextCluster(wishes.context, wishes.namespaces);
  begun.defer(() => cluster.close());
  const lab = await startLab({
    cluster: cluster.access,
    provider: "ciba",
    pace: !story,
    ...(story?.web ? { web: story.web } : {}),
  });
  begun.defer(() => lab.close());
  if (!lab.redis.owned) console.log("REDIS_URL is used as it is: a Redis that forgets is borne in the demo only.");

  if (wishes.headless !== undefined) {
    const stuck = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => reject(new Error(`the story is stuck after ${patience} ms`)), patience);
      timer.unref();
    });
    const telling = await Promise.race([
      playHeadless(wishes.headless, lab, cluster, (line) => console.log(line)),
      stuck,
      ended.then(() => {
        throw new Error("the story was interrupted");
      }),
    ]);
    console.log(JSON.stringify(telling));
    return endedAsTold(telling) ? 0 : 1;
  }

  const page = await openDemoPage(lab, cluster, { port: wishes.port });
  begun.defer(() => page.close());
  console.log(`
  Countersign lab, ready in ${((performance.now() - began) / 1000).toFixed(1)} s

    ${page.url}

  You are Alice, on call. Type:  /k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy
  Be Bob and pull the brake:    /k8s freeze -- a bad deploy     and with Carol let it go: /k8s unfreeze -- rolled back
  Prove it by a login:          the form's "By logging in…" leads to the lab's identity provider, where a click logs you in
  Or with a passkey:            "Register a passkey" on the phone first, then the form's "With a passkey…"
  Everything here is on loopback; Ctrl-C ends all of it.
`);
  await ended;
  console.log("\nending…");
  return 0;
}

/** Ctrl-C, SIGTERM, or the end of whoever started us: npm dies of a SIGTERM without a word to us. */
function untilToldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const look = setInterval(() => {
      if (process.ppid !== parent) resolve();
    }, 500);
    look.unref();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}

const wishes = readWishes(process.argv.slice(2));
if (typeof wishes === "string") {
  process.stderr.write(`${wishes === "" ? "" : `${wishes}\n\n`}${usage}`);
  process.exitCode = wishes === "" ? 0 : 64;
} else
  process.exitCode = await main(wishes).catch((fault: unknown) => {
    process.stderr.write(`demo: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    return 1;
  });
