import assert from "node:assert/strict";
import { spoken } from "../../src/operation/catalogue.ts";
import { type Place, parse } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { Runbook } from "../../src/operation/runbook.ts";

const recycle: Runbook = {
  name: "recycle",
  summary: "give an app room, and restart it",
  parameters: {
    app: { type: "name" },
    namespace: { type: "namespace" },
    replicas: { type: "number", least: 1, most: 20 },
    speed: { type: "choice", of: ["slow", "fast"] },
  },
  steps: [
    "scale deploy/{app} --replicas={replicas} -n {namespace}",
    "rollout restart deploy/{app}-{speed} -n {namespace}",
  ],
};
const place: Place = { clusters: ["demo", "prod-eu"], defaultCluster: "demo", runbooks: [recycle] };
const values = "app=api namespace=prod replicas=5 speed=fast";

function run(text: string) {
  const command = parse(text, place);
  assert.ok(!isRefusal(command) && command.kind === "operate" && command.operation.kind === "runbook", text);
  return command.operation;
}

describe("run", () => {
  it("resolves every step for the cluster that was named, as if each had been typed", () => {
    const operation = run(`run recycle ${values} -c prod-eu -- load`);
    assert.deepEqual(operation.steps.map(spoken), [
      "scale deploy/api --replicas=5 -n prod -c prod-eu",
      "rollout restart deploy/api-fast -n prod -c prod-eu",
    ]);
    assert.equal(operation.cluster, "prod-eu");
  });

  it("is spoken with its parameters in the order of the runbook, and understood again", () => {
    const operation = run("run recycle speed=fast replicas=5 namespace=prod app=api -- load");
    assert.equal(spoken(operation), `run recycle ${values} -c demo`);
    assert.deepEqual(run(`${spoken(operation)} -- load`), operation);
  });

  for (const [text, says, remedy] of [
    ["run -- x", /not said which runbook/, /There are: `run recycle app=NAME/],
    ["run nothing -- x", /no runbook `nothing`/, /give an app room/],
    [`run recycle ${values}`, /reason is missing/, /-- REASON/],
    ["run recycle app=api -- x", /`namespace` is missing/, /Usage: `run recycle app=NAME namespace=NAMESPACE/],
    [`run recycle ${values} app=web -- x`, /`app` is given twice/, /once/],
    [`run recycle ${values} more -- x`, /`more` is no parameter/, /Usage/],
    [`run recycle ${values} __proto__=1 -- x`, /is no parameter/, /Usage/],
    [`run recycle ${values.replace("api", "../x")} -- x`, /will not do for `app`/, /a name as Kubernetes/],
    [`run recycle "${values.replace("api", "api --all")}" -- x`, /will not do for `app`/, /a name as Kubernetes/],
    [`run recycle ${values.replace("5", "21")} -- x`, /`21` will not do for `replicas`/, /from 1 to 20/],
    [`run recycle ${values.replace("5", "0x5")} -- x`, /will not do for `replicas`/, /from 1 to 20/],
    [`run recycle ${values.replace("fast", "faster")} -- x`, /will not do for `speed`/, /one of slow, fast/],
    [`run recycle ${values} -n prod -- x`, /`-n` is not an argument/, /run RUNBOOK/],
    [`run recycle ${values} -c moon -- x`, /no cluster `moon`/, /Known/],
  ] as const)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const refusal = parse(text, place);
      assert.ok(isRefusal(refusal), JSON.stringify(refusal));
      assert.match(refusal.says, says);
      assert.match(refusal.remedy ?? "", remedy);
    });

  it("says that the policy has none where there is none", () => {
    const refusal = parse("run recycle -- x", { ...place, runbooks: [] });
    assert.ok(isRefusal(refusal));
    assert.match(refusal.remedy ?? "", /The policy has none/);
  });
});
