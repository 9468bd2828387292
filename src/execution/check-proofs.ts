import type { Proof } from "../challenge/challenge.ts";
import { isStrongEnough } from "../challenge/verify.ts";
import type { Requirements, StepUp } from "../policy/policy.ts";
import { openStage } from "../policy/stages.ts";
import type { Executing, Granted } from "../request/request.ts";
import type { Bench } from "./bench.ts";

/**
 * Says which proof in the record the worker must not believe, or undefined when none. What the web process says it saw it
 * cannot see; what somebody else signed it checks again by keys of its own, so that where the tier asks for bound proof
 * even all that the web process holds, its signing key too, makes nothing run.
 */
export async function whyNotProved(
  { witness }: Pick<Bench, "witness">,
  request: Granted | Executing,
  requirements: Requirements,
): Promise<string | undefined> {
  const { requester, approvers } = request.grant.grant;
  const asked: [subject: string, stepUp: StepUp | undefined, proof: Proof | undefined][] = [
    [requester, requirements.stepUp, request.proof],
    ...approvers.map((subject, i): [string, StepUp | undefined, Proof | undefined] => [
      subject,
      openStage(requirements, i)?.rule.stepUp,
      request.approvals.find((approval) => approval.subject === subject)?.proof,
    ]),
  ];
  for (const [subject, demand, proof] of asked) {
    const why = demand && (await whyOne(witness, request, subject, demand, proof));
    if (why !== undefined) return why;
  }
  return undefined;
}

async function whyOne(
  witness: Bench["witness"],
  { digest }: Granted | Executing,
  subject: string,
  stepUp: StepUp,
  proof: Proof | undefined,
): Promise<string | undefined> {
  if (!proof) return `no proof of presence of ${subject} is in the record`;
  if (proof.subject !== subject) return `the proof of ${subject} was given by somebody else`;
  if (!isStrongEnough(proof, stepUp)) return `the proof of ${subject} is not what this tier asks for`;
  if (stepUp.within === undefined && proof.digest !== digest) return `the proof of ${subject} is for another plan`;
  const why = proof.evidence && (await witness.whyNot(proof));
  return why === undefined ? undefined : `the proof of ${subject} does not stand up: ${why}`;
}
