import assert from "node:assert/strict";
import { redisThief } from "../attacks/redis-thief.ts";
import { answered, approve, ask, finish, prove, reach, textOf, type, unfreeze } from "../lab/acting.ts";
import { alice, approvals, bob, carol, incident } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";
import { onStage } from "./stage.ts";

const api = "/apis/apps/v1/namespaces/prod/deployments/api";

describe("the brake through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 2, workers: 2 });
  const seen = (words: RegExp, channel: string) =>
    until(stage().lab.slack, () =>
      stage()
        .lab.slack.as(alice.id)
        .see()
        .messages.find((one) => one.channel === channel && words.test(textOf(one.blocks))),
    );

  it("keeps what is granted from running, on every worker; two people let it go on by itself; reads go on", async () => {
    const { lab, executions, admin } = stage();
    const [hers, his, carols] = [await lab.enrol(alice.sub), await lab.enrol(bob.sub), await lab.enrol(carol.sub)];
    const id = await ask(lab, alice, incident, "/k8s scale deploy/api --replicas=5 -n prod -- sale");
    await prove(lab, alice, hers, id);
    await reach(lab, id, "awaiting-approval");
    assert.match(textOf(await type(lab, alice, incident, "/k8s freeze -- a bad deploy")), /Every cluster is frozen/);
    await seen(/Every cluster is frozen by alice@example\.com: a bad deploy\. It does not begin/, approvals.id);
    await approve(lab, bob, his, id);
    await reach(lab, id, "granted");
    await seen(/Waiting: every cluster is frozen by alice@example\.com: a bad deploy/, incident.id);
    assert.equal(executions(), 0);
    assert.match(textOf(await type(lab, carol, incident, "/k8s freezes")), /Every cluster is frozen by alice/);

    const read = await ask(lab, alice, incident, "/k8s get pods -n prod");
    assert.match(await answered(lab, alice, read), /Running/);
    assert.match(
      textOf(await type(lab, alice, incident, "/k8s unfreeze -- enough")),
      /none of the groups that may unfreeze/,
    );
    assert.match(
      textOf(await unfreeze(lab, bob, his, incident, "/k8s unfreeze -- rolled back")),
      /stays frozen until a second/,
    );
    assert.match(textOf(await type(lab, bob, incident, "/k8s unfreeze -- rolled back")), /one person counts once/);
    assert.equal((await reach(lab, id, "granted")).state, "granted");
    assert.equal(executions(), 0);
    assert.match(
      textOf(await unfreeze(lab, carol, carols, incident, "/k8s unfreeze -- rolled back")),
      /The freeze of every cluster is lifted/,
    );
    assert.equal((await finish(lab, id)).state, "succeeded");
    assert.equal(executions(), 1);
    const { spec } = (await admin.get(api)) as { spec?: { replicas?: number } };
    assert.equal(spec?.replicas, 5);
    await seen(/By bob@example\.com and carol@example\.com: rolled back/, approvals.id);
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });

  it("attack: a freeze that a thief takes out of Redis stands again within seconds, and everybody is told", async () => {
    const { lab } = stage();
    const thief = redisThief(lab);
    try {
      await type(lab, alice, incident, "/k8s freeze demo -- an incident");
      await seen(/The cluster demo is frozen by alice@example\.com/, approvals.id);
      // Every web process has seen it by its second round.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await thief.redis.hdel(`${lab.prefix}freezes`, "demo");
      await seen(/was removed from the records and not lifted/, approvals.id);
      assert.match(textOf(await type(lab, carol, incident, "/k8s freezes")), /The cluster demo is frozen by alice/);
    } finally {
      thief.close();
    }
  });
});
