import { hostname, userInfo } from "node:os";
import { openState, type StateClient } from "../adapters/redis/redis.ts";
import { recordSettings } from "../config.ts";
import type { Scribe } from "../ports.ts";

/** Who types: the account on this machine, as the trail names an administrator. */
export function administrator(): string {
  return `${userInfo().username}@${hostname()}`;
}

/** Opens the records for one command, and closes them whatever happens. */
export async function withRecords<T>(use: (state: StateClient, scribe: Scribe) => Promise<T>): Promise<T> {
  const state = openState(recordSettings(process.env));
  const scribe: Scribe = (event) => ({ event, writer: `cli@${administrator()}`, clock: Date.now() });
  try {
    return await use(state, scribe);
  } catch (fault) {
    if (!(fault instanceof Error) || fault.name !== "MaxRetriesPerRequestError") throw fault;
    throw new Error("Redis does not answer at the address in REDIS_URL", { cause: fault });
  } finally {
    await state.close();
  }
}
