import { type Logger, LogLevel } from "@slack/bolt";
import { plain } from "./escape.ts";
import type { Log } from "./log.ts";

const longest = 200;

// The library's texts may quote what it was sent: a parse error quotes the body, a fault of the socket its address.
const secrets = [/xox[a-z]-[\w-]+/gi, /xapp-[\w-]+/gi, /wss?:\/\/\S+/g, /"[^"]*"?/g, /\d{3}\s?\d{3,}/g];

/**
 * The library's logger. Its debug lines print whole payloads, typed codes among them (facts/slack.md section 2), so
 * they are dropped; of the others only the first text or the fault's name and message is kept, and cleaned.
 */
export function quietLogger(log: Log): Logger {
  const say = (level: "info" | "warn" | "error") => {
    return (...said: readonly unknown[]) => log[level]("slack library", { says: clean(said[0]) });
  };
  return {
    debug: () => undefined,
    info: say("info"),
    warn: say("warn"),
    error: say("error"),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

function clean(said: unknown): string {
  const text = said instanceof Error ? `${said.name}: ${said.message}` : typeof said === "string" ? said : "a fault";
  return plain(
    secrets.reduce((rest, secret) => rest.replace(secret, "[removed]"), text),
    longest,
  );
}
