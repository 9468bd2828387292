import { randomUUID } from "node:crypto";
import { sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { CredentialStore, EnrolmentStore, Scribe } from "../../ports.ts";
import type { StateClient } from "./redis.ts";

// NIST SP 800-63B-4 section 3.2.2 allows at most 100 consecutive failures; ours lock earlier, for a while, at every tenth.
const lockAt = 10;
const disableAt = 100;
const lockFor = 15 * 60_000;

export function redisCredentials(client: StateClient, scribe: Scribe): CredentialStore {
  return {
    read: (subject) =>
      client.read(async (redis) => {
        const [id, sealed, step, lockedUntil] = await redis.hmget(
          `${client.prefix}totp:${subject}`,
          "id",
          "sealed",
          "step",
          "lockedUntil",
        );
        if (!id || !sealed) return undefined;
        const until = lockedUntil === "for ever" ? Number.POSITIVE_INFINITY : Number(lockedUntil ?? 0);
        return { id, sealed, timeStep: Number(step), ...(until > 0 ? { lockedUntil: until } : {}) };
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
        const fields = await redis.hmget(`${client.prefix}enrolment:${keyOf(link)}`, "subject", "id", "sealed");
        return enrolmentOf(fields);
      }),
    async begin(link, pending) {
      return enrolmentOf((await client.run("enrol-begin", { link: keyOf(link), ...pending })) as (string | null)[]);
    },
    async complete(link, credential, timeStep) {
      const enrolment = await this.open(link);
      if (!enrolment) return false;
      const { subject } = enrolment;
      const body = bodyText(scribe({ kind: "enrolment.completed", subject, credential }));
      return (
        (await client.run(
          "enrol-complete",
          { op: randomUUID(), link: keyOf(link), subject, credential, timeStep },
          body,
          sha256(body),
        )) === 1
      );
    },
  };
}

function enrolmentOf([subject, id, sealed]: readonly (string | null | undefined)[]) {
  if (!subject) return undefined;
  return id && sealed ? { subject, pending: { id, sealed } } : { subject };
}
