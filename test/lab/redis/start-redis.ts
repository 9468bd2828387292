import { installPackage } from "./package.ts";
import { type ServerSettings, startServer } from "./server.ts";
import { chooseOwnSource, chooseSource, type Source, type Surroundings, theseSurroundings } from "./source.ts";

/** A real Redis for the lab or the tests. */
export interface RedisPeer {
  /** `unix://` and the path of a socket, or what `REDIS_URL` said. */
  readonly url: string;
  /** Whether we started it: only then it can be killed and started again. */
  readonly owned: boolean;
  /** SIGKILL. Rejects when it is not ours. */
  kill(): Promise<void>;
  /** Starts it again on the same data. Rejects when it is not ours. */
  restart(): Promise<void>;
  /** Ends what we started; a Redis that is not ours is left as it is. */
  close(): Promise<void>;
}

/** There is no Redis here, and none can be had; `message` says what to do. */
export class NoRedis extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`${why} Set REDIS_URL, or install redis-server or valkey-server (7.0 or later).`, options);
    this.name = "NoRedis";
  }
}

const print = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * The Redis of `REDIS_URL`; else one started by us, from PATH or after installing Debian's package, which is said in one
 * line first. Rejects with {@link NoRedis} where none can be had.
 */
export async function startRedis(
  surroundings: Surroundings = theseSurroundings(),
  say: (line: string) => void = print,
): Promise<RedisPeer> {
  const source = chooseSource(surroundings);
  return source.kind === "given" ? givenRedis(source.url) : startFrom(source, {}, say);
}

/** A Redis of our own whatever `REDIS_URL` says, with these settings over the durable ones. */
export async function startOwnRedis(settings: ServerSettings = {}): Promise<RedisPeer> {
  return startFrom(chooseOwnSource(theseSurroundings()), settings, print);
}

async function startFrom(
  source: Exclude<Source, { kind: "given" }>,
  settings: ServerSettings,
  say: (line: string) => void,
): Promise<RedisPeer> {
  const server = await startServer(await programOf(source, say), settings);
  const { url, kill, restart, close } = server;
  return { url, owned: true, kill, restart, close };
}

async function programOf(source: Exclude<Source, { kind: "given" }>, say: (line: string) => void): Promise<string> {
  switch (source.kind) {
    case "program":
      return source.path;
    case "package":
      try {
        await installPackage(say);
      } catch (cause) {
        throw new NoRedis(cause instanceof Error ? `${cause.message}.` : "apt-get failed.", { cause });
      }
      return "/usr/bin/redis-server";
    case "none":
      throw new NoRedis("There is no Redis on this machine.");
  }
}

function givenRedis(url: string): RedisPeer {
  const refuse = async () => {
    throw new Error("the Redis of REDIS_URL is not ours to stop");
  };
  return { url, owned: false, kill: refuse, restart: refuse, close: async () => undefined };
}
