import assert from "node:assert/strict";
import { onStage } from "../journeys/stage.ts";
import { approve, ask, finish, prove, reach, told } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";

const path = "/apis/apps/v1/namespaces/prod/deployments/api";

describe("attack: another object than the one that was approved", function () {
  this.timeout(60_000);
  const stage = onStage({ workers: 2, web: { COUNTERSIGN_EXECUTION_SECONDS: "20" } });

  /** Approves while the workers are frozen, changes the cluster behind their backs, and lets them go on. */
  const meanwhile = async (line: string, change: () => Promise<unknown>) => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, line);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    for (const worker of lab.workers) worker.signal("SIGSTOP");
    try {
      await approve(lab, bob, await lab.enrol(bob.sub), id);
      await reach(lab, id, "granted");
      await change();
    } finally {
      for (const worker of lab.workers) worker.signal("SIGCONT");
    }
    const over = await finish(lab, id);
    await told(lab, alice, incident, id);
    return over;
  };
  const restart = "/k8s rollout restart deploy/api -n prod -- x";

  it("a pod template changed since is a conflict, and nothing runs", async () => {
    const { admin, executions } = stage();
    const image = { spec: { template: { metadata: { labels: { build: "2" } } } } };
    const over = await meanwhile(restart, () => admin.patch(path, image));
    assert.equal(over.state, "conflict");
    assert.match("ended" in over ? over.ended.why : "", /changed since it was approved/);
    assert.equal(executions(), 0);
  });

  it("replicas changed since are a conflict that says from what to what", async () => {
    const { admin, executions } = stage();
    const line = "/k8s scale deploy/api --replicas=5 -n prod -- x";
    const over = await meanwhile(line, () => admin.patch(path, { spec: { replicas: 4 } }));
    assert.equal(over.state, "conflict");
    assert.match("ended" in over ? over.ended.why : "", /spec.replicas became 4/);
    assert.equal(executions(), 0);
  });

  it("a successor of the same name is another object", async () => {
    const { admin, executions } = stage();
    const over = await meanwhile(restart, async () => {
      const { metadata, ...rest } = await admin.get(path);
      await admin.remove(path);
      const { name, namespace, labels } = metadata;
      await admin.create("/apis/apps/v1/namespaces/prod/deployments", {
        ...rest,
        metadata: { name, namespace, labels },
      });
    });
    assert.equal(over.state, "conflict");
    assert.match("ended" in over ? over.ended.why : "", /another of the same name/);
    assert.equal(executions(), 0);
  });

  it("what only churns around it voids no approval", async () => {
    const { admin, executions } = stage();
    const over = await meanwhile(restart, () => admin.patch(path, { metadata: { annotations: { note: "seen" } } }));
    assert.equal(over.state, "succeeded");
    assert.equal(executions(), 1);
  });
});
