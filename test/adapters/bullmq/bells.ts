import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import {
  answerDoorbell,
  type Bell,
  type Doorbell,
  openWake,
  type WakeOptions,
} from "../../../src/adapters/bullmq/wake.ts";
import type { Wake } from "../../../src/ports.ts";
import { eventually } from "../../contract/kubernetes/bench.ts";
import { freshPrefix, ownRedisFor } from "../../lab/redis/shared-redis.ts";
import type { RedisPeer } from "../../lab/redis/start-redis.ts";

interface Closeable {
  close(): Promise<void>;
}

/** What the suites of wake-ups share: a Redis of their own, and for each test empty queues and nothing heard yet. */
export class Bells {
  #peer: RedisPeer | undefined;
  prefix = "";
  readonly faults: unknown[] = [];
  readonly answered: string[] = [];
  readonly #open: Closeable[] = [];

  /** For the body of a `describe`. */
  constructor() {
    const bells = this;
    before(async function () {
      bells.#peer = await ownRedisFor(this);
    });
    beforeEach(() => {
      this.prefix = freshPrefix();
      this.faults.length = 0;
      this.answered.length = 0;
    });
    afterEach(async () => {
      for (const one of this.#open.splice(0).reverse()) await one.close();
    });
    after(() => this.#peer?.close());
  }

  get peer(): RedisPeer {
    if (!this.#peer) throw new Error("there is no Redis before the suite began");
    return this.#peer;
  }

  get options(): WakeOptions {
    return { url: this.peer.url, prefix: this.prefix, onFault: (fault) => void this.faults.push(fault) };
  }

  /** The same queues for BullMQ itself. */
  get raw() {
    const connection = { path: this.peer.url.slice("unix://".length), maxRetriesPerRequest: null };
    return { connection, prefix: `${this.prefix}bull` };
  }

  /** Closes it when the test is over. */
  closing<T extends Closeable>(one: T): T {
    this.#open.push(one);
    return one;
  }

  async waker(): Promise<Wake> {
    return this.closing(await openWake({ ...this.options, clusters: ["demo", "other"] }));
  }

  readonly note = async (request: string): Promise<void> => void this.answered.push(request);

  answerer(name: Bell, answer = this.note): Doorbell {
    return this.closing(answerDoorbell(name, { ...this.options, concurrency: 1 }, answer));
  }

  /** A process of its own that answers; it must be ended by the test. */
  async answererProcess(): Promise<ChildProcess> {
    const answerer = fork(join(import.meta.dirname, "answerer.ts"), [this.peer.url, this.prefix]);
    await once(answerer, "message");
    return answerer;
  }

  /** Waits until this request was answered; with `again`, after sending a hint each time it looks. */
  async untilAnswered(request: string, again: () => Promise<void> = async () => undefined): Promise<void> {
    await eventually(
      async () => {
        await again();
        return this.answered;
      },
      (found) => found.includes(request),
    );
  }
}
