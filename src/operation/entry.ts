import type { Namespace } from "./name.ts";
import type { RbacRule } from "./rbac-rule.ts";
import type { Refusal } from "./refusal.ts";

/** One line of the catalogue: everything that is true of every use of an operation. */
export interface Entry<O> {
  readonly usage: string;
  readonly summary: string;
  /** `@read` costs no prompt by itself; `@change` alters the cluster. */
  readonly group: "@read" | "@change";
  /**
   * Its call may be sent again with the same precondition after a crash without a second effect. One that is not is
   * sent once, ever: where its answer is lost, the object is looked at, and what that does not show is `unknown`.
   */
  readonly idempotent: boolean;
  /** The service account it runs under, in the namespace of the operation accounts. */
  readonly account: string;
  /** All that this account may do. */
  readonly rules: readonly RbacRule[];
  /** What the reader's account must be able to read so that it can be planned. */
  readonly plansWith?: readonly RbacRule[];
  /** It acts on objects of namespaces that only its plan can name. */
  readonly spreads?: true;
  /** The command that asks for it, without namespace, cluster and reason. */
  say(operation: O): string;
  /** A title: "Restart api". Where it happens is added by whoever shows it. */
  headline(operation: O): string;
  /** What the requester wants done, to stand after "asks to". */
  wish(operation: O): string;
}

/** A way to speak: the words a command begins with, and how the rest of it is read. */
export interface Form<O = unknown> {
  readonly words: string;
  readonly usage: string;
  /** `needed`: `-n` must be given; `none`: it means nothing here. */
  readonly namespace: "needed" | "optional" | "none";
  /** What it takes beside `-n` and `-c`. */
  readonly flags?: Readonly<Record<string, Flag>>;
  read(typed: Typed): O | Refusal;
}

export interface Flag {
  readonly short?: string;
  /** Takes no value. */
  readonly isSwitch?: true;
}

/** What was typed after the words of a form, split and checked as far as the form says. */
export interface Typed {
  readonly cluster: string;
  readonly namespace: Namespace | undefined;
  readonly positionals: readonly string[];
  /** Flag -> its value; "" for a switch that was set. */
  readonly flags: Readonly<Record<string, string>>;
  readonly usage: string;
  /** Behind ` -- `; changes are refused without one. */
  readonly reason: string;
}
