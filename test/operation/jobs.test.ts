import assert from "node:assert/strict";
import { parse } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";

const place = { clusters: ["demo"], defaultCluster: "demo" };
const operationOf = (line: string) => {
  const command = parse(`${line} -- why`, place);
  assert.ok(!isRefusal(command) && command.kind === "operate", JSON.stringify(command));
  return command.operation;
};
const refusalOf = (line: string) => {
  const command = parse(`${line} -- why`, place);
  assert.ok(isRefusal(command), JSON.stringify(command));
  return `${command.says} ${command.remedy}`;
};

describe("what is typed about jobs", () => {
  const target = { kind: "CronJob", namespace: "prod", name: "nightly" };

  it("is understood as people type it after kubectl", () => {
    const made = { kind: "create-job", cluster: "demo", target };
    for (const line of [
      "create job --from=cronjob/nightly -n prod",
      "create job --from cj/nightly -n prod",
      "create job --from=cronjobs/nightly --namespace prod",
      "create job --from=cronjob.batch/nightly -n prod",
    ])
      assert.deepEqual(operationOf(line), made, line);
    assert.deepEqual(operationOf("create job by-hand --from=cj/nightly -n prod"), { ...made, job: "by-hand" });
    for (const verb of ["suspend", "resume"])
      for (const object of ["cj/nightly", "cronjob/nightly", "cj nightly"])
        assert.deepEqual(operationOf(`${verb} ${object} -n prod`), {
          kind: `${verb}-cronjob`,
          cluster: "demo",
          target,
        });
  });

  it("is refused with what would be right", () => {
    assert.match(refusalOf("create job by-hand -n prod"), /`--from` is missing.*--from=cronjob\/NAME/);
    assert.match(refusalOf("create job --from=deploy/api -n prod"), /`deploy\/api` is not a cronjob/);
    assert.match(refusalOf("create job --from=cj -n prod"), /name is missing/);
    assert.match(refusalOf("create job --from=cj/nightly"), /namespace is missing/);
    assert.match(refusalOf("create job By_Hand --from=cj/nightly -n prod"), /cannot be a name/);
    assert.match(refusalOf(`create job ${"a.".repeat(32)}b --from=cj/nightly -n prod`), /at most 63 characters/);
    assert.match(refusalOf("create job a b --from=cj/nightly -n prod"), /`b` is too much/);
    assert.match(refusalOf("create job --image=evil -n prod"), /`--image` is not an argument/);
    assert.match(refusalOf("suspend deploy/api -n prod"), /is not a cronjob/);
  });
});
