import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chance } from "../../src/adapters/chance/chance.ts";
import { openState } from "../../src/adapters/redis/redis.ts";
import { redisRequestStore } from "../../src/adapters/redis/request-store.ts";
import { redisTrail } from "../../src/adapters/redis/trail.ts";
import type { RequestStore, Scribe, Trail } from "../../src/ports.ts";
import { Guard } from "../cluster/guard.ts";
import type { Duo } from "./duo/duo.ts";
import { openFrontDoor } from "./front-door.ts";
import type { Idp } from "./idp/idp.ts";
import type { Okta } from "./okta/okta.ts";
import { approvals, channels, people, team } from "./people.ts";
import { enrolPhone, type Phone } from "./phone.ts";
import { type LabProcess, prepareProcess, startProcess } from "./processes/lab-process.ts";
import { type CliRun, runCli } from "./processes/run-cli.ts";
import { freshSecrets, type LabSecrets } from "./processes/secrets.ts";
import { type LabProvider, type ProviderKind, startProvider } from "./provider.ts";
import { type RedisPeer, startRedis } from "./redis/start-redis.ts";
import { startSlackDouble } from "./slack/slack-double.ts";
import type { SlackDouble } from "./slack/workspace.ts";
import { type WorkerAccess, workerKubeconfig } from "./worker-access.ts";

const example = new URL("../../manifests/overlays/example/", import.meta.url);

export interface LabOptions {
  /** How the worker reaches the cluster it operates on. */
  readonly cluster: WorkerAccess;
  /** More clusters by their names, each with one worker of its own; {@link cluster} is called `demo`. */
  readonly others?: Readonly<Record<string, WorkerAccess>>;
  /** A Redis that somebody else closes; one of our own when absent. */
  readonly redis?: RedisPeer;
  readonly webs?: number;
  readonly workers?: number;
  readonly mode?: "socket" | "http";
  /** Slack's one message a second and channel, on both sides. */
  readonly pace?: boolean;
  /** Text of the policy document; the example's when absent. */
  readonly policy?: string;
  /** Who pushes go out through, with a phone for each of the people; nobody when absent. */
  readonly provider?: ProviderKind;
  /** Over the settings of one side, such as `COUNTERSIGN_REQUEST_SECONDS`. */
  readonly web?: Readonly<Record<string, string>>;
  readonly worker?: Readonly<Record<string, string>>;
}

/** A worker that waits to be started. */
export interface Spare {
  start(): Promise<LabProcess>;
  dismiss(): void;
}

/** The product's real processes in a workspace of doubles, on loopback. */
export interface Lab {
  readonly slack: SlackDouble;
  readonly redis: RedisPeer;
  /** Before every key in Redis. */
  readonly prefix: string;
  readonly webs: readonly LabProcess[];
  readonly workers: readonly LabProcess[];
  readonly secrets: LabSecrets;
  /** Files that all processes read, and read again when they change. */
  readonly policyFile: string;
  readonly directoryFile: string;
  /** Who pushes go out through, where there is somebody. */
  readonly idp?: Idp;
  readonly duo?: Duo;
  readonly okta?: Okta;
  /** Where people enrol and prove presence, as browsers call it. */
  readonly pagesUrl: string;
  /** One more process of either side; a worker serves one cluster. */
  start(side: "web" | "worker", cluster?: string): Promise<LabProcess>;
  /** Has one more worker loaded and waiting; its `start` is then a short one. */
  prepare(): Promise<Spare>;
  /** The records, read as the product reads them. */
  readonly store: RequestStore;
  readonly trail: Trail;
  /** `countersign WORDS…` against this lab's records. */
  cli(...words: readonly string[]): Promise<CliRun>;
  /** Enrols a person's phone through the product's own one-time link. */
  enrol(sub: string): Promise<Phone>;
  /** Every line any process of the product has printed. */
  lines(): readonly string[];
  close(): Promise<void>;
}

/** Starts everything and resolves when the product is ready; `close` leaves no process and no file, nor does a crash. */
export async function startLab(options: LabOptions): Promise<Lab> {
  await using begun = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "countersign-lab-"));
  const guard = new Guard(folder);
  begun.defer(() => guard.dismiss());
  const redis = options.redis ?? (await startRedis());
  if (!options.redis) begun.defer(() => redis.close());
  const slack = await startSlackDouble({ teamId: team, people, channels, pace: options.pace ?? false });
  begun.defer(() => slack.close());

  const door = await openFrontDoor();
  begun.defer(() => door.close());
  const kind = options.provider;
  const provider =
    kind &&
    (await startProvider(
      kind,
      people.map(({ sub }) => sub),
      `${door.origin}/login`,
    ));
  if (provider) begun.defer(() => provider.close());
  const secrets = freshSecrets();
  const prefix = `lab-${randomBytes(4).toString("hex")}:`;
  const pagesUrl = door.origin;
  const settings = await settingsOf({ folder, redis, prefix, secrets, slack, provider, pagesUrl, options });
  const all: Record<"web" | "worker", LabProcess[]> = { web: [], worker: [] };
  const start = async (side: "web" | "worker", cluster = "demo") => {
    const file = settings.clusterFiles[cluster] ?? "";
    const environment = side === "web" ? settings.web : { ...settings.worker, COUNTERSIGN_CLUSTERS_FILE: file };
    const started = startProcess(side, environment, guard);
    all[side].push(started);
    await started.ready;
    return started;
  };
  const prepare = async (): Promise<Spare> => {
    const environment = { ...settings.worker, COUNTERSIGN_CLUSTERS_FILE: settings.clusterFiles["demo"] ?? "" };
    const { begin, dismiss } = await prepareProcess("worker", environment, guard);
    return {
      dismiss,
      async start() {
        const started = begin();
        all.worker.push(started);
        await started.ready;
        return started;
      },
    };
  };
  begun.defer(async () => {
    await Promise.all([...all.web, ...all.worker].map((one) => one.stop()));
  });
  await Promise.all([
    ...Array.from({ length: options.webs ?? 1 }, () => start("web")),
    ...Array.from({ length: options.workers ?? 1 }, () => start("worker")),
    ...Object.keys(options.others ?? {}).map((cluster) => start("worker", cluster)),
  ]);
  const facts = await all.web[0]?.ready;
  door.leadTo(String(facts?.["pages"]));
  if (options.mode === "http") slack.setRequestUrl(String(facts?.["address"]));
  await slack.ready();

  const state = openState({ url: redis.url, prefix });
  begun.defer(() => state.close());
  const scribe: Scribe = (event) => ({ event, writer: "lab", clock: Date.now() });

  const cli = (...words: readonly string[]) => runCli(words, settings.cli);
  const whole = begun.move();
  return {
    slack,
    redis,
    prefix,
    webs: all.web,
    workers: all.worker,
    secrets,
    policyFile: settings.policyFile,
    directoryFile: settings.directoryFile,
    ...(provider?.idp ? { idp: provider.idp } : {}),
    ...(provider?.duo ? { duo: provider.duo } : {}),
    ...(provider?.okta ? { okta: provider.okta } : {}),
    pagesUrl,
    start,
    prepare,
    store: redisRequestStore(state, scribe),
    trail: redisTrail(state, scribe, chance),
    cli,
    async enrol(sub) {
      const { code, stdout, stderr } = await cli("enrol", "issue", sub, "--replace");
      if (code !== 0) throw new Error(`countersign enrol issue ${sub} ended with ${code}: ${stderr}`);
      return enrolPhone(stdout.trim());
    },
    lines: () => [...all.web, ...all.worker].flatMap(({ lines }) => lines),
    close: () => whole.disposeAsync(),
  };
}

interface Parts {
  readonly folder: string;
  readonly redis: RedisPeer;
  readonly prefix: string;
  readonly secrets: LabSecrets;
  readonly slack: SlackDouble;
  readonly pagesUrl: string;
  readonly provider: LabProvider | undefined;
  readonly options: LabOptions;
}

/** The environment of each process, as an operator would write it; neither gets what is the other's. */
async function settingsOf({ folder, redis, prefix, secrets, slack, provider, pagesUrl, options }: Parts) {
  const file = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };
  await mkdir(folder, { recursive: true });
  const policyFile = await file(
    "policy.yaml",
    options.policy ?? (await readFile(new URL("policy.yaml", example), "utf8")),
  );
  const directoryFile = await file("directory.yaml", await readFile(new URL("directory.yaml", example), "utf8"));
  const clusters = { demo: options.cluster, ...options.others };
  const clusterFiles: Record<string, string> = {};
  for (const [name, access] of Object.entries(clusters)) {
    const kubeconfig = await file(`${name}.kubeconfig`, workerKubeconfig(access));
    clusterFiles[name] = await file(`${name}.yaml`, `clusters:\n  ${name}: { kubeconfig: ${kubeconfig} }\n`);
  }
  const pushes = provider && {
    COUNTERSIGN_IDP: await file("provider.yaml", provider.document),
    COUNTERSIGN_PLAIN_IDP: "demo",
  };
  const common = {
    REDIS_URL: redis.url,
    COUNTERSIGN_PREFIX: prefix,
    COUNTERSIGN_POLICY: policyFile,
    COUNTERSIGN_DIRECTORY: directoryFile,
    COUNTERSIGN_PAGES_URL: pagesUrl,
    ...pushes,
    // A Redis that was given to us may be a developer's: it is said, and borne.
    ...(redis.owned ? {} : { COUNTERSIGN_FORGETFUL_REDIS: "demo" }),
  };
  return {
    policyFile,
    directoryFile,
    clusterFiles,
    cli: { ...common, COUNTERSIGN_SEALING_KEY: secrets.sealingKey },
    web: {
      ...common,
      SLACK_MODE: options.mode ?? "socket",
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_SIGNING_SECRET: slack.signingSecret,
      SLACK_APP_ID: slack.appId,
      SLACK_TEAMS: slack.teamId,
      SLACK_APPROVALS_CHANNEL: approvals.id,
      SLACK_API_URL: slack.apiUrl,
      SLACK_PACE: options.pace ? "on" : "off",
      PORT: "0",
      PAGES_PORT: "0",
      COUNTERSIGN_CLUSTERS: Object.keys(clusters).join(","),
      COUNTERSIGN_SEALING_KEY: secrets.sealingKey,
      COUNTERSIGN_GRANT_KEY: secrets.grantKey,
      ...provider?.secrets,
      ...options.web,
    },
    worker: {
      ...common,
      COUNTERSIGN_GRANT_PUBLIC_KEY: secrets.grantPublicKey,
      ...options.worker,
    },
  } as const;
}
