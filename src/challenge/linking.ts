import { canonical, sha256 } from "../audit/canonical.ts";
import { isRefusal, type Refusal, refuse } from "../operation/refusal.ts";
import type { LinkingSeal, ListedDirectory, NamedAccount, SlackLinkStore, StartedLinking } from "../ports/link.ts";
import type { LoggedIn, LoginBegun, Logins } from "../ports/login.ts";
import type { Refreshed } from "../ports/membership.ts";
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
  /** Which account would be linked, and where its person is to log in. `known`: whose it is, who logs in for their groups. */
  offer(link: string): Promise<LinkOffer | Refusal>;
  begin(link: string): Promise<LoginBegun | Refusal>;
  /** Who logged in, and what their browser is to keep until they confirm; of an account that is theirs already, their groups. */
  back(loggedIn: LoggedIn): Promise<{ readonly confirm: ToConfirm; readonly kept: string } | Said | Refusal>;
  /** Links the account, once. */
  confirm(kept: string): Promise<Said | Refusal>;
}

interface Said {
  readonly says: string;
}

export interface LinkOffer {
  readonly account: NamedAccount;
  readonly provider: string;
  readonly known?: string;
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
  /** Keeps what the provider says of who logged in, and answers their groups by it; absent: groups are none of its business. */
  readonly membership?: (subject: string, brought: Refreshed) => Promise<readonly string[]>;
  readonly attestor: Pick<Attestor, "attest">;
  readonly trail: Pick<Trail, "append">;
  readonly clock: { now(): Promise<number> };
}): Linking {
  const { seal, logins, whyWeak, links, directory, listed, membership, attestor, trail, clock } = ports;

  /** What a link stands for, while it is good and its account is nobody's, or of somebody whose groups are to be read. */
  async function open(link: string): Promise<Open | Refusal> {
    const started = seal.read(link);
    const now = await clock.now();
    if (!started || now > started.expiresAt) return dead();
    const { team, user } = started;
    const known = await directory.bySlack(team, user);
    if (known && membership) return { started, now, known: known.sub };
    if (known) return linkedTo(known.sub);
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
      if (isRefusal(opened)) return opened;
      const { started, known } = opened;
      return { account: accountOf(started), provider: logins.host, ...(known === undefined ? {} : { known }) };
    },

    async begin(link) {
      const opened = await open(link);
      if (isRefusal(opened)) return opened;
      const carried: Carried = { link, begunAt: opened.now };
      return logins.begin({ end: "link", nonce: nonceOf(link), carry: JSON.stringify(carried) });
    },

    async back({ carried, token, refresh }) {
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
      const { known } = opened;
      if (known !== undefined && known !== subject) return linkedTo(known);
      const no = await refuseStranger(subject, account);
      if (no) return no;
      const groups = membership && (await readGroups(membership, { subject, token: token.token, refresh }));
      if (groups && isRefusal(groups)) return groups;
      return known !== undefined && groups
        ? { says: groups.says }
        : { confirm: { subject, account }, kept: seal.close({ link, subject }) };
    },

    async confirm(kept) {
      const unconfirmed = seal.open(kept);
      if (!unconfirmed) return dead();
      const { link, subject } = unconfirmed;
      const opened = await open(link);
      if (isRefusal(opened)) return opened;
      const { started, now, known } = opened;
      if (known !== undefined) return linkedTo(known);
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

interface Open {
  readonly started: StartedLinking;
  readonly now: number;
  readonly known?: string;
}

function linkedTo(subject: string): Refusal {
  const ended = "An administrator ends a link with `countersign identity unlink`.";
  return refuse("already-linked", `This Slack account is linked to ${subject}.`, ended);
}

/** What the provider says of who has just logged in, in a sentence. */
async function readGroups(
  membership: (subject: string, brought: Refreshed) => Promise<readonly string[]>,
  brought: { readonly subject: string; readonly token: string; readonly refresh: string | undefined },
): Promise<Said | Refusal> {
  const { subject, token, refresh } = brought;
  if (refresh === undefined)
    return refuse(
      "evidence",
      "The provider gives us no way to ask anew which groups you are in.",
      "An administrator lets this client have offline_access.",
    );
  const groups = await membership(subject, { token, refresh });
  return { says: `You are ${subject}, and the provider says that you are in ${groups.join(", ") || "no group"}.` };
}

function accountOf({ team, user, name, workspace }: StartedLinking): NamedAccount {
  return { team, user, name, workspace };
}

/** What the provider signs: this very linking, and no plan. */
function nonceOf(link: string): string {
  return Buffer.from(sha256(canonical({ v: "countersign.linking.v1", link })), "hex").toString("base64url");
}
