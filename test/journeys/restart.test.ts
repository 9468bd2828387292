import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { approve, ask, finish, hasButton, prove, reach, textOf, told } from "../lab/acting.ts";
import { alice, approvals, bob, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const deployment = "/apis/apps/v1/namespaces/prod/deployments/api";
const tickets = "/api/v1/namespaces/countersign-operations/configmaps";
const handles = "/api/v1/namespaces/countersign-operations/secrets";

for (const mode of ["socket", "http"] as const) {
  describe(`a restart through the real processes, Slack in ${mode} mode`, function () {
    this.timeout(60_000);
    const stage = onStage({ mode, webs: mode === "http" ? 1 : 2, workers: 2 });

    it("is planned, proved, countersigned, run once under its own account, and told to its end", async () => {
      const { lab, admin, double, executions } = stage();
      const id = await ask(
        lab,
        alice,
        incident,
        "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy",
      );
      await prove(lab, alice, await lab.enrol(alice.sub), id);
      await reach(lab, id, "awaiting-approval");
      assert.equal(executions(), 0);
      await approve(lab, bob, await lab.enrol(bob.sub), id);
      const request = await finish(lab, id);
      assert.equal(request.state, "succeeded");
      assert.equal(executions(), 1);

      const object = await admin.get(deployment);
      assert.equal(object.metadata.annotations?.["countersign.dev/request"], id);
      const wrote = double.history.filter(({ user }) => user.includes("countersign-operations"));
      assert.deepEqual(
        wrote.map(({ user, fieldManager, resource }) => [user.split(":").at(-1), fieldManager, resource]),
        [["countersign-rollout-restart", `countersign-${id}`, "deployments"]],
      );

      assert.ok("outcome" in request && request.plan && "grant" in request);
      const ticket = (await admin.list(tickets)).find(({ metadata }) => metadata.name.includes(id));
      assert.equal((ticket?.["data"] as Record<string, string> | undefined)?.["digest"], request.digest);
      // The token is revoked right after the outcome is recorded.
      while ((await admin.list(handles)).length > 0) await sleep(20);
      assert.match(request.outcome.credential ?? "", /^[0-9a-f-]{36}$/);
      assert.equal(request.outcome.apiAuditIds.length, 1);
    });

    it("leaves a thread that tells the story, a card that says how it ended, and no button", async () => {
      const { lab } = stage();
      const [id = ""] = await lab.store.of(alice.sub, 1);
      await told(lab, alice, incident, id);
      const { messages } = lab.slack.as(alice.id).see();
      const root = messages.find((one) => one.channel === incident.id && !one.threadTs && !one.ephemeralFor);
      const thread = messages.filter((one) => one.threadTs === root?.ts && one.ts !== root?.ts);
      const order = [
        "asked for",
        "Planned on",
        "proved presence",
        "Approval 1 of 1",
        "Granted",
        "Started",
        "Succeeded",
      ];
      const places = order.map((words) => thread.findIndex((one) => textOf(one.blocks).includes(words)));
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
      );
      assert.ok(
        places.every((place) => place >= 0),
        `${places}`,
      );
      const card = messages.find((one) => one.channel === approvals.id);
      assert.match(textOf(card?.blocks), /Succeeded/);
      assert.ok(messages.every((one) => !hasButton(one, "review", id) && !hasButton(one, "prove", id)));
    });

    it("leaves a trail that the command line finds whole, every step before its effect", async () => {
      const { lab } = stage();
      const { code, stdout } = await lab.cli("audit", "verify", "--json");
      const verdict = JSON.parse(stdout) as { verified: boolean; entries: number };
      assert.deepEqual([code, verdict.verified], [0, true]);
      const kinds: string[] = [];
      for await (const { body } of lab.trail.entries()) {
        const { event } = JSON.parse(body) as { event: { kind: string; request?: string } };
        if (event.request && event.kind !== "execution.progress") kinds.push(event.kind);
      }
      assert.deepEqual(kinds, [
        "request.asked",
        "plan.made",
        "policy.decided",
        "proof.given",
        "approval.given",
        "grant.signed",
        "execution.claimed",
        "execution.intent",
        "execution.outcome",
      ]);
    });
  });
}
