/** Where the connection is cut: the caller cannot tell the two apart. */
export type Cut = "before-effect" | "after-effect";

/** A request, as far as a fault may be decided on it. */
export interface Call {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly userAgent: string;
}

/** What becomes of one request; nothing said is nothing amiss. */
export interface Fate {
  readonly delayMs?: number;
  /** Answered with this status, and not done. */
  readonly answer?: number;
  readonly drop?: Cut;
}

/** Misfortunes on demand. Each holds for the next `times` requests whose method and path match, then is over. */
export interface Faults {
  /** Cuts the connection of mutating requests. */
  drop(cut: Cut, path: RegExp, times?: number): void;
  /** Answers with this status instead of doing anything. */
  answer(status: number, path: RegExp, times?: number): void;
  /** Waits before doing anything. */
  delay(ms: number, path: RegExp, times?: number): void;
  /** Decides on every request from now on, whatever it is; of several judges the last counts. */
  judge(decide: (call: Call) => Fate): void;
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
  #decide: (call: Call) => Fate = () => ({});

  add(kind: Rule["kind"], path: RegExp, times: number, value = 0): void {
    this.#rules.push({ kind, path, value, left: times });
  }

  judge(decide: (call: Call) => Fate): void {
    this.#decide = decide;
  }

  fateOf(call: Call): Fate {
    return this.#decide(call);
  }

  clear(): void {
    this.#rules = [];
    this.#decide = () => ({});
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
