import type { StartedStepUp } from "../../challenge/step-up.ts";
import type { NamedAccount } from "../../ports/link.ts";
import type { Directory, Once, RequestStore, Showcase, Trail } from "../../ports.ts";
import type { Brake } from "../../request/brake.ts";
import type { Lifecycle } from "../../request/lifecycle.ts";
import type { Pushing } from "../../request/pushing.ts";
import type { Log } from "./log.ts";

export interface SlackSettings {
  readonly mode: "socket" | "http";
  readonly botToken: string;
  /** Needed in socket mode. */
  readonly appToken?: string;
  /** Needed in http mode. */
  readonly signingSecret?: string;
  readonly appId: string;
  /** The workspaces that may speak to us; every other one is refused. */
  readonly teams: readonly string[];
  /** With its slash, such as `/k8s`. */
  readonly command: string;
  /** Channel id of the cards; also of the thread when a request was typed in a direct message. */
  readonly approvalsChannel: string;
  /** Channel id; told when somebody says that a push was not theirs. */
  readonly securityChannel: string;
  /** Where http mode listens. */
  readonly host: string;
  readonly port: number;
  /** Another Web API than Slack's own, with the trailing slash: for the lab. */
  readonly slackApiUrl?: string;
  /** How many connections socket mode holds; 2 unless told. */
  readonly connections?: number;
  readonly clusters: readonly string[];
  readonly defaultCluster: string;
  /** Keeps Slack's limit of one message a second and channel. */
  readonly pace: boolean;
}

export interface SlackPorts {
  readonly lifecycle: Lifecycle;
  readonly brake: Brake;
  readonly store: RequestStore;
  readonly showcase: Showcase;
  readonly once: Once;
  readonly directory: Directory;
  readonly trail: Trail;
  readonly log: Log;
  /** Where a person proves presence on our own page; absent: there is none, and Slack offers none. */
  readonly stepUpAddress?: (about: Omit<StartedStepUp, "salt" | "expiresAt">, now: number) => string;
  /** Where a person links this account to themselves; absent: only the directory says whose an account is. */
  /** Whether the provider says who is in which groups: then those who are linked log in for that as well. */
  readonly readsGroups?: boolean;
  readonly linkAddress?: (account: NamedAccount, now: number) => string;
  /** Absent: no provider sends pushes. */
  readonly pushing?: Pushing;
}
