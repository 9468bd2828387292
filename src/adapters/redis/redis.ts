import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";

const scriptNames = [
  "keep",
  "append",
  "waiting",
  "fail",
  "enrol-issue",
  "enrol-begin",
  "enrol-complete",
  "register-issue",
  "register",
  "enrol-revoke",
  "recover",
  "reseal",
  "brake",
  "take",
  "put",
  "release",
  "reserve",
  "owe",
  "pause",
  "push-reserve",
  "push-sent",
  "push-end",
  "push-withdraw",
  "push-due",
  "link",
  "membership",
  "membership-turn",
] as const;
type ScriptName = (typeof scriptNames)[number];

interface Script {
  readonly text: string;
  readonly sha: string;
}

const prelude = readScript("prelude");
const scripts = Object.fromEntries(
  scriptNames.map((name) => {
    const text = `${prelude}\n${readScript(name)}`;
    // Redis names its scripts by SHA-1; nothing is secured by it.
    return [name, { text, sha: createHash("sha1").update(text).digest("hex") }];
  }),
) as Record<ScriptName, Script>;

function readScript(name: string): string {
  return readFileSync(new URL(`./script/${name}.lua`, import.meta.url), "utf8");
}

/** How long a call is asked again after its answer was lost, in ms, before it is a fault. */
const patience = 5_000;

/**
 * The state client. A command whose answer is lost is rejected at once and never resent by the library (facts/queue.md
 * section 3): every script here carries an operation id or is safe to repeat, so `run` asks again by itself.
 */
export interface StateClient {
  readonly prefix: string;
  run(script: ScriptName, args: Readonly<Record<string, unknown>>, ...texts: readonly string[]): Promise<unknown>;
  /** A read, asked again when the connection was lost. */
  read<T>(ask: (redis: Redis) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface RedisOptions {
  /** `redis://…`, `rediss://…`, or `unix://` and the path of a socket. */
  readonly url: string;
  /** Before every key; two houses in one Redis need two. */
  readonly prefix: string;
}

export function openState({ url, prefix }: RedisOptions): StateClient {
  const redis = new Redis(url.replace(/^unix:\/\//, ""), {
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    commandTimeout: 2_000,
    retryStrategy: (times) => Math.min(50 * times, 1_000),
  });
  // Faults of the connection reach the callers as rejected commands.
  redis.on("error", () => undefined);

  async function again<T>(ask: () => Promise<T>): Promise<T> {
    const started = performance.now();
    for (let pause = 25; ; pause = Math.min(pause * 2, 500)) {
      try {
        return await ask();
      } catch (fault) {
        if (isAnswer(fault) || performance.now() - started > patience) throw bare(fault);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  return {
    prefix,
    run: (name, args, ...texts) =>
      again(async () => {
        const { sha, text } = scripts[name];
        const rest = [prefix, JSON.stringify(args), ...texts];
        try {
          return await redis.evalsha(sha, 0, ...rest);
        } catch (fault) {
          if (!(fault instanceof Error && fault.message.startsWith("NOSCRIPT"))) throw fault;
          return redis.eval(text, 0, ...rest);
        }
      }),
    read: (ask) => again(() => ask(redis)),
    close: async () => {
      redis.disconnect();
    },
  };
}

/** Takes off what ioredis adds to its faults: the command with its arguments, of which a password may be one. */
function bare(fault: unknown): unknown {
  if (fault instanceof Error) Reflect.deleteProperty(fault, "command");
  return fault;
}

/** Whether Redis itself answered with an error; asking again would not help. */
function isAnswer(fault: unknown): boolean {
  return (
    fault instanceof Error &&
    fault.name === "ReplyError" &&
    !/^(LOADING|BUSY|TRYAGAIN|MASTERDOWN|READONLY)/.test(fault.message)
  );
}
