import { setTimeout as sleep } from "node:timers/promises";
import { generateSync } from "otplib";

/** RFC 6238's time step, in ms. */
const stepMs = 30_000;

/** One entry of an authenticator app, as a person's phone holds it. */
export interface Phone {
  readonly label: string;
  /** The secrets of its enrolment, for tests that look for them where they must not be. */
  readonly seed: string;
  readonly link: string;
  readonly recoveryCodes: readonly string[];
  /** What the screen shows now. */
  shown(): { readonly code: string; readonly secondsLeft: number };
  /** A code that was not given before: waits for the next one where a person would have to. */
  fresh(): Promise<string>;
}

/**
 * Enrols a phone as its owner would: opens the one-time link, scans, types the first code. The code of the step before
 * is typed, which a real phone's slow owner does too, so that the one on the screen is still good.
 */
export async function enrolPhone(link: string): Promise<Phone> {
  const { origin, pathname, hash } = new URL(link);
  const page = `${origin}${pathname}`;
  const secret = hash.slice(1);
  const { uri } = await post(`${page}/offer`, { link: secret });
  const { searchParams, pathname: label } = new URL(String(uri));
  const seed = searchParams.get("secret") ?? "";
  const codeOf = (step: number) => generateSync({ secret: seed, epoch: (step * stepMs) / 1000 });
  const now = () => Math.floor(Date.now() / stepMs);
  let used = now() - 1;
  const confirm = () => post(`${page}/confirm`, { link: secret, code: codeOf(used) });
  const { recoveryCodes } = await confirm().catch((fault: unknown) => {
    // A step may end on the way on a busy machine: the code was right when it was typed.
    if (now() - 1 === used) throw fault;
    used = now() - 1;
    return confirm();
  });
  return {
    label: decodeURIComponent(label.replace(/^\/+/, "")),
    seed,
    link: secret,
    recoveryCodes: recoveryCodes as readonly string[],
    shown: () => ({ code: codeOf(now()), secondsLeft: Math.ceil((stepMs - (Date.now() % stepMs)) / 1000) }),
    async fresh() {
      // The verifier takes the step after this one too: a phone whose clock is a little ahead.
      while (used > now()) await sleep(stepMs - (Date.now() % stepMs));
      used = Math.max(now(), used + 1);
      return codeOf(used);
    },
  };
}

/** Types a subject and a recovery code on the page for it; answers the link it opens, or the words of the refusal. */
export async function recover(pagesUrl: string, subject: string, code: string): Promise<{ link: string } | string> {
  try {
    const { link } = await post(`${pagesUrl}/recover/begin`, { subject, code });
    return { link: `${pagesUrl}/enrol#${String(link)}` };
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault);
  }
}

async function post(url: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Readonly<Record<string, unknown>>;
  if (!response.ok) throw new Error(`${new URL(url).pathname}: ${response.status} ${String(answer["says"])}`);
  return answer;
}
