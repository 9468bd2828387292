import type { Response } from "../challenge/challenge.ts";
import { challengeOf } from "../challenge/evidence.ts";
import { type Purpose, type StartedStepUp, stepUpMs } from "../challenge/step-up.ts";
import { nameToType } from "../operation/destructive.ts";
import { reasonLength } from "../operation/parse.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import { secretIn } from "../operation/secret.ts";
import { plainLine } from "../operation/words.ts";
import type { AuthenticatorName } from "../policy/authenticator.ts";
import type { Subject } from "../policy/subject.ts";
import type { Directory, RequestStore, StepUpLinks, Trail } from "../ports.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { digestFor, standingFor } from "./purpose.ts";
import { inWords, type Request } from "./request.ts";
import { type Sheet, sheetOf } from "./sheet.ts";

/** What our own page shows one person before they prove presence. */
export interface StepUpOffer {
  readonly subject: string;
  readonly purpose: Purpose;
  readonly sheet: Sheet;
  /** To be typed first, letter by letter. */
  readonly toType?: string;
  /** By which of {@link pageWays} they can prove it, weakest first. */
  readonly ways: readonly AuthenticatorName[];
  /** What a passkey is to sign, or the provider as its nonce: 32 bytes, base64url. */
  readonly challenge: string;
  /** Ids of the passkeys that count as theirs. */
  readonly passkeys: readonly string[];
}

/** What the page sends back. */
export interface StepUpAnswer {
  readonly by: AuthenticatorName;
  /** What the browser brought; as it came, so it can be anything. */
  readonly given: string;
  /** What was typed where a name is to be typed. */
  readonly typed: string;
  /** How they know what came of it; read only where that is what they say. */
  readonly why: string;
}

/** Proof of presence on our own page, behind a link. Looking at it uses nothing up; the answer that counts does. */
export interface StepUps {
  /** A link for one person, one request and one end; it is good for ten minutes at most. */
  start(about: Omit<StartedStepUp, "salt" | "expiresAt">, now: number): string;
  offer(link: string): Promise<StepUpOffer | Refusal>;
  /** What became of it, in a sentence or two. */
  answer(link: string, answer: StepUpAnswer): Promise<{ readonly says: string } | Refusal>;
}

/** What our own page can take. */
const pageWays: readonly AuthenticatorName[] = ["login", "passkey"];

interface Open {
  readonly started: StartedStepUp;
  readonly request: Request;
  readonly subject: Subject;
  readonly now: number;
}

export function createStepUps(ports: {
  readonly lifecycle: Lifecycle;
  readonly store: Pick<RequestStore, "read">;
  readonly directory: Pick<Directory, "subject">;
  readonly links: StepUpLinks;
  readonly trail: Pick<Trail, "append">;
}): StepUps {
  const { lifecycle, store, directory, links, trail } = ports;

  async function open(link: string): Promise<Open | Refusal> {
    const started = links.read(link);
    const stored = started && (await store.read(started.request));
    const subject = started && (await directory.subject(started.subject));
    if (!stored || !subject || stored.now > started.expiresAt)
      return refuse("link-not-valid", "This link is not valid any more.", "Open it again from the form in Slack.");
    return { started, request: stored.request, subject, now: stored.now };
  }

  async function act({ started, request: { id }, subject }: Open, response: Response, why: string) {
    const { purpose } = started;
    if (purpose === "prove") return lifecycle.prove(id, subject, response);
    if (purpose === "approve") return lifecycle.approve(id, subject, response);
    if (purpose === "reviewed") return lifecycle.closeReview(id, subject, { why, response });
    return lifecycle.settle(id, subject, { as: purpose, why, response });
  }

  /** Somebody tried who must not: that stands in the trail. */
  async function recordNo({ started: { purpose }, request, subject }: Open, { refused }: Refusal): Promise<void> {
    if (purpose === "prove" || (refused !== "own-request" && refused !== "not-an-approver")) return;
    await trail.append({ kind: kindOfNo(purpose), request: request.id, subject: subject.sub, code: refused });
  }

  return {
    start: (about, now) => links.make({ ...about, expiresAt: now + stepUpMs }),

    async offer(link) {
      const opened = await open(link);
      if (isRefusal(opened)) return opened;
      const { started, request, subject } = opened;
      const stands = await standingFor(lifecycle, started.purpose, opened);
      if (!stands.may) return stands.refusal;
      const ways = stands.ways.filter((way) => pageWays.includes(way));
      const no = unfit(stands.ways, ways, sheetOf(request));
      if (no) return no;
      const toType = toTypeFor(opened);
      return {
        subject: subject.sub,
        purpose: started.purpose,
        sheet: sheetOf(request),
        ...(toType === undefined ? {} : { toType }),
        ways,
        challenge: challengeOf({ digest: digestFor(request, started.purpose), subject: subject.sub }, started),
        passkeys: (subject.passkeys ?? []).map(({ id }) => id),
      };
    },

    async answer(link, { by, given, typed, why }) {
      const opened = await open(link);
      if (isRefusal(opened)) return opened;
      const { started, request } = opened;
      const toType = toTypeFor(opened);
      if (toType !== undefined && typed !== toType)
        return refuse(
          "bad-arguments",
          "That is not the name of what this removes.",
          `Type ${toType}, letter by letter.`,
        );
      if (!sheetOf(request).readable) return refuse("not-in-this-state", sheetOf(request).tooLong);
      const { salt, expiresAt } = started;
      const said = plainLine(why).slice(0, reasonLength);
      const secret = secretIn(said);
      if (secret)
        return refuse("secret-in-text", `This seems to hold ${secret}.`, "Say it without, and rotate it now.");
      const done = await act(opened, { by, given, started: { salt, expiresAt } }, said);
      if (!isRefusal(done)) return { says: `${doneWords(done, started)} The request is ${inWords(done.state)}.` };
      await recordNo(opened, done);
      return done;
    },
  };
}

function kindOfNo(purpose: Exclude<Purpose, "prove">) {
  if (purpose === "reviewed") return "review.refused";
  return purpose === "approve" ? "approval.refused" : "settlement.refused";
}

function doneWords(request: Request, { purpose, subject }: StartedStepUp): string {
  if (purpose === "prove") return "Your presence is proved.";
  if (purpose === "reviewed") return "The review is closed.";
  if (purpose !== "approve") return "What you said is recorded.";
  // Policy is decided again as a yes lands, and its no ends the request without that yes.
  const approvals = "approvals" in request ? (request.approvals ?? []) : [];
  const counts = approvals.some((approval) => approval.subject === subject);
  return counts ? "Your approval is recorded." : "Your approval does not count.";
}

/** Why this page is not the place for it. */
function unfit(
  all: readonly AuthenticatorName[],
  here: readonly AuthenticatorName[],
  { readable, tooLong }: Sheet,
): Refusal | undefined {
  if (!readable) return refuse("not-in-this-state", tooLong);
  if (all.length === 0)
    return refuse("not-in-this-state", "No proof is asked of you now.", "Send the form in Slack as it is.");
  if (here.length === 0)
    return refuse(
      "not-enrolled",
      "Neither a passkey nor a login of yours counts here.",
      "Prove presence in Slack's form.",
    );
  return undefined;
}

/** Who says what came of it changes nothing in the cluster. */
function toTypeFor({ started: { purpose }, request }: Open): string | undefined {
  return purpose === "prove" || purpose === "approve" ? nameToType(request.operation) : undefined;
}
