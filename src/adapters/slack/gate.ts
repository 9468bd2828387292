import type { AnyMiddlewareArgs, Context, Middleware } from "@slack/bolt";
import { isRefusal, type Refusal } from "../../operation/refusal.ts";
import { late, orLate, safely } from "./answer.ts";
import { codeOf } from "./api-fault.ts";
import { type Arrival, kindOf, readArrival, textAt } from "./arrival.ts";
import type { Flight } from "./flight.ts";
import { type Front, recordRefusal } from "./front.ts";
import { noticeModal, refusalModal } from "./modals.ts";
import type { SignedDelivery } from "./receivers.ts";
import { reply } from "./whisper.ts";
import { refusalWords } from "./words.ts";

/** Slack signs at most this long before it sends; a time further off, in the past or the future, is a replay or a clock gone wrong. */
const clockSkew = 300_000;
const bodyKept = 2 * clockSkew + 60_000;
const deedKept = 3_600_000;
const recordsPatience = 2_000;

const outage = "Countersign cannot reach its records now, so nothing was done. Try again in a minute.";

type Acknowledge = (answer?: unknown) => Promise<void>;

/** Stands before every listener: our app, our workspaces, in time, and each deed once. */
export function createGate(front: Front, flight: Flight): Middleware<AnyMiddlewareArgs> {
  const { log } = front.ports;
  return (args) =>
    flight.run(async () => {
      const { body, context, next } = args;
      const acknowledge = acknowledgeOf(args);
      // The app subscribes to no events; Bolt has acknowledged this one already.
      if (!acknowledge) return;
      const arrival = readArrival(body, front.settings);
      if (isRefusal(arrival)) return refuseStranger(front, body, acknowledge, arrival);
      const first = await isFirst(front, arrival, deliveryOf(context));
      if (first === true) {
        context["arrival"] = arrival;
        await next();
      } else if (first === "outage") await safely(log, () => acknowledge(answerOf(arrival.kind, outage)));
      else await safely(log, () => acknowledge());
    });
}

/** Who did what where, as the gate let it in. */
export function arrivalOf(context: Context): Arrival {
  const arrival: unknown = context["arrival"];
  if (typeof arrival !== "object" || arrival === null) throw new Error("a listener was reached around the gate");
  return arrival as Arrival;
}

/** Whether this deed is in time and was never seen; when that cannot be told, nothing may happen. */
async function isFirst(
  { ports }: Front,
  arrival: Arrival,
  delivery: SignedDelivery | undefined,
): Promise<boolean | "outage"> {
  const { once, log } = ports;
  const skew = delivery ? Date.now() - delivery.signedAt : 0;
  if (!(Math.abs(skew) <= clockSkew)) {
    log.warn("a delivery was signed too far from now", { skewMs: skew, kind: arrival.kind });
    return false;
  }
  const seen = (async () => {
    if (delivery && !(await once.first(`slack:body:${delivery.digest}`, bodyKept))) return false;
    return once.first(`slack:${arrival.deed}`, deedKept);
  })();
  try {
    const answer = await orLate(seen, recordsPatience);
    if (answer !== late) {
      if (!answer) log.info("a repeated delivery was dropped", { kind: arrival.kind });
      return answer;
    }
    log.error("the records did not answer in time", { kind: arrival.kind });
    seen.catch(() => undefined);
  } catch (fault) {
    log.error("the records could not be reached", { kind: arrival.kind, code: codeOf(fault) });
  }
  return "outage";
}

async function refuseStranger(front: Front, body: unknown, acknowledge: Acknowledge, refusal: Refusal): Promise<void> {
  const { log, directory } = front.ports;
  const kind = kindOf(textAt(body, ["type"]), textAt(body, ["command"]));
  const team = textAt(body, ["team", "id"]) ?? textAt(body, ["team_id"]);
  const user = textAt(body, ["user", "id"]) ?? textAt(body, ["user_id"]);
  log.warn("a stranger was refused", { code: refusal.refused, kind: kind ?? "unknown", team: team ?? "none" });
  await safely(log, () => acknowledge(kind && answerOf(kind, refusalWords(refusal), refusal)));
  const subject = team && user ? await directory.bySlack(team, user) : undefined;
  if (subject) await recordRefusal(front, subject, refusal);
}

/** A no in the form that the kind of arrival can be answered in. A click cannot be: Slack takes no text for it. */
function answerOf(kind: Arrival["kind"], says: string, refusal?: Refusal): unknown {
  switch (kind) {
    case "command":
      return { response_type: "ephemeral", ...reply(says) };
    case "form":
      return { response_action: "update", view: refusal ? refusalModal(refusal) : noticeModal(says) };
    case "click":
      return undefined;
  }
}

function acknowledgeOf(args: AnyMiddlewareArgs): Acknowledge | undefined {
  const ack: unknown = "ack" in args ? args.ack : undefined;
  return typeof ack === "function" ? (ack as Acknowledge) : undefined;
}

function deliveryOf(context: Context): SignedDelivery | undefined {
  const delivery: unknown = context["delivery"];
  return typeof delivery === "object" && delivery !== null ? (delivery as SignedDelivery) : undefined;
}
