import type { Directory } from "../ports.ts";

// What linking a Slack account to a subject asks of the outside, with the guarantee each must give.

/** A Slack account, by team id and user id; never by a name. */
export interface SlackAccount {
  readonly team: string;
  readonly user: string;
}

/** An account that its person linked to themselves, as web signed it. */
export interface SlackLink extends SlackAccount {
  readonly subject: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly at: number;
  readonly signature: string;
}

/** An account as people are told of it. The name and the workspace's are theirs to choose, and identify nobody. */
export interface NamedAccount extends SlackAccount {
  readonly name: string;
  readonly workspace: string;
}

/** A linking that was begun in Slack. */
export interface StartedLinking extends NamedAccount {
  /** 256 random bits, base64url. */
  readonly salt: string;
  /** Milliseconds since 1970, by Redis's clock. */
  readonly expiresAt: number;
}

/** Who logged in behind a link, and has yet to confirm it. */
export interface Unconfirmed {
  readonly link: string;
  readonly subject: string;
}

/** Makes the links, and seals what a browser keeps until it confirms. Only the web process holds one. */
export interface LinkingSeal {
  /** A new link, with a salt of its own. */
  make(about: Omit<StartedLinking, "salt">): string;
  /** What a link of ours stands for, however old it is; undefined for any other text. */
  read(link: string): StartedLinking | undefined;
  close(unconfirmed: Unconfirmed): string;
  /** Undefined for anything that is not as it was sealed. */
  open(sealed: string): Unconfirmed | undefined;
}

/** Links as they are kept, as text: whoever can write records can write any, so who reads one must ask who signed it. */
export interface SlackLinkStore {
  read(account: SlackAccount): Promise<string | undefined>;
  all(): Promise<readonly string[]>;
  /** Keeps a link where `expect` lies, or nothing; each salt once. In the same act it is recorded, and people are told. */
  keep(link: SlackLink, salt: string, expect: string | undefined): Promise<"kept" | "moved" | "used">;
  /** Takes away what lies there, which is recorded and told as well; false = something else lies there now. */
  end(account: SlackAccount, text: string, subject: string, by: string): Promise<boolean>;
}

/** A directory that says of which Slack accounts it speaks itself. */
export interface ListedDirectory extends Directory {
  /** Whether it says whose this is, be it of somebody who is nobody now: then nothing else does. */
  claims(account: SlackAccount): Promise<boolean>;
}
