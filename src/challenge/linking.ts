import { canonical, sha256 } from "../audit/canonical.ts";
import type { LinkingSeal, ListedDirectory, NamedAccount, SlackLinkStore, StartedLinking } from "../link-port.ts";
import type { LoggedIn, LoginBegun, Logins } from "../login-port.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import type { Attestor, Directory, Trail } from "../ports.ts";
import { refuseStaleLogin } from "./fresh-login.ts";
import { linkStatement } from "./slack-link.ts";

/** What is to be confirmed: this account would speak for this subject. */
export interface ToConfirm {
  readonly subject: string;
  readonly account: NamedAccount;
}

/**
 * Linking a Slack account to who its person is at the identity provider: begun in that account, logged in on our page,
 * and confirmed there. Nothing before the confirmation changes anything.
 */
export interface Linking {
  /** A link for this account, good for ten minutes. */
  start(account: NamedAccount, now: number): string;
  /** Which account would be linked, and where its person is to log in. */
  offer(link: string): Promise<{ readonly account: NamedAccount; readonly provider: string } | Refusal>;
  begin(link: string): Promise<LoginBegun | Refusal>;
  /** Who logged in, and what their browser is to keep until they confirm. */
  back(loggedIn: LoggedIn): Promise<{ readonly confirm: ToConfirm; readonly kept: string } | Refusal>;
  /** Links the account, once. */
  confirm(kept: string): Promise<{ readonly says: string } | Refusal>;
}

/** As long as a step-up (NIST SP 800-63B-4 section 3.1.3). */
const linkingMs = 600_000;

interface Carried {
  readonly link: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly begunAt: number;
}

const dead = () => refuse("link-not-valid", "This link is not valid any more.", "Ask for a new one in Slack.");

export function createLinking(ports: {
  readonly seal: LinkingSeal;
  readonly logins: Pick<Logins, "host" | "begin">;
  /** Why a token, whose signature holds, is of no login that counts; undefined when it is. */
  readonly whyWeak: (token: string) => string | undefined;
  readonly links: Pick<SlackLinkStore, "read" | "keep">;
  /** Of the linked accounts as well; `listed` speaks for itself alone. */
  readonly directory: Pick<Directory, "subject" | "bySlack">;
  readonly listed: Pick<ListedDirectory, "claims">;
  readonly attestor: Pick<Attestor, "attest">;
  readonly trail: Pick<Trail, "append">;
  readonly clock: { now(): Promise<number> };
}): Linking {
  const { seal, logins, whyWeak, links, directory, listed, attestor, trail, clock } = ports;

  /** What a link stands for, while it is good and its account is still nobody's. */
  async function open(link: string): Promise<{ readonly started: StartedLinking; readonly now: number } | Refusal> {
    const started = seal.read(link);
    const now = await clock.now();
    if (!started || now > started.expiresAt) return dead();
    const { team, user } = started;
    const known = await directory.bySlack(team, user);
    if (known) return refuse("already-linked", `This Slack account is linked to ${known.sub}.`, ended);
    if (await listed.claims(started))
      return refuse(
        "already-linked",
        "The directory says whose this Slack account is.",
        "An administrator changes it.",
      );
    return { started, now };
  }

  /** Only whom the directory lists is anybody; that somebody else tried stands in the trail. */
  async function refuseStranger(sub: string, { team, user }: NamedAccount): Promise<Refusal | undefined> {
    if (await directory.subject(sub)) return undefined;
    await trail.append({ kind: "identity.refused", subject: sub, team, user, code: "not-listed" });
    return refuse(
      "not-listed",
      `You logged in as ${sub}, whom the directory does not list.`,
      "Log in as somebody it lists, or ask an administrator to add you.",
    );
  }

  return {
    start: (account, now) => seal.make({ ...account, expiresAt: now + linkingMs }),

    async offer(link) {
      const opened = await open(link);
      return isRefusal(opened) ? opened : { account: accountOf(opened.started), provider: logins.host };
    },

    async begin(link) {
      const opened = await open(link);
      if (isRefusal(opened)) return opened;
      const carried: Carried = { link, begunAt: opened.now };
      return logins.begin({ end: "link", nonce: nonceOf(link), carry: JSON.stringify(carried) });
    },

    async back({ carried, token }) {
      const { link, begunAt } = JSON.parse(carried) as Carried;
      const opened = await open(link);
      if (isRefusal(opened)) return opened;
      const stale = refuseStaleLogin(token, begunAt);
      if (stale) return stale;
      const weak = whyWeak(token.token);
      if (weak !== undefined)
        return refuse("too-weak", `This login does not count: ${weak}.`, "Log in as it asks for.");
      const account = accountOf(opened.started);
      const { subject } = token;
      const no = await refuseStranger(subject, account);
      return no ?? { confirm: { subject, account }, kept: seal.close({ link, subject }) };
    },

    async confirm(kept) {
      const unconfirmed = seal.open(kept);
      if (!unconfirmed) return dead();
      const { link, subject } = unconfirmed;
      const opened = await open(link);
      if (isRefusal(opened)) return opened;
      const { started, now } = opened;
      const no = await refuseStranger(subject, started);
      if (no) return no;
      const { team, user, salt } = started;
      const said = { team, user, subject, at: now };
      const signed = { ...said, signature: attestor.attest(linkStatement(said)) };
      // What lies there is none that counts, or it would have been found.
      const answer = await links.keep(signed, salt, await links.read(started));
      if (answer !== "kept") return dead();
      return { says: `The Slack account @${started.name} (${user}) is linked: it speaks for ${subject} now.` };
    },
  };
}

const ended = "An administrator ends a link with `countersign identity unlink`.";

function accountOf({ team, user, name, workspace }: StartedLinking): NamedAccount {
  return { team, user, name, workspace };
}

/** What the provider signs: this very linking, and no plan. */
function nonceOf(link: string): string {
  return Buffer.from(sha256(canonical({ v: "countersign.linking.v1", link })), "hex").toString("base64url");
}
