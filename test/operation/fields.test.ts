import assert from "node:assert/strict";
import { parse } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";

const place = { clusters: ["demo"], defaultCluster: "demo" };
const operationOf = (line: string) => {
  const command = parse(`${line} -n prod -- why`, place);
  assert.ok(!isRefusal(command) && command.kind === "operate", JSON.stringify(command));
  return command.operation;
};
const refusalOf = (line: string) => {
  const command = parse(`${line} -n prod -- why`, place);
  assert.ok(isRefusal(command), JSON.stringify(command));
  return `${command.says} ${command.remedy}`;
};

describe("what is typed to mark or patch an object", () => {
  it("is understood as people type it after kubectl", () => {
    const target = { kind: "Deployment", namespace: "prod", name: "api" };
    assert.deepEqual(operationOf("label deploy/api team=web example.com/tier-"), {
      kind: "label",
      cluster: "demo",
      target,
      marks: { "example.com/tier": null, team: "web" },
    });
    assert.deepEqual(operationOf('annotate deploy api example.com/owner="the web team"'), {
      kind: "annotate",
      cluster: "demo",
      target,
      marks: { "example.com/owner": "the web team" },
    });
    for (const line of [
      "patch deploy/api --set=spec.minReadySeconds=5",
      "patch deploy api --set spec.minReadySeconds=5",
    ])
      assert.deepEqual(operationOf(line), {
        kind: "patch",
        cluster: "demo",
        target,
        field: "spec.minReadySeconds",
        value: 5,
      });
  });

  for (const [line, says] of [
    ["label deploy/api", /not said what to set/],
    ["label deploy/api kubernetes.io/a=b", /belongs to Kubernetes or to Countersign/],
    ["label deploy/api app.kubernetes.io/name=b", /belongs to Kubernetes/],
    ["annotate deploy/api kubectl.kubernetes.io/restartedAt=now", /belongs to Kubernetes/],
    ["annotate deploy/api countersign.dev/request-", /belongs to Kubernetes or to Countersign/],
    ["label deploy/api a/b/c=d", /`a\/b\/c` is no key/],
    ["label deploy/api -bad=d", /is not an argument/],
    ["label deploy/api team=two words", /./],
    ["label deploy/api 'team=two words'", /cannot be the value of a label/],
    [`annotate deploy/api team=${"x".repeat(257)}`, /at most 256 characters/],
    ["label deploy/api team=a team-", /given twice/],
    ["label po/api team=a", /is not a deployment/],
    ["label secret/api team=a", /is not a deployment/],
    ["label deploy --all team=a", /`--all` is never taken/],
    [`label deploy/api ${Array.from({ length: 11 }, (_, i) => `k${i}=v`).join(" ")}`, /too many at once/],
    ["patch deploy/api", /not said what to set to what/],
    ["patch deploy/api --set=spec.replicas=5", /`spec.replicas` is never set from here. Of a Deployment there are/],
    ["patch deploy/api --set=__proto__=5", /is never set from here/],
    ["patch sts/db --set=spec.progressDeadlineSeconds=5", /Of a StatefulSet there are/],
    ["patch deploy/api --set=spec.minReadySeconds=-1", /is no value of spec.minReadySeconds/],
    ["patch deploy/api --set=spec.minReadySeconds=3601", /from 0 to 3600/],
    ["patch cm/a --set=data.a=5", /is not a deployment/],
    ["patch deploy/api -p {}", /is not an argument/],
  ] as const)
    it(`is refused with what would be right: ${line.slice(0, 60)}`, () => assert.match(refusalOf(line), says));
});
