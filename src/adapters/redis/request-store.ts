import { sha256 } from "../../audit/canonical.ts";
import { bodyText } from "../../audit/chain.ts";
import type { Proof } from "../../challenge/challenge.ts";
import { isRead } from "../../operation/operation.ts";
import type { RequestStore, Scribe, StepAnswer } from "../../ports.ts";
import type { Freeze } from "../../request/freeze.ts";
import type { Request } from "../../request/request.ts";
import type { StateClient } from "./redis.ts";

/** Slack is tried for an hour: what is not shown by then never is. */
const answerMs = 3_600_000;

/** The record of requests in Redis: one script is one atomic act, durable before it answers (appendfsync always). */
export function redisRequestStore(client: StateClient, scribe: Scribe, answerFor: number = answerMs): RequestStore {
  const key = (name: string) => client.prefix + name;

  return {
    now: () => client.read(async (redis) => clockOf(await redis.time())),

    read: (id) =>
      client.read(async (redis) => {
        const [[, fields], [, answer], [, time]] = (await redis
          .multi()
          .hmget(key(`request:${id}`), "record", "version")
          .get(key(`answer:${id}`))
          .time()
          .exec()) as [[unknown, (string | null)[]], [unknown, string | null], [unknown, [string, string]]];
        const [record, version] = fields;
        if (!record || !version) return undefined;
        const lasting = JSON.parse(record) as Request;
        const request = answer === null ? lasting : { ...lasting, answer };
        return { request, version: Number(version), now: clockOf(time) };
      }),

    async keep(step) {
      const { next, claim, remember, turn } = step;
      // What a read brought is no part of the history: it lies apart, and is forgotten by itself.
      const { answer, ...lasting } = "answer" in next ? next : { ...next, answer: undefined };
      const body = bodyText(scribe(step.event));
      const args = {
        op: step.operationId,
        id: next.id,
        subject: next.requester,
        expect: step.expect,
        ...(step.notAfter === undefined ? {} : { notAfter: step.notAfter }),
        ...(step.notBefore === undefined ? {} : { notBefore: step.notBefore }),
        ...(step.deadline === undefined ? {} : { deadline: step.deadline }),
        ...(turn ? { side: turn.side, ...(turn.heldUntil === undefined ? {} : { heldUntil: turn.heldUntil }) } : {}),
        ...(step.take && step.take.length > 0 ? { take: step.take } : {}),
        ...(step.unlessFrozen === undefined ? {} : { unlessFrozen: step.unlessFrozen }),
        ...(step.release ? { release: true } : {}),
        ...(step.review ? { review: step.review } : {}),
        ...(claim ? { claim } : {}),
        ...(answer === undefined ? {} : { answerFor }),
        ...(next.state === "succeeded" && !isRead(next.operation) ? { changed: true } : {}),
        ...(remember ? { remember: { subject: remember.subject, proof: JSON.stringify(remember) } } : {}),
      };
      const texts = [JSON.stringify(lasting), body, sha256(body), ...(answer === undefined ? [] : [answer])];
      return answerOf(await client.run("keep", args, ...texts));
    },

    of: (subject, limit) => client.read((redis) => redis.zrevrange(key(`of:${subject}`), 0, limit - 1)),

    changesOf: (subject, limit) => client.read((redis) => redis.zrevrange(key(`changes:${subject}`), 0, limit - 1)),

    lastProof: (subject) =>
      client.read(async (redis) => {
        const text = await redis.get(key(`proof:${subject}`));
        return text === null ? undefined : (JSON.parse(text) as Proof);
      }),

    openReviews: () =>
      client.read(async (redis) =>
        Object.entries(await redis.hgetall(key("reviews"))).map(([request, subject]) => ({ request, subject })),
      ),

    async restoreReview(operationId, { request, subject }) {
      const body = bodyText(scribe({ kind: "review.restored", request, subject }));
      await client.run("owe", { op: operationId, id: request, subject }, body, sha256(body));
    },

    // An overdue request is looked at again soon if letting it lapse failed.
    overdue: async (limit) => (await client.run("waiting", { set: "deadlines", patience: 2_000, limit })) as string[],
    waiting: async (side, patience, limit) =>
      (await client.run("waiting", { set: `turn:${side}`, patience, limit })) as string[],
  };
}

function clockOf(time: readonly (string | number)[]): number {
  return Number(time[0]) * 1000 + Math.floor(Number(time[1]) / 1000);
}

function answerOf(text: unknown): StepAnswer {
  const answer = String(text);
  if (answer.startsWith("kept:")) return { kept: true, version: Number(answer.slice("kept:".length)) };
  const [, by, lock] = /^target-busy:([^:]+):(.+)$/.exec(answer) ?? [];
  if (by !== undefined && lock !== undefined) return { kept: false, because: "target-busy", by, lock };
  if (answer.startsWith("review-owed:"))
    return { kept: false, because: "review-owed", by: answer.slice("review-owed:".length) };
  if (answer.startsWith("frozen:"))
    return { kept: false, because: "frozen", by: JSON.parse(answer.slice("frozen:".length)) as Freeze };
  switch (answer) {
    case "moved":
    case "too-late":
    case "too-early":
    case "code-already-used":
      return { kept: false, because: answer };
    default:
      throw new Error(`the store answered ${JSON.stringify(answer)}`);
  }
}
