import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { approve, ask, finish, prove, reach, textOf, type } from "../lab/acting.ts";
import { bob, carol, incident } from "../lab/people.ts";
import { onStage } from "./stage.ts";

const example = readFileSync(new URL("../../manifests/overlays/example/policy.yaml", import.meta.url), "utf8");
const policy = `${example.replace(
  'subjects: ["group:oncall"]',
  'subjects: ["group:oncall", "group:pagers"]',
)}slackGroups: { pagers: S0PAGERS }\n`;
const line = "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy";

describe("a user group in Slack that the policy lets count", function () {
  this.timeout(60_000);
  const stage = onStage({ policy });

  it("lets whom it has ask, and the worker agrees by what web signed", async () => {
    const { lab, executions } = stage();
    const none = textOf(await type(lab, carol, incident, line));
    assert.match(none, /No rule permits carol@example.com/);
    // What was not found is asked for again at once.
    lab.slack.setUserGroup("S0PAGERS", "pagers", [carol.id]);
    const id = await ask(lab, carol, incident, line);
    await prove(lab, carol, await lab.enrol(carol.sub), id);
    await reach(lab, id, "awaiting-approval");
    await approve(lab, bob, await lab.enrol(bob.sub), id);
    const over = await finish(lab, id);
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.equal(executions(), 1);
    assert.ok("decision" in over && over.decision.rules.includes("a user group in Slack"));
  });
});
