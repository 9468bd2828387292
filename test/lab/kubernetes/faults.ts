/** Where the connection is cut: the caller cannot tell the two apart. */
export type Cut = "before-effect" | "after-effect";

/** Misfortunes on demand. Each holds for the next `times` requests whose method and path match, then is over. */
export interface Faults {
  /** Cuts the connection of mutating requests. */
  drop(cut: Cut, path: RegExp, times?: number): void;
  /** Answers with this status instead of doing anything. */
  answer(status: number, path: RegExp, times?: number): void;
  /** Waits before doing anything. */
  delay(ms: number, path: RegExp, times?: number): void;
  /** Ends all watches that are open now, without a word. */
  cutWatches(): void;
  /** Forgets the past: watches from any version before now get 410. */
  compact(): void;
  /** Pods that start from now on never become ready, until called with false. */
  stallPods(stalled: boolean): void;
  clear(): void;
}

interface Rule {
  readonly kind: "before-effect" | "after-effect" | "answer" | "delay";
  readonly path: RegExp;
  /** Status or milliseconds. */
  readonly value: number;
  left: number;
}

/** The faults that concern single requests, and the rule that applies next. */
export class RequestFaults {
  #rules: Rule[] = [];

  add(kind: Rule["kind"], path: RegExp, times: number, value = 0): void {
    this.#rules.push({ kind, path, value, left: times });
  }

  clear(): void {
    this.#rules = [];
  }

  /** Uses up one of the matching rules of that kind and answers its value, or undefined when there is none. */
  take(kind: Rule["kind"], method: string, path: string): number | undefined {
    const drops = kind === "before-effect" || kind === "after-effect";
    if (drops && (method === "GET" || method === "HEAD")) return undefined;
    const rule = this.#rules.find((one) => one.kind === kind && one.left > 0 && one.path.test(path));
    if (!rule) return undefined;
    rule.left -= 1;
    return rule.value;
  }
}
