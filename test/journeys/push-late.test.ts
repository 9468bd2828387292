import assert from "node:assert/strict";
import { ask, finish, textOf } from "../lab/acting.ts";
import { alice, incident } from "../lab/people.ts";
import { phone, sendPush, typeCode } from "../lab/pushing.ts";
import { onStage } from "./stage.ts";

const restart = "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy";

describe("a push that is answered when its time is over, through the real processes", function () {
  this.timeout(60_000);
  // The least time for which a push is sent is 15 s.
  const stage = onStage({ provider: "ciba", web: { COUNTERSIGN_CHALLENGE_SECONDS: "16" } });

  it("proves nothing: the request has lapsed, and the form says so", async () => {
    const { lab, executions } = stage();
    const id = await ask(lab, alice, incident, restart);
    const { form, push } = await sendPush(lab, alice, id, "prove");
    const over = await finish(lab, id);
    assert.equal(over.state, "expired");
    await lab.idp?.approve(push.id).catch(() => undefined);
    const after = await typeCode(lab, alice, form, push.text.slice(0, 6));
    assert.match(textOf(after.view), /The request is expired; no proof is asked for now\./);
    const later = (await lab.store.read(id))?.request;
    assert.deepEqual([later?.state, later && "proof" in later], ["expired", false]);
    assert.equal(executions(), 0);
    assert.equal(phone(lab, alice).length, 1);
  });
});
