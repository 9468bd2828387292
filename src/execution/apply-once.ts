import { entryOf } from "../operation/catalogue.ts";
import { digestOf } from "../operation/digest.ts";
import {
  type ApiAnswer,
  type BoundSession,
  type Cluster,
  ClusterFault,
  type KubeObject,
  type Session,
} from "../ports/cluster.ts";
import { askerOf } from "../request/asked.ts";
import type { Executing, Granted, Intent, Unknown } from "../request/request.ts";
import type { About, ChangePlan, FreshPlan, Stamp } from "./act.ts";
import { actOf, changeOf } from "./acts.ts";
import { type Bench, reader } from "./bench.ts";
import type { Hold } from "./hold.ts";
import { makePlan } from "./make-plan.ts";
import { refOf } from "./objects/planned-object.ts";

/** What is to be done once the intent is durable and the ticket taken. */
export interface Errand {
  readonly request: Granted | Executing;
  readonly plan: ChangePlan;
  /** What the intent names: the precondition, and the generation the object had then. */
  readonly intent: Precondition;
  /** An earlier worker took the ticket: its call may have had its effect, or be on its way. */
  readonly begunBefore: boolean;
}

export type Precondition = Omit<Intent, "at">;

/** How the one changing call went. */
export type Done =
  /** `told`: an answer said so, and not only the object as it stands. */
  | { readonly applied: true; readonly told: boolean; readonly auditIds: readonly string[] }
  | {
      readonly applied: false;
      readonly as: "failed" | "unknown";
      readonly why: string;
      readonly auditIds: readonly string[];
    };

/** The object's status may move between reading and acting; nobody's change is lost by trying again. */
const attempts = 6;

/** The changing call: it may be sent several times where at most one of them can ever have an effect; else once. */
export async function applyOnce(
  bench: Bench,
  hold: Hold,
  at: { session: BoundSession; cluster: Cluster },
  errand: Errand,
): Promise<Done> {
  const { session, cluster } = at;
  const { request, plan } = errand;
  const operation = changeOf(request.operation);
  const act = actOf(operation);
  const { idempotent } = entryOf(operation);
  const stamp: Stamp = { request: request.id, digest: request.digest, at: request.grant.grant.grantedAt };
  let { intent } = errand;
  const shows = (object: KubeObject | undefined) => act.shows(object, plan, aboutOf(stamp, intent));
  // A ticket stands for ever; the leave to act that it was taken under does not.
  const late = errand.begunBefore && (await bench.store.now()) > request.grant.grant.notAfter;
  if (late || (errand.begunBefore && !idempotent)) {
    if (shows(await current(session, errand)) === "done") return { applied: true, told: false, auditIds: [] };
    const because = late ? "The grant has run out" : "It must not be sent twice";
    const why = `${because}, and the object does not show whether it was done before; nothing more was sent.`;
    return { applied: false, as: "unknown", why, auditIds: [] };
  }
  // Whether a call of ours may have had an effect that nobody has told us of.
  let mayHave = errand.begunBefore;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (hold.signal.aborted) throw hold.signal.reason;
    const answer = await tryApply(() =>
      act.apply(session, plan, { stamp, resourceVersion: intent.resourceVersion, dryRun: false }),
    );
    if (!(answer instanceof ClusterFault)) return { applied: true, told: true, auditIds: [answer.auditId] };
    if (answer.code === "no-answer" || answer.code === "server-error") {
      // Not known: the same bytes with the same precondition may be sent again, and only one can count.
      mayHave = true;
      if (idempotent) continue;
      break;
    }
    if (answer.code !== "conflict") {
      if (mayHave && shows(await current(session, errand)) === "done")
        return { applied: true, told: false, auditIds: ids(answer) };
      return {
        applied: false,
        as: mayHave ? "unknown" : "failed",
        why: `The cluster refused it: ${answer.says}`,
        auditIds: ids(answer),
      };
    }
    const object = await current(session, errand);
    const verdict = mayHave ? shows(object) : "not-done";
    if (verdict === "done") return { applied: true, told: false, auditIds: ids(answer) };
    if (verdict === "unclear")
      return {
        applied: false,
        as: "unknown",
        why: "The object was changed by somebody while our own call went unanswered; look whether it was done before.",
        auditIds: ids(answer),
      };
    // Refused for certain. If only what churns has moved, the new version is a new precondition, written down first.
    const moved = object && (await stillApproved(bench, cluster, errand));
    if (!moved)
      return {
        applied: false,
        as: mayHave ? "unknown" : "failed",
        why: `The object was changed by somebody at the last moment; ${mayHave ? "whether it was done before is not known" : "nothing was done"}.`,
        auditIds: ids(answer),
      };
    // What this worker sent named a version that is gone; an earlier one may have gone on to the one that stands now.
    mayHave = errand.begunBefore;
    const next = { ...intent, ...preconditionOf(moved) };
    await hold.step((now) => ({
      type: "intended",
      fence: hold.fence,
      intent: next,
      leaseUntil: now + bench.leaseMs,
      ...keptOf(moved),
    }));
    intent = next;
  }
  if (mayHave && shows(await current(session, errand)) === "done") return { applied: true, told: false, auditIds: [] };
  const why = mayHave
    ? "The cluster did not say whether it was done."
    : "The object never held still; nothing was done.";
  return { applied: false, as: mayHave ? "unknown" : "failed", why, auditIds: [] };
}

async function tryApply(call: () => Promise<ApiAnswer>): Promise<ApiAnswer | ClusterFault> {
  try {
    return await call();
  } catch (fault) {
    if (fault instanceof ClusterFault) return fault;
    throw fault;
  }
}

/** The plan made anew of the object as it is, if it is still the one that was approved. */
async function stillApproved(bench: Bench, cluster: Cluster, { request }: Errand): Promise<FreshPlan | undefined> {
  const session = await cluster.session(reader, request.id);
  const plan = await makePlan(bench, session, request);
  if ("unplannable" in plan) return undefined;
  return digestOf(askerOf(request), plan) === request.digest ? plan : undefined;
}

/** What an intent keeps of what its call removes. */
export function keptOf({ keep }: FreshPlan): { readonly kept?: string } {
  return keep === undefined ? {} : { kept: keep };
}

/** What an intent names of a plan that was just made. */
export function preconditionOf({ live }: ChangePlan): Omit<Precondition, "step"> {
  const { resourceVersion, generation } = live;
  return { resourceVersion, ...(generation === undefined ? {} : { generation }) };
}

function aboutOf(stamp: Stamp, { generation }: Precondition): About {
  return { stamp, generation };
}

/** The object that shows what was done as it is, or undefined when it is not there. */
export async function current(
  session: Session,
  { request, plan }: { readonly request: Errand["request"] | Unknown; readonly plan: ChangePlan },
): Promise<KubeObject | undefined> {
  const { mark } = actOf(changeOf(request.operation));
  try {
    return (await session.get(mark?.(plan, request.id) ?? refOf(plan.object))).object;
  } catch (fault) {
    if (fault instanceof ClusterFault && fault.code === "not-found") return undefined;
    throw fault;
  }
}

/** The `Audit-Id` of a refusal, where the server gave one. */
export function ids(fault: ClusterFault): readonly string[] {
  return fault.auditId === undefined ? [] : [fault.auditId];
}
