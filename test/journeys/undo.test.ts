import assert from "node:assert/strict";
import { approve, ask, clickAndHear, finish, hasButton, prove, reach, textOf, told, undo } from "../lab/acting.ts";
import { alice, bob, carol, incident } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const api = "/apis/apps/v1/namespaces/prod/deployments/api";

describe("an undo through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 2, workers: 2 });

  it("of a scale is asked for by a button, takes proof and approval anew, and brings back what was", async () => {
    const { lab, admin, executions } = stage();
    const [hers, his] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub)];
    const replicas = async () => ((await admin.get(api)) as { spec?: { replicas?: number } }).spec?.replicas;
    const goOn = async (id: string) => {
      await prove(lab, alice, hers, id);
      await reach(lab, id, "awaiting-approval");
      await approve(lab, bob, his, id);
      const request = await finish(lab, id);
      await told(lab, alice, incident, id);
      assert.equal(request.state, "succeeded", JSON.stringify(request));
    };
    const first = await replicas();
    const id = await ask(lab, alice, incident, "/k8s scale deploy/api --replicas=5 -n prod -- sale");
    await goOn(id);
    assert.equal(await replicas(), 5);
    assert.match(
      textOf(await clickAndHear(lab, carol, "undo", id)),
      /No rule permits carol@example.com to ask for scale/,
    );

    const back = await undo(lab, alice, id, `undo of ${id}`);
    const { request } = (await lab.store.read(back)) ?? {};
    assert.deepEqual([request?.reason, request?.requester], [`undo of ${id}`, alice.sub]);
    assert.equal(executions(), 1);
    await goOn(back);
    assert.equal(await replicas(), first);
    assert.equal(executions(), 2);
    await until(lab.slack, () => {
      const shown = lab.slack.as(alice.id).see().messages;
      const offered = shown.some((one) => hasButton(one, "undo", id));
      return !offered && shown.some((one) => textOf(one).includes("asked to undo it")) ? true : undefined;
    });
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });
});
