import type { Faults } from "./workspace.ts";

/** What goes wrong with the call at hand. */
export type Fault =
  | { readonly kind: "rate-limited"; readonly retryAfterSeconds: number }
  | { readonly kind: "reply-lost" }
  | { readonly kind: "failed"; readonly status: number }
  | { readonly kind: "refused"; readonly error: string };

interface Planned {
  readonly method: string;
  readonly fault: Fault;
  left: number;
}

/** The faults asked for and not yet used up. */
export class FaultPlan implements Faults {
  readonly #refreshSockets: () => void;
  #planned: Planned[] = [];
  #copies = 1;

  constructor(refreshSockets: () => void) {
    this.#refreshSockets = refreshSockets;
  }

  get copies(): number {
    return this.#copies;
  }

  /** The first fault planned for this method, which this call uses up. */
  take(method: string): Fault | undefined {
    const hit = this.#planned.find((planned) => planned.method === method || planned.method === "*");
    if (!hit) return undefined;
    hit.left -= 1;
    this.#planned = this.#planned.filter(({ left }) => left > 0);
    return hit.fault;
  }

  rateLimit(method: string, retryAfterSeconds: number, times = 1): void {
    this.#plan(method, { kind: "rate-limited", retryAfterSeconds }, times);
  }

  loseReply(method: string, times = 1): void {
    this.#plan(method, { kind: "reply-lost" }, times);
  }

  fail(method: string, status: number, times = 1): void {
    this.#plan(method, { kind: "failed", status }, times);
  }

  refuse(method: string, error: string, times = 1): void {
    this.#plan(method, { kind: "refused", error }, times);
  }

  duplicateDeliveries(copies: number): void {
    this.#copies = copies;
  }

  refreshSockets(): void {
    this.#refreshSockets();
  }

  clear(): void {
    this.#planned = [];
    this.#copies = 1;
  }

  #plan(method: string, fault: Fault, times: number): void {
    if (times > 0) this.#planned.push({ method, fault, left: times });
  }
}
