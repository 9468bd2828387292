import { randomUUID } from "node:crypto";
import { sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { CredentialStore, Enrolment, EnrolmentStore } from "../../ports/enrolment.ts";
import type { Scribe } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

// NIST SP 800-63B-4 section 3.2.2 allows at most 100 consecutive failures; ours lock earlier, for a while, at every tenth.
const lockAt = 10;
const disableAt = 100;
const lockFor = 15 * 60_000;

export function redisCredentials(client: StateClient, scribe: Scribe): CredentialStore {
  return {
    read: (subject) =>
      client.read(async (redis) => {
        const fields = ["id", "sealed", "step", "lockedUntil", "countsFrom"];
        const [id, sealed, step, locked, counts] = await redis.hmget(`${client.prefix}totp:${subject}`, ...fields);
        if (!id || !sealed) return undefined;
        const until = locked === "for ever" ? Number.POSITIVE_INFINITY : Number(locked ?? 0);
        return {
          id,
          sealed,
          timeStep: Number(step),
          ...(until > 0 ? { lockedUntil: until } : {}),
          ...(counts ? { countsFrom: Number(counts) } : {}),
        };
      }),
    async countFailure(subject, credential) {
      const body = bodyText(scribe({ kind: "authenticator.locked", subject, credential }));
      await client.run(
        "fail",
        { op: randomUUID(), subject, credential, lockAt, disableAt, lockFor },
        body,
        sha256(body),
      );
    },
    async reseal(subject, credential, seals) {
      await client.run("reseal", { row: `totp:${subject}`, credential, ...seals });
    },
  };
}

export function redisEnrolments(client: StateClient, scribe: Scribe): EnrolmentStore {
  // The link is a secret: only its hash is ever written.
  const keyOf = (link: string) => sha256(link);
  return {
    async issue(link, subject, forMs, by, replace) {
      const body = bodyText(scribe({ kind: "enrolment.issued", subject, by }));
      return (
        (await client.run("enrol-issue", { link: keyOf(link), subject, forMs, replace }, body, sha256(body))) === 1
      );
    },
    open: (link) =>
      client.read(async (redis) => {
        const fields = await redis.hmget(`${client.prefix}enrolment:${keyOf(link)}`, "subject", "id", "sealed", "wait");
        return enrolmentOf(fields);
      }),
    async begin(link, pending) {
      return enrolmentOf((await client.run("enrol-begin", { link: keyOf(link), ...pending })) as (string | null)[]);
    },
    async complete(link, credential, timeStep, recovery) {
      const enrolment = await this.open(link);
      if (!enrolment) return false;
      const { subject, waitMs } = enrolment;
      const waits = waitMs === undefined ? {} : { waitMs };
      const body = bodyText(scribe({ kind: "enrolment.completed", subject, credential, ...waits }));
      const args = { op: randomUUID(), link: keyOf(link), subject, credential, timeStep, recovery };
      return (await client.run("enrol-complete", args, body, sha256(body))) === 1;
    },
    async recover({ link, ...attempt }) {
      const { subject, credential } = attempt;
      const used = bodyText(scribe({ kind: "recovery.used", subject, credential }));
      const locked = bodyText(scribe({ kind: "recovery.locked", subject, credential }));
      const args = { op: randomUUID(), link: keyOf(link), ...attempt, lockAt, disableAt, lockFor };
      const answer = await client.run("recover", args, used, sha256(used), locked, sha256(locked));
      return answer === "opened" || answer === "locked" ? answer : "wrong";
    },
    async revoke(subject, by) {
      const body = bodyText(scribe({ kind: "enrolment.revoked", subject, by }));
      return (await client.run("enrol-revoke", { op: randomUUID(), subject }, body, sha256(body))) === 1;
    },
  };
}

function enrolmentOf([subject, id, sealed, wait]: readonly (string | null | undefined)[]): Enrolment | undefined {
  if (!subject) return undefined;
  return {
    subject,
    ...(id && sealed ? { pending: { id, sealed } } : {}),
    ...(wait ? { waitMs: Number(wait) } : {}),
  };
}
