import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { type Environment, FaultyConfiguration, readEnvironment } from "./environment.ts";
import { type ClusterSettings, readClusters } from "./settings/clusters.ts";
import {
  channelId,
  label,
  labelWords,
  list,
  minute,
  names,
  pagesUrl,
  port,
  redisUrl,
  seconds,
} from "./settings/fields.ts";
import {
  type OfProvider,
  providerOf,
  providerSchema,
  providerSecretSchema,
  providerWithSecret,
} from "./settings/provider.ts";
import { type SealingSettings, sealing, sealingFaults } from "./settings/sealing.ts";

const common = {
  REDIS_URL: redisUrl,
  COUNTERSIGN_PREFIX: z
    .string()
    .regex(/^[a-z0-9:-]{1,40}$/, "must be 1 to 40 characters of a-z, 0-9, - and :")
    .default("countersign:"),
  COUNTERSIGN_POLICY: z.string(),
  COUNTERSIGN_DIRECTORY: z.string(),
  /** Where people open our pages. Absent: there are no passkeys, and none counts. */
  COUNTERSIGN_PAGES_URL: pagesUrl.optional(),
  ...providerSchema,
  /** `demo`: Redis may forget what it acknowledged. Never outside the lab. */
  COUNTERSIGN_FORGETFUL_REDIS: z.enum(["demo"], 'may only be "demo", and only in one').optional(),
};

// The web process keeps to them, and the worker holds it to them.
const lifetimes = {
  COUNTERSIGN_REQUEST_SECONDS: seconds(30 * minute),
  COUNTERSIGN_EXECUTION_SECONDS: seconds(5 * minute),
};

const webSchema = z.object({
  ...common,
  ...providerSecretSchema,
  SLACK_MODE: z.enum(["socket", "http"]).default("socket"),
  SLACK_BOT_TOKEN: z.string().startsWith("xoxb-", "must be a bot token; they begin with xoxb-"),
  SLACK_APP_TOKEN: z.string().startsWith("xapp-", "must be an app-level token; they begin with xapp-").optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, "is too short for a signing secret").optional(),
  SLACK_APP_ID: z.string().regex(/^A[A-Z0-9]+$/, "must be an app id, such as A0123ABC"),
  SLACK_TEAMS: names,
  SLACK_COMMAND: z
    .string()
    .regex(/^\/[a-z0-9_-]{1,31}$/, "must be a slash command, such as /k8s")
    .default("/k8s"),
  SLACK_APPROVALS_CHANNEL: channelId,
  /** Told when somebody says that a push was not theirs; the approvals channel when absent. */
  SLACK_SECURITY_CHANNEL: channelId.optional(),
  SLACK_API_URL: z.url().optional(),
  SLACK_PACE: z.enum(["on", "off"]).default("on"),
  HOST: z.string().default("127.0.0.1"),
  PORT: port.default(3000),
  PAGES_HOST: z.string().default("127.0.0.1"),
  PAGES_PORT: port.default(3001),
  COUNTERSIGN_CLUSTERS: names.refine((all) => all.every((name) => label.test(name)), labelWords),
  COUNTERSIGN_DEFAULT_CLUSTER: z.string().optional(),
  ...sealing,
  COUNTERSIGN_GRANT_KEY: z.string(),
  ...lifetimes,
  COUNTERSIGN_CHALLENGE_SECONDS: seconds(5 * minute, 600, " (NIST SP 800-63B-4 section 3.1.3)"),
});

const workerSchema = z.object({
  ...common,
  COUNTERSIGN_GRANT_PUBLIC_KEY: z.string(),
  COUNTERSIGN_CLUSTERS_FILE: z.string(),
  ...lifetimes,
  COUNTERSIGN_LEASE_SECONDS: seconds(30_000),
  COUNTERSIGN_WATCH_SECONDS: seconds(9 * minute),
  COUNTERSIGN_CONCURRENCY: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, "must be 1 to 999")
    .transform(Number)
    .default(8),
});

const recordSchema = z.object({ REDIS_URL: common.REDIS_URL, COUNTERSIGN_PREFIX: common.COUNTERSIGN_PREFIX });

const sealingSchema = recordSchema.extend(sealing);

const enrolmentSchema = sealingSchema.extend({
  COUNTERSIGN_DIRECTORY: common.COUNTERSIGN_DIRECTORY,
  COUNTERSIGN_PAGES_URL: z.url({ protocol: /^https?$/, error: "must be the address people open, such as https://…" }),
});

export type WebSettings = Readonly<z.infer<typeof webSchema>> & OfProvider & { readonly grantKey: KeyObject };
export type WorkerSettings = Readonly<z.infer<typeof workerSchema>> &
  OfProvider & {
    readonly grantPublicKey: KeyObject;
    readonly clusters: ReadonlyMap<string, ClusterSettings>;
  };

/** Every setting there is, whichever process reads it. */
const settingNames = [
  ...new Set([webSchema, workerSchema, enrolmentSchema].flatMap(({ shape }) => Object.keys(shape))),
];
function keyOf(
  faults: string[],
  values: Readonly<Record<string, string>>,
  name: string,
  read: (pem: string) => KeyObject,
): KeyObject | undefined {
  const pem = values[name];
  if (pem === undefined) return undefined;
  try {
    const key = read(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
    faults.push(`${name}: must be an Ed25519 key, and is ${key.asymmetricKeyType}`);
  } catch {
    faults.push(`${name}: is no key in PEM form`);
  }
  return undefined;
}

// What stands on the wrong side of the wall is refused, not ignored: a thief of that process would have it.
const notForWeb = ["KUBECONFIG", "COUNTERSIGN_CLUSTERS_FILE"];
const notForWorker = [
  "SLACK_BOT_TOKEN",
  "SLACK_APP_TOKEN",
  "SLACK_SIGNING_SECRET",
  "COUNTERSIGN_SEALING_KEY",
  "COUNTERSIGN_SEALING_KEYS_OLD",
  "COUNTERSIGN_GRANT_KEY",
  "COUNTERSIGN_IDP_CLIENT_SECRET",
  "COUNTERSIGN_DUO_SECRET",
];

/** The settings of the web process; throws {@link FaultyConfiguration} with every fault there is. */
export function webSettings(environment: Environment): WebSettings {
  const { env, values, faults } = readEnvironment(environment, webSchema, settingNames, notForWeb);
  faults.push(...faultsTogether(values));
  const grantKey = keyOf(faults, values, "COUNTERSIGN_GRANT_KEY", createPrivateKey);
  const provider = providerWithSecret(faults, values);
  if (!env || !grantKey || faults.length > 0) throw new FaultyConfiguration(faults);
  return Object.freeze({ ...env, grantKey, ...(provider ? { provider } : {}) });
}

/** The settings of the worker process; throws {@link FaultyConfiguration} with every fault there is. */
export function workerSettings(environment: Environment): WorkerSettings {
  const { env, values, faults } = readEnvironment(environment, workerSchema, settingNames, notForWorker);
  const grantPublicKey = keyOf(faults, values, "COUNTERSIGN_GRANT_PUBLIC_KEY", createPublicKey);
  if (/PRIVATE KEY/.test(values["COUNTERSIGN_GRANT_PUBLIC_KEY"] ?? ""))
    faults.push("COUNTERSIGN_GRANT_PUBLIC_KEY: holds a private key; the worker must never have one");
  const clusters = readClusters(faults, values["COUNTERSIGN_CLUSTERS_FILE"]);
  const provider = providerOf(faults, values);
  if (!env || !grantPublicKey || !clusters || faults.length > 0) throw new FaultyConfiguration(faults);
  return Object.freeze({ ...env, grantPublicKey, clusters, ...(provider ? { provider } : {}) });
}

/** Where our pages are for browsers: scheme, host and port; undefined where nobody said. */
export function pagesOrigin({ COUNTERSIGN_PAGES_URL: url }: Pick<WebSettings, "COUNTERSIGN_PAGES_URL">) {
  return url === undefined ? undefined : new URL(url).origin;
}

/** What no setting shows by itself. */
function faultsTogether(values: Readonly<Record<string, string>>): readonly string[] {
  const mode = values["SLACK_MODE"] ?? "socket";
  const chosen = values["COUNTERSIGN_DEFAULT_CLUSTER"];
  const clusters = values["COUNTERSIGN_CLUSTERS"];
  return [
    ...(mode === "socket" && !values["SLACK_APP_TOKEN"]
      ? ["SLACK_APP_TOKEN: is needed where SLACK_MODE is socket"]
      : []),
    ...(mode === "http" && !values["SLACK_SIGNING_SECRET"]
      ? ["SLACK_SIGNING_SECRET: is needed where SLACK_MODE is http"]
      : []),
    ...(chosen !== undefined && clusters !== undefined && !list.parse(clusters).includes(chosen)
      ? ["COUNTERSIGN_DEFAULT_CLUSTER: is not among COUNTERSIGN_CLUSTERS"]
      : []),
    ...sealingFaults(values),
  ];
}

function commandLine<T>(environment: Environment, schema: z.ZodType<T>): T {
  const { env, values, faults } = readEnvironment(environment, schema, settingNames);
  faults.push(...sealingFaults(values));
  if (!env || faults.length > 0) throw new FaultyConfiguration(faults);
  return env;
}

/** What the command line needs to reach the records. */
export function recordSettings(environment: Environment): { readonly url: string; readonly prefix: string } {
  const env = commandLine(environment, recordSchema);
  return { url: env.REDIS_URL, prefix: env.COUNTERSIGN_PREFIX };
}

/** What the command line needs to seal again what lies in the records. */
export function sealingSettings(environment: Environment): SealingSettings {
  return sealingOf(commandLine(environment, sealingSchema));
}

/** What the command line needs to issue a link: the records, whom the directory knows, where the pages are, what vouches. */
export function enrolmentSettings(
  environment: Environment,
  what: "app" | "passkey" = "app",
): SealingSettings & { readonly directory: string; readonly pagesUrl: string } {
  const schema = what === "passkey" ? enrolmentSchema.extend({ COUNTERSIGN_PAGES_URL: pagesUrl }) : enrolmentSchema;
  const env = commandLine(environment, schema);
  return { directory: env.COUNTERSIGN_DIRECTORY, pagesUrl: env.COUNTERSIGN_PAGES_URL, ...sealingOf(env) };
}

function sealingOf(env: z.infer<typeof sealingSchema>): SealingSettings {
  return { sealingKey: env.COUNTERSIGN_SEALING_KEY, retiredKeys: env.COUNTERSIGN_SEALING_KEYS_OLD };
}
