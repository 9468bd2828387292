import { setTimeout as sleep } from "node:timers/promises";
import { operationsNamespace } from "../../operation/accounts.ts";
import { parseName } from "../../operation/name.ts";
import { type BoundSession, type Cluster, ClusterFault, type ClusterFaultCode } from "../../ports/cluster.ts";
import { notSent } from "./choke-point.ts";
import { readConnection, type Whereabouts } from "./connection.ts";
import { openOwnCalls } from "./own-calls.ts";
import { openSession } from "./session.ts";
import { type Minted, readToken } from "./token.ts";
import { openTransport } from "./transport.ts";

export interface ClusterOptions extends Whereabouts {
  /** Where the operation accounts, the tickets and the handles live; `countersign-operations` when absent. */
  readonly operationsNamespace?: string;
  /** How long any one call may take, in ms; 10 s when absent. */
  readonly deadlineMs?: number;
}

/** A token is not used in its last minute: a call may be on its way that long. */
const spareMs = 60_000;

/** One cluster behind the port. Reads how to reach it and throws in words when it cannot; nothing is sent yet. */
export async function openCluster(options: ClusterOptions): Promise<Cluster & { close(): Promise<void> }> {
  const transport = openTransport(readConnection(options), options.deadlineMs ?? 10_000);
  const own = openOwnCalls(transport, options.operationsNamespace ?? operationsNamespace);
  const kept = new Map<string, Promise<Minted>>();

  /** The token kept for this account, or a new one; of many callers at once only one asks for it. */
  async function tokenFor(account: string, request: string): Promise<Minted> {
    const standing = kept.get(account);
    const minted = await standing?.catch(() => undefined);
    if (minted && minted.until - spareMs > performance.now()) return minted;
    const other = kept.get(account);
    if (other && other !== standing) return other;
    const asked = performance.now();
    const fresh = own.mintToken(request, account).then((token) => readToken(token, asked));
    kept.set(account, fresh);
    return fresh;
  }

  return {
    name: options.name,

    async session(account, request) {
      demandId(request);
      const minted = await tokenFor(account.account, request);
      return openSession(transport, account, request, minted, () => kept.delete(account.account));
    },

    async boundSession(account, request, fence): Promise<BoundSession> {
      demandId(request);
      if (!Number.isSafeInteger(fence) || fence < 1) throw notSent("this is no fence");
      await Promise.all(
        fencesBefore(fence).map((earlier) =>
          revoke(() => own.deleteHandle(request, { name: `${request}-${earlier}` })),
        ),
      );
      const handle = await own.createHandle(request, `${request}-${fence}`);
      const close = () => revoke(() => own.deleteHandle(request, handle));
      try {
        const token = readToken(await own.mintToken(request, account.account, handle), performance.now());
        return { ...openSession(transport, account, request, token), close };
      } catch (fault) {
        // A handle that is left behind holds nothing, and nobody has a token of it.
        await close().catch(() => undefined);
        throw fault;
      }
    },

    async ticket(request) {
      demandId(request);
      try {
        return await own.readTicket(request);
      } catch (fault) {
        if (fault instanceof ClusterFault && fault.code === "not-found") return undefined;
        throw fault;
      }
    },

    async takeTicket(request, content) {
      demandId(request);
      try {
        await own.createTicket(request, content);
        return "mine";
      } catch (fault) {
        if (!(fault instanceof ClusterFault)) throw fault;
        if (fault.code === "already-exists") return { taken: await own.readTicket(request) };
        // The answer may have been a yes: the ticket itself says whose it is.
        if (fault.code !== "no-answer" && fault.code !== "server-error") throw fault;
        const standing = await own.readTicket(request).catch(() => undefined);
        if (!standing) throw fault;
        return isSame(standing, content) ? "mine" : { taken: standing };
      }
    },

    close: () => transport.close(),
  };
}

/** The fences whose tokens may still live: a token lives ten minutes, and each lease between is at least seconds. */
function fencesBefore(fence: number): readonly number[] {
  const oldest = Math.max(1, fence - 10);
  return Array.from({ length: fence - oldest }, (_, i) => oldest + i);
}

/** The request's id becomes a name and stands in a header. */
function demandId(request: string): void {
  if (parseName(request) === undefined) throw notSent("this cannot be the id of a request");
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

const worthAnotherTry: ReadonlySet<ClusterFaultCode> = new Set(["no-answer", "server-error", "too-many-requests"]);
const tries = 4;

/** Revoking is worth a few tries, the only thing here that is: while the handle stands, so does the token. */
async function revoke(once: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once();
    } catch (fault) {
      if (!(fault instanceof ClusterFault)) throw fault;
      // Not there, or another one in its place: ours is gone, and its token with it.
      if (fault.code === "not-found" || fault.code === "conflict") return;
      if (attempt === tries || !worthAnotherTry.has(fault.code)) throw fault;
      await sleep(100 * 2 ** attempt);
    }
  }
}
