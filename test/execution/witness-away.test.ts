import assert from "node:assert/strict";
import { WitnessAway } from "../../src/challenge/witness-away.ts";
import { work } from "../../src/execution/work.ts";
import type { RequestStore } from "../../src/ports.ts";
import { fakeAssertion } from "../fakes/witness.ts";
import { inState } from "../request/samples.ts";
import { openBench, restart, type TestBench } from "./bench.ts";

describe("a worker that cannot tell what a proof is worth", () => {
  let test: TestBench;
  beforeEach(async () => {
    test = await openBench();
  });
  afterEach(() => test.close());

  /** The same records, with evidence of somebody else's in the requester's proof. */
  const withEvidence = (store: RequestStore): RequestStore => ({
    ...store,
    async read(id) {
      const stored = await store.read(id);
      if (!stored || !("proof" in stored.request) || !stored.request.proof) return stored;
      const { subject, digest } = stored.request.proof;
      const evidence = fakeAssertion(subject, digest, "s-1", stored.now + 60_000);
      const proof = { ...stored.request.proof, authenticator: "passkey", evidence } as const;
      return { ...stored, request: { ...stored.request, proof } };
    },
  });

  it("runs nothing, says in the record what it waits for, and goes on once it can tell", async () => {
    const { id } = await test.granted(restart);
    const bench = test.worker("w-1", { store: withEvidence(test.desk.store) });
    const keysAway = "the identity provider's keys cannot be read";
    const witness = {
      whyNot: async () => {
        throw new WitnessAway(keysAway, undefined);
      },
    };
    await assert.rejects(work({ ...bench, witness }, id), WitnessAway);
    assert.equal(inState(await test.now({ id }), "granted").heldUp?.why, keysAway);
    assert.deepEqual(test.effects(), []);
    test.passLease();
    await work(bench, id);
    assert.equal((await test.now({ id })).state, "succeeded");
    assert.equal(test.effects().length, 1);
  });
});
