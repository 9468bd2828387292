import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Settled } from "../../src/request/request.ts";
import { approve, ask, prove, reach, textOf } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { sendPush, typeCode } from "../lab/pushing.ts";
import { onStage } from "./stage.ts";

const example = new URL("../../manifests/overlays/example/policy.yaml", import.meta.url);

/** The example's policy, where no approver's proof counts a second time. */
function eachAnew(): string {
  const text = readFileSync(example, "utf8");
  const anew = text.replaceAll(/(approvals: .*stepUp: )\{ within: 5m \}/g, "$1{}");
  assert.notEqual(anew, text);
  return anew;
}

describe("a person's word on what nobody knows, given with a push", function () {
  this.timeout(60_000);
  // A proof for each word: none that was given with the approval counts again.
  const stage = onStage({ provider: "ciba", policy: eachAnew() });

  it("ends the request, once the code of the push that says so is carried back", async () => {
    const { lab, double } = stage();
    const change = /\/deployments\/api\/scale\?(?!.*dryRun)(?=.*fieldManager)/;
    double.faults.drop("before-effect", change, 1_000);
    const id = await ask(lab, alice, incident, "/k8s scale deploy/api --replicas=5 -n prod -- sale");
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    await reach(lab, id, "unknown");
    const { form, push } = await sendPush(lab, bob, id, "did-not-run");
    assert.match(push.text, /^\d{6} to say "it did not run" of: scale deploy\/api/);
    await lab.idp?.approve(push.id);
    const why = { why: "the API server's audit log has no such call" };
    const done = await typeCode(lab, bob, form, push.text.slice(0, 6), why);
    assert.match(textOf(done.view), /What you said is recorded/);
    const { settlement } = (await reach(lab, id, "settled")) as Settled;
    assert.deepEqual(
      [settlement.as, settlement.subject, settlement.proof?.authenticator, settlement.proof?.evidence?.kind],
      ["did-not-run", bob.sub, "push", "id-token"],
    );
    assert.equal((await lab.cli("audit", "verify")).code, 0);
  });
});
