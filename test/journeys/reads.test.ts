import assert from "node:assert/strict";
import { isOver } from "../../src/request/request.ts";
import { answered, ask, finish, prove, reach, textOf, type } from "../lab/acting.ts";
import { alice, approvals, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

describe("routine reads through the real processes", function () {
  this.timeout(60_000);
  const stage = onStage({ webs: 1, workers: 2, metrics: true });

  const shownOf = (id: string) => answered(stage().lab, alice, id);

  /** Asks for a read that costs no prompt, and answers what is shown. */
  async function readOf(line: string): Promise<string> {
    const id = await ask(stage().lab, alice, incident, line);
    const request = await finish(stage().lab, id);
    assert.equal(request.state, "succeeded", JSON.stringify(request));
    return shownOf(id);
  }

  async function failureOf(line: string): Promise<string> {
    const id = await ask(stage().lab, alice, incident, line);
    const request = await finish(stage().lab, id);
    assert.ok(request.state === "failed" && "outcome" in request, JSON.stringify(request));
    assert.ok((await shownOf(id)).includes(request.outcome.says));
    return request.outcome.says;
  }

  const podOf = async (namespace: string) => {
    const pods = await stage().admin.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector: "app=api" });
    const name = pods[0]?.metadata.name;
    assert.ok(name);
    return name;
  };

  it("events: of a namespace, and of one object", async () => {
    const all = await readOf("/k8s events -n prod");
    assert.match(all, /LAST SEEN +TYPE +REASON +OBJECT +MESSAGE/);
    assert.match(all, /deployment\/checkout/);
    const some = await readOf("/k8s events --for=deploy/api -n prod");
    assert.match(some, /deployment\/api/);
    assert.doesNotMatch(some, /checkout|pod\//);
  });

  it("get: each kind in the columns of kubectl, and of a ConfigMap the keys alone", async () => {
    const { admin } = stage();
    const [apiVersion, metadata] = ["v1", { name: "settings", namespace: "prod" }];
    const data = { DB_URL: "SECRET-DATA", LEVEL: "info" };
    await admin.create("/api/v1/namespaces/prod/configmaps", { apiVersion, kind: "ConfigMap", metadata, data });
    assert.match(await readOf("/k8s get configmaps -n prod"), /NAME +KEYS +AGE\n.*settings +DB_URL,LEVEL +\d+s/s);
    const keys = await readOf("/k8s describe cm/settings -n prod");
    assert.match(keys, /Keys, whose values are not shown: DB_URL, LEVEL/);
    assert.doesNotMatch(keys, /SECRET-DATA/);
    assert.match(await readOf("/k8s get nodes"), /NAME +STATUS +ROLES +VERSION +AGE\nnode-a +/);
    assert.match(await readOf("/k8s get rs -n prod"), /NAME +DESIRED +CURRENT +READY +AGE\napi-\w+ +3/);
    assert.match(await readOf("/k8s get sts -n staging"), /No statefulsets in the namespace staging/);
    assert.match(await failureOf("/k8s get svc/none -n prod"), /There is no service none in the namespace prod/);
  });

  it("describe: a deployment, a pod and a node, each with its last events", async () => {
    const deployment = await readOf("/k8s describe deploy/api -n prod");
    assert.match(deployment, /Deployment api in prod, \d+s old\nLabels: app=api/);
    assert.match(deployment, /Replicas: 3 wanted, 3 ready/);
    assert.match(deployment, /ago Normal ScalingReplicaSet: Scaled up/);
    const pod = await readOf(`/k8s describe pod ${await podOf("prod")} -n prod`);
    assert.match(pod, /Owner: ReplicaSet api-\w+/);
    assert.match(pod, /api: registry\.example\/api:1\.0\.0, running for/);
    const node = await readOf("/k8s describe node node-a");
    assert.match(node, /Node node-a, \d+s old/);
    assert.match(node, /Events: unknown, may not be read in the namespace default$/);
  });

  it("rollout status and history: of a deployment that has rolled twice", async () => {
    const { admin } = stage();
    assert.match(
      await readOf("/k8s rollout status deploy/api -n prod"),
      /The deployment api is rolled out\.\n3 of 3 pods/,
    );
    const containers = [{ name: "api", image: "registry.example/api:1.0.1" }];
    await admin.patch("/apis/apps/v1/namespaces/staging/deployments/api", {
      spec: { template: { spec: { containers } } },
    });
    const history = await readOf("/k8s rollout history deploy/api -n staging");
    assert.match(
      history,
      /REVISION +AGE +IMAGES +CHANGE-CAUSE\n2 +\d+s +registry\.example\/api:1\.0\.1 +<none>\n1 +\d+s/,
    );
    while (!/is rolled out/.test(await readOf("/k8s rollout status deploy/api -n staging")));
  });

  it("top: pods and nodes, the busiest first", async () => {
    const pods = await readOf("/k8s top pods -n prod");
    const used = [...pods.matchAll(/^(?:api|checkout)-\S+ +(\d+)m +\d+Mi$/gm)].map(([, cpu]) => Number(cpu));
    assert.equal(used.length, 7, pods);
    assert.deepEqual(
      used,
      used.toSorted((one, other) => other - one),
    );
    assert.match(await readOf("/k8s top node node-a"), /NAME +CPU +CPU% +MEMORY +MEMORY%\nnode-a +\d+m/);
    assert.match(await failureOf("/k8s top pod nothing -n prod"), /Nothing is measured of the pod nothing/);
  });

  it("auth can-i: what one may ask for, and what it takes, as told by the policy", async () => {
    const { lab } = stage();
    const told = async (person: typeof alice, line: string) => textOf((await type(lab, person, incident, line)).blocks);
    const alices = await told(alice, "/k8s auth can-i delete pods -n prod");
    assert.match(alices, /Yes, by \d operations\. This is the policy's word\./);
    assert.match(
      alices,
      /delete pod\/NAME -n NAMESPACE -- REASON +yes, as countersign-delete-pod, tier privileged: proof of/,
    );
    assert.match(alices, /may make it critical/);
    const bobs = await told(bob, "/k8s auth can-i delete pods -n prod");
    assert.match(bobs, /^auth can-i delete pods -n prod -c demo\s+No\. /);
    assert.match(bobs, /no: No rule permits bob@example\.com .*Permitted are: the group oncall/);
    assert.match(
      await told(bob, "/k8s auth can-i get pods -n prod"),
      /get KIND .* +yes, as countersign-reader, tier routine: nothing more/,
    );
    assert.match(
      await told(alice, "/k8s auth can-i get secrets -n prod"),
      /No: no operation does that, so nobody can get secrets/,
    );
    assert.match(await told(alice, "/k8s auth can-i create pods -n prod"), /There are: get, describe/);
    assert.equal((await lab.store.of(bob.sub, 5)).length, 0);
  });

  describe("logs", () => {
    const secret = "hunter2hunter2";

    it("are masked, bounded, harmless in Slack, and for the asker alone", async () => {
      const { lab, double } = stage();
      const pod = await podOf("staging");
      for (let i = 0; i < 60; i++) double.say({ namespace: "staging", name: pod }, `line ${i} of the log`);
      for (const line of [
        `connecting to postgres://app:${secret}@db/app`,
        "``` <!channel> <@U0BOB> *bold* https://evil.example \u202e",
        `\u001b[31mDB_PASSWORD\u001b[0m=${secret}`,
        "the last line",
      ])
        double.say({ namespace: "staging", name: pod }, line);
      const before = lab.slack.as(bob.id).see().messages.length;
      const shown = await readOf(`/k8s logs ${pod} -n staging --tail=20`);
      assert.match(shown, /line 59 of the log\n/);
      assert.doesNotMatch(shown, /line 43 of the log\n/);
      assert.match(shown, /postgres:\/\/app:\[masked\]@db\/app/);
      assert.match(shown, /DB_PASSWORD=\[masked\]/);
      assert.match(shown, /the last line\n\(2 values that look secret masked\)$/);
      assert.match(shown, /``` <!channel> <@U0BOB> \*bold\*/);
      assert.ok(!shown.includes("\u202e"));
      assert.equal(lab.slack.as(bob.id).see().messages.length, before);
    });

    it("leave no word of theirs in the trail, in a log line of ours, or anywhere else in Slack", async () => {
      const { lab } = stage();
      const told = [
        (await lab.cli("audit", "export")).stdout,
        lab.lines().join("\n"),
        JSON.stringify(lab.slack.as(bob.id).see().messages),
      ];
      for (const text of told) assert.doesNotMatch(text, /line 59 of the log|the last line|hunter2/);
      const ids = await lab.store.of(alice.sub, 50);
      for (const id of ids) assert.doesNotMatch(JSON.stringify(await lab.store.read(id)), /hunter2/);
    });

    it("of production ask for a code first, as the policy says, and are then shown to the asker alone", async () => {
      const { lab, double } = stage();
      const pod = await podOf("prod");
      double.say({ namespace: "prod", name: pod }, "a line of production");
      const id = await ask(lab, alice, incident, `/k8s logs pod/${pod} -n prod`);
      assert.ok(!isOver(await reach(lab, id, "awaiting-challenge")));
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      assert.equal((await finish(lab, id)).state, "succeeded");
      assert.match(await shownOf(id), /a line of production/);
      const seen = lab.slack
        .as(bob.id)
        .see()
        .messages.filter(({ channel }) => [incident.id, approvals.id].includes(channel));
      assert.ok(seen.some((one) => textOf(one.blocks).includes(`logs po/${pod}`)));
      assert.doesNotMatch(JSON.stringify(seen), /a line of production/);
    });

    it("of what has none are refused with the way to those that have", async () => {
      const pod = await podOf("staging");
      assert.match(await failureOf("/k8s logs nothing -n staging"), /There is no pod nothing in the namespace staging/);
      assert.match(
        await failureOf(`/k8s logs ${pod} -n staging --container=other`),
        /has no container other; it has api/,
      );
      assert.match(await failureOf(`/k8s logs ${pod} -n staging --previous`), /previous terminated container/);
    });
  });

  it("are refused where Countersign is not installed, in words", async () => {
    assert.match(await failureOf("/k8s events -n kube-system"), /may not read events in the namespace kube-system/);
  });
});
