import assert from "node:assert/strict";
import { createHash, generateKeyPairSync } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Proof } from "../../src/challenge/challenge.ts";
import {
  type Approval,
  approvalStatement,
  type Granted,
  type Request,
  type Settled,
  settlementStatement,
} from "../../src/request/request.ts";
import { grantSigner } from "../../src/request/sign.ts";
import { strangersAttestor } from "../fakes/attestor.ts";
import { onStage } from "../journeys/stage.ts";
import { approve, ask, finish, hasButton, prove, reach, settle, textOf, type } from "../lab/acting.ts";
import { alice, bob, incident } from "../lab/people.ts";
import { until } from "../lab/slack/until.ts";
import { type RedisThief, redisThief } from "./redis-thief.ts";

const deployments = "/apis/apps/v1/namespaces/prod/deployments";

describe("attack: write access to Redis", function () {
  this.timeout(60_000);
  const stage = onStage({ workers: 2, worker: { COUNTERSIGN_LEASE_SECONDS: "3" } });
  let thief: RedisThief;
  before(() => {
    thief = redisThief(stage().lab);
  });
  after(() => thief.close());

  /** A request of Alice's that Bob has yet to approve. */
  const proved = async (line: string) => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, line);
    await prove(lab, alice, await lab.enrol(alice.sub), id);
    await reach(lab, id, "awaiting-approval");
    return id;
  };
  /** Approved and granted while every worker is frozen, so that the thief can get at it before they do. */
  const granted = async (line: string) => {
    const { lab } = stage();
    const id = await proved(line);
    for (const worker of lab.workers) worker.signal("SIGSTOP");
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    return (await reach(lab, id, "granted")) as Granted;
  };
  const thaw = () => {
    for (const worker of stage().lab.workers) worker.signal("SIGCONT");
  };
  afterEach(thaw);

  it("a forged job wakes a worker, and moves nothing that is not granted", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await proved("/k8s scale deploy/api --replicas=9 -n prod -- forged job");
    const { redis } = thief;
    const jobs = async () =>
      (await redis.zcard(`${lab.prefix}bull:worker-demo:completed`)) +
      (await redis.zcard(`${lab.prefix}bull:worker-demo:failed`));
    const had = await jobs();
    await thief.wakeWorker(id);
    await thief.wakeWorker("r-nosuchrequest");
    while ((await jobs()) < had + 2) await sleep(20);
    assert.equal((await lab.store.read(id))?.request.state, "awaiting-approval");
    assert.equal(executions(), before);
  });

  const additions: readonly (readonly [what: string, change: (record: Record<string, unknown>, id: string) => void])[] =
    [
      ["without any signature", () => undefined],
      [
        "under a signature of somebody else's",
        (record, id) => {
          const [approval] = record["approvals"] as [Approval];
          record["approvals"] = [{ ...approval, signature: strangersAttestor.attest(approvalStatement(id, approval)) }];
        },
      ],
      [
        "under the signature of Bob's approval of another request",
        (record) => {
          const [approval] = record["approvals"] as [Approval];
          record["approvals"] = [{ ...approval, signature: bobsOther }];
        },
      ],
    ];
  let bobsOther = "";
  for (const [how, sign] of additions)
    it(`an approval written into a record ${how} makes the web process sign no grant`, async () => {
      const { lab, executions } = stage();
      const before = executions();
      const other = await granted("/k8s scale deploy/api --replicas=5 -n prod -- honest");
      bobsOther = other.approvals[0]?.signature ?? "";
      await thief.edit(other.id, (record) => setAt(record, ["digest"], "0".repeat(64)));
      thaw();
      await finish(lab, other.id);
      const id = await proved("/k8s scale deploy/api --replicas=9 -n prod -- forged approval");
      await thief.edit(id, (record) => {
        const { digest, proof } = record as unknown as { digest: string; proof: Proof };
        const at = Date.now();
        const own = { ...proof, subject: bob.sub, at };
        record["approvals"] = [{ subject: bob.sub, at, digest, proof: own, signature: "" }];
        sign(record, id);
      });
      await thief.redis.zadd(`${lab.prefix}turn:web`, 0, id);
      const over = await finish(lab, id);
      assert.equal(over.state, "denied");
      assert.match("ended" in over ? over.ended.why : "", /approval of bob@example.com does not stand up/);
      assert.equal(executions(), before);
    });

  it("a request that nobody typed is not gone on with, not even a read", async () => {
    const { lab } = stage();
    await type(lab, alice, incident, "/k8s get pods -n prod");
    const [id = ""] = await lab.store.of(alice.sub, 1);
    await finish(lab, id);
    const [forged, record] = ["r-forgedread", await thief.redis.hget(`${lab.prefix}request:${id}`, "record")];
    await thief.redis.hset(`${lab.prefix}request:${forged}`, { record: record ?? "", version: "1" });
    await thief.edit(forged, (made) => {
      for (const name of ["grant", "claim", "outcome", "answer"]) delete made[name];
      Object.assign(made, { id: forged, state: "awaiting-approval", approvals: [], wrongCodes: {} });
    });
    await thief.redis.zadd(`${lab.prefix}turn:web`, 0, forged);
    const over = await finish(lab, forged);
    assert.equal(over.state, "denied");
    assert.match("ended" in over ? over.ended.why : "", /not what was asked for/);
  });

  it("a proof written into a record does not stand for the requester's presence", async () => {
    const { lab, executions } = stage();
    const before = executions();
    // With a new phone no earlier proof counts any more.
    await lab.enrol(alice.sub);
    const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/api -n staging -- forged proof");
    await reach(lab, id, "awaiting-challenge");
    await thief.edit(id, (record) => {
      const { digest, challenge: _, ...rest } = record as { digest: string; challenge: unknown };
      for (const name of Object.keys(record)) delete record[name];
      const proof = { authenticator: "totp", subject: alice.sub, digest, at: Date.now(), request: id, signature: "" };
      Object.assign(record, { ...rest, digest, state: "awaiting-approval", approvals: [], wrongCodes: {}, proof });
    });
    await thief.redis.zadd(`${lab.prefix}turn:web`, 0, id);
    const over = await finish(lab, id);
    assert.equal(over.state, "denied");
    assert.match("ended" in over ? over.ended.why : "", /no proof of presence/);
    assert.equal(executions(), before);
  });

  it("a proof left for reuse by somebody else saves nobody a code", async () => {
    const { lab } = stage();
    await proved("/k8s scale deploy/api --replicas=9 -n prod -- a proof to copy");
    const last = await lab.store.lastProof(alice.sub);
    assert.ok(last);
    await lab.enrol(alice.sub);
    const forged = { ...last, subject: alice.sub, at: Date.now() };
    await thief.redis.set(`${lab.prefix}proof:${alice.sub}`, JSON.stringify(forged));
    const id = await ask(lab, alice, incident, "/k8s rollout restart deploy/api -n staging -- forged reuse");
    assert.equal((await reach(lab, id, "awaiting-challenge")).state, "awaiting-challenge");
  });

  it("an enrolment link written into Redis opens nothing, nor does one of the thief's own made another's", async () => {
    const { lab } = stage();
    const offer = async (link: string) => {
      const response = await fetch(`${lab.pagesUrl}/enrol/offer`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ link }),
      });
      return { status: response.status, says: await response.text() };
    };
    const keyOf = (link: string) => `${lab.prefix}enrolment:${createHash("sha256").update(link).digest("hex")}`;
    await thief.redis.hset(keyOf("forged"), { subject: alice.sub, replace: "1" });
    const forged = await offer("forged");
    assert.equal(forged.status, 422);
    assert.match(forged.says, /not valid/);

    const { stdout } = await lab.cli("enrol", "issue", bob.sub, "--replace");
    const own = new URL(stdout.trim()).hash.slice(1);
    assert.equal((await offer(own)).status, 200);
    await thief.redis.hset(keyOf(own), { subject: alice.sub });
    const stolen = await offer(own);
    assert.equal(stolen.status, 422);
    assert.doesNotMatch(stolen.says, /otpauth/);
  });

  it("a record that is made to look granted is refused for its signature, and nothing runs", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const id = await proved("/k8s scale deploy/api --replicas=9 -n prod -- forged grant");
    const own = grantSigner(generateKeyPairSync("ed25519").privateKey);
    await thief.edit(id, (record) => {
      const request = record as unknown as Request & { digest: string; decision: { tier: string; policy: string } };
      const now = Date.now();
      record["state"] = "granted";
      record["approvals"] = [{ subject: bob.sub, at: now, digest: request.digest }];
      record["grant"] = own.sign({
        v: "countersign.grant.v1",
        request: id,
        digest: request.digest,
        cluster: "demo",
        requester: alice.sub,
        approvers: [bob.sub],
        tier: request.decision.tier,
        policy: request.decision.policy,
        grantedAt: now,
        notAfter: now + 600_000,
      });
    });
    await thief.wakeWorker(id);
    const over = await finish(lab, id);
    assert.equal(over.state, "denied");
    assert.ok("ended" in over && over.ended.why.includes("signature"), JSON.stringify(over));
    assert.equal(executions(), before);
  });

  const edits: readonly (readonly [what: string, change: (record: Record<string, unknown>) => void, why: RegExp])[] = [
    ["the operation", (r) => setAt(r, ["operation", "replicas"], 0), /operation in the record is not the one/],
    ["the target", (r) => setAt(r, ["operation", "target", "name"], "checkout"), /operation in the record/],
    ["the plan", (r) => setAt(r, ["plan", "changes"], []), /plan in the record is not the one/],
    ["the object's uid", (r) => setAt(r, ["plan", "object", "uid"], "other"), /plan in the record is not the one/],
    ["the digest", (r) => setAt(r, ["digest"], "0".repeat(64)), /for another plan/],
    ["the requester", (r) => setAt(r, ["requester"], "carol@example.com"), /another requester/],
    ["the reason", (r) => setAt(r, ["reason"], "something else"), /plan in the record is not the one/],
    ["the grant's end", (r) => setAt(r, ["grant", "grant", "notAfter"], Date.now() + 9e9), /signature/],
    ["the approvers", (r) => setAt(r, ["grant", "grant", "approvers"], ["carol@example.com"]), /signature/],
    ["the cluster", (r) => setAt(r, ["grant", "grant", "cluster"], "prod"), /signature/],
  ];
  for (const [what, change, why] of edits)
    it(`a granted record in which ${what} was edited runs nothing`, async () => {
      const { lab, executions } = stage();
      const before = executions();
      const { id } = await granted("/k8s scale deploy/api --replicas=4 -n prod -- edited");
      await thief.edit(id, change);
      thaw();
      const over = await finish(lab, id);
      assert.equal(over.state, "denied");
      assert.match("ended" in over ? over.ended.why : "", why);
      assert.equal(executions(), before);
    });

  it("a grant of another request carries nothing", async () => {
    const { lab, executions } = stage();
    const other = await granted("/k8s scale deploy/api --replicas=4 -n prod -- honest");
    thaw();
    assert.equal((await finish(lab, other.id)).state, "succeeded");
    const before = executions();
    const { id } = await granted("/k8s scale deploy/api --replicas=2 -n prod -- replayed grant");
    await thief.edit(id, (record) => {
      record["grant"] = other.grant;
    });
    thaw();
    const over = await finish(lab, id);
    assert.match("ended" in over ? over.ended.why : "", /for another request/);
    assert.equal(executions(), before);
  });

  it("a settlement written into a record is not shown, and keeps nobody from settling it", async () => {
    const { lab, double } = stage();
    const id = await proved("/k8s scale deploy/api --replicas=5 -n prod -- forged settlement");
    double.faults.drop("before-effect", /\/deployments\/api\/scale\?(?!.*dryRun)/, 1_000);
    const phone = await lab.enrol(bob.sub);
    await approve(lab, bob, phone, id);
    await reach(lab, id, "unknown");
    double.faults.clear();
    const shown = () =>
      lab.slack
        .as(alice.id)
        .see()
        .messages.filter((one) => textOf(one).includes(id));
    await until(lab.slack, () => shown().some((one) => hasButton(one, "ran", id)) || undefined);
    await thief.edit(id, (record) => {
      const said = { as: "ran" as const, subject: bob.sub, at: Date.now(), why: "all is well" };
      const statement = settlementStatement(record as { id: string; digest: string }, said);
      record["settlement"] = { ...said, signature: strangersAttestor.attest(statement) };
      record["state"] = "settled";
    });
    await thief.redis.zadd(`${lab.prefix}show`, 0, id);
    const told = await until(lab.slack, () => shown().find((one) => textOf(one).includes("never signed")));
    assert.match(textOf(told), /Unknown, a person must look/);
    assert.ok(!shown().some((one) => textOf(one).includes("all is well")));
    await settle(lab, bob, phone, { id, as: "did-not-run", why: "three pods, as before" });
    const { settlement } = (await reach(lab, id, "settled")) as Settled;
    assert.deepEqual([settlement.as, settlement.why], ["did-not-run", "three pods, as before"]);
  });

  it("a look written into a record has a worker take no step, and show nothing of another object", async () => {
    const { lab, executions } = stage();
    const before = executions();
    const other = await granted("/k8s scale deploy/api --replicas=6 -n prod -- never begun");
    await thief.edit(other.id, (record) => {
      setAt(record, ["plan", "object", "name"], "checkout");
      Object.assign(record, {
        state: "unknown",
        claim: { worker: "w", fence: 1, leaseUntil: 0 },
        outcome: { at: 0, says: "who knows", apiAuditIds: [] },
        looks: [{ at: 0, by: bob.sub }],
      });
    });
    thaw();
    await thief.wakeWorker(other.id);
    const found = async () => {
      const request = (await lab.store.read(other.id))?.request;
      return request?.state === "unknown" ? request.looks?.[0]?.found : undefined;
    };
    for (;;) {
      const seen = await found();
      if (seen) {
        assert.match(seen.says, /^The record cannot be believed: the plan in the record is not the one/);
        break;
      }
      await sleep(25);
    }
    assert.equal(executions(), before);
  });

  it("a grant replayed after its use finds the ticket in the cluster: the state is unknown, and nothing runs again", async () => {
    const { lab, admin, executions } = stage();
    const replicas = async () =>
      ((await admin.get(`${deployments}/checkout`)) as unknown as { spec: { replicas: number } }).spec.replicas;
    const first = await replicas();
    await admin.patch(`${deployments}/checkout`, { metadata: { labels: { team: "web" } } });
    const used = await granted("/k8s scale deploy/checkout --replicas=7 -n prod -- once");
    const asItWas = await thief.redis.hget(`${lab.prefix}request:${used.id}`, "record");
    thaw();
    assert.equal((await finish(lab, used.id)).state, "succeeded");
    assert.equal(await replicas(), 7);
    // Everything as it was approved, so that neither digest nor precondition speaks against it.
    await admin.patch(`${deployments}/checkout`, { spec: { replicas: first } });
    const before = executions();
    await thief.redis.hset(`${lab.prefix}request:${used.id}`, "record", asItWas ?? "");
    await thief.wakeWorker(used.id);
    const over = await finish(lab, used.id);
    assert.equal(over.state, "unknown");
    assert.match("outcome" in over ? over.outcome.says : "", /holds a ticket of this request already/);
    assert.equal(executions(), before);
    assert.equal(await replicas(), first);
  });

  it("an edited or shortened trail is found by the command line", async () => {
    const { lab } = stage();
    const whole = await lab.cli("audit", "verify");
    assert.equal(whole.code, 0);
    const head = /head (\d+:[0-9a-f]{64})/.exec(whole.stdout)?.[1] ?? "";
    const stream = `${lab.prefix}audit`;
    const [last] = await thief.redis.xrevrange(stream, "+", "-", "COUNT", 1);
    assert.ok(last);
    await thief.redis.xdel(stream, last[0]);
    const cut = await lab.cli("audit", "verify", "--head", head);
    assert.equal(cut.code, 1);
    assert.match(cut.stdout, /truncated/);
  });
});

function setAt(record: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [last = ""] = path.slice(-1);
  const at = path.slice(0, -1).reduce((part, name) => part[name] as Record<string, unknown>, record);
  at[last] = value;
}
