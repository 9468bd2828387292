import { setTimeout as nap } from "node:timers/promises";
import type { Body } from "../../../src/audit/chain.ts";
import { fingerprintOf } from "../../../src/challenge/registration.ts";
import type { Lab } from "../lab.ts";
import type { ListedPasskey } from "../page/lab-page.ts";
import { listedPasskeys, listPasskeys } from "../passkeys.ts";

/** Milliseconds between looks at the trail: what is registered in another tab counts before one is back. */
const lookMs = 300;
/** Milliseconds after a look that failed. */
const restMs = 5_000;

/** Does for a demo's people what the README has an administrator do. */
export interface Administrator {
  /** A one-time link, as `countersign enrol passkey` prints it; what is registered on it is then put into the directory. */
  linkFor(sub: string): Promise<string>;
  /** This person's passkeys that count. */
  listed(sub: string): Promise<readonly ListedPasskey[]>;
  /** Calls back after a link was handed out, and after a passkey was listed; returns the way to stop it. */
  onChange(listener: () => void): () => void;
  leave(): Promise<void>;
}

export function startAdministrator(lab: Pick<Lab, "cli" | "trail" | "directoryFile">): Administrator {
  const listeners = new Set<() => void>();
  const leaving = new AbortController();
  /** Subject -> links handed out on which nothing was registered yet: nobody's passkey is listed unasked. */
  const open = new Map<string, number>();
  let next = 1;

  function tell(): void {
    for (const listener of listeners) listener();
  }

  async function look(): Promise<void> {
    for await (const { seq, body } of lab.trail.entries(next)) {
      const { event } = JSON.parse(body) as Body;
      if (event.kind === "passkey.registered") await list(event.subject, { id: event.credential, key: event.key });
      next = seq + 1;
    }
  }

  async function list(sub: string, passkey: { readonly id: string; readonly key: string }): Promise<void> {
    const links = open.get(sub) ?? 0;
    if (links === 0) return;
    await listPasskeys(lab, new Map([[{ sub }, [...(await listedPasskeys(lab, { sub })), passkey]]]));
    open.set(sub, links - 1);
    tell();
  }

  // One look after the other, so that no two write the directory at once.
  const looking = (async () => {
    while (!leaving.signal.aborted) {
      const rest = await look().then(() => lookMs, sayFault);
      await nap(rest, undefined, { signal: leaving.signal }).catch(() => undefined);
    }
  })();

  return {
    async linkFor(sub) {
      const { code, stdout, stderr } = await lab.cli("enrol", "passkey", sub);
      if (code !== 0) throw new Error(`countersign enrol passkey ${sub} ended with ${code}: ${stderr}`);
      open.set(sub, (open.get(sub) ?? 0) + 1);
      tell();
      return stdout.trim();
    },
    async listed(sub) {
      return (await listedPasskeys(lab, { sub })).map((passkey) => ({ fingerprint: fingerprintOf(passkey) }));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async leave() {
      leaving.abort();
      await looking;
    },
  };
}

function sayFault(fault: unknown): number {
  console.warn(`  The lab's administrator looks again soon: ${fault instanceof Error ? fault.message : String(fault)}`);
  return restMs;
}
