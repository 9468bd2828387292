import assert from "node:assert/strict";
import fc from "fast-check";
import { spoken } from "../../src/operation/catalogue.ts";
import { parseName, parseNamespace } from "../../src/operation/name.ts";
import { isChange, nameOf, namespaceOf, type Operation } from "../../src/operation/operation.ts";
import { type Command, type Place, parse, reasonLength } from "../../src/operation/parse.ts";
import { isRefusal, type Refusal, type RefusalCode } from "../../src/operation/refusal.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { anyText, naughty, nearCommand } from "./any-text.ts";

const place: Place = { clusters: ["demo", "prod-eu"], defaultCluster: "demo" };
const [prod, api] = [namespace("prod"), name("api")];
const target = { kind: "Deployment", namespace: prod, name: api } as const;
const pod = { kind: "Pod", namespace: prod, name: name("api-1") } as const;
const node = { kind: "Node", name: name("worker-1") } as const;
const drain: Extract<Operation, { kind: "drain" }> = {
  ...{ kind: "drain", cluster: "demo", target: node },
  ...{ ignoreDaemonSets: true, deleteEmptyDirData: false, force: false },
};
const restart: Operation = { kind: "rollout-restart", cluster: "demo", target };
const restartOf = (kind: "StatefulSet" | "DaemonSet"): Operation => ({ ...restart, target: { ...target, kind } });
const scaleTo = (replicas: number): Operation => ({ kind: "scale", cluster: "demo", target, replicas });
const pods: Operation = { kind: "get", cluster: "demo", resource: "pods", namespace: prod };
const deployments: Operation = { ...pods, resource: "deployments" };
const events: Operation = { kind: "events", cluster: "demo", namespace: prod };
const operate = (operation: Operation, reason = ""): Command => ({ kind: "operate", operation, reason });

const understood: readonly (readonly [text: string, command: Command])[] = [
  ["", { kind: "help" }],
  ["   ", { kind: "help" }],
  ["-- just a reason", { kind: "help" }],
  ["help", { kind: "help" }],
  ["HELP rollout restart", { kind: "help", topic: "rollout restart" }],
  ["mine", { kind: "mine" }],
  ["freezes", { kind: "freezes" }],
  ["freeze -- a bad deploy", { kind: "freeze", scope: "*", reason: "a bad deploy" }],
  ["Freeze demo -- x", { kind: "freeze", scope: "demo", reason: "x" }],
  ["unfreeze prod-eu -- rolled back", { kind: "unfreeze", scope: "prod-eu", reason: "rolled back" }],
  ["unfreeze \u2014 rolled back", { kind: "unfreeze", scope: "*", reason: "rolled back" }],
  ["status r-ab12cd34ef", { kind: "status", id: "r-ab12cd34ef" }],
  ["Status r-ab12", { kind: "status", id: "r-ab12" }],
  ["cancel r-ab12cd34", { kind: "cancel", id: "r-ab12cd34", reason: "" }],
  ["cancel r-ab12cd34 -- wrong one", { kind: "cancel", id: "r-ab12cd34", reason: "wrong one" }],

  ["get pods -n prod", operate(pods)],
  ["get po -n prod -- just looking", operate(pods, "just looking")],
  ["GET pod -nprod", operate(pods)],
  ["get pods --namespace=prod", operate(pods)],
  ["get pods --namespace prod --cluster prod-eu", operate({ ...pods, cluster: "prod-eu" })],
  ["get -n prod pods api", operate({ ...pods, name: api })],
  ["get pods/api -n prod", operate({ ...pods, name: api })],
  ["get deploy -n prod", operate(deployments)],
  ["get deployments.apps/api -n prod", operate({ ...deployments, name: api })],

  ["events -n prod", operate(events)],
  ["events --for=deploy/api -n prod", operate({ ...events, about: { kind: "Deployment", name: api } })],
  [
    "events --for Pod/api -nprod -c prod-eu",
    operate({ ...events, cluster: "prod-eu", about: { kind: "Pod", name: api } }),
  ],

  ["rollout restart deploy/api -n prod -- 5xx since 14:02", operate(restart, "5xx since 14:02")],
  ["rollout restart deployment api -n prod -- x", operate(restart, "x")],
  ["rollout restart -c prod-eu -n prod deployments/api -- x", operate({ ...restart, cluster: "prod-eu" }, "x")],
  ["rollout restart sts/api -n prod -- x", operate(restartOf("StatefulSet"), "x")],
  ["rollout restart daemonset api -n prod -- x", operate(restartOf("DaemonSet"), "x")],
  [
    "set image deploy/api side=nginx:1.27 api=registry.example/api:2 -n prod -- x",
    operate(
      {
        kind: "set-image",
        cluster: "demo",
        target,
        images: { api: "registry.example/api:2", side: "docker.io/library/nginx:1.27" },
      },
      "x",
    ),
  ],
  ["rollout restart deploy/api -n prod -- see -- the runbook --", operate(restart, "see -- the runbook --")],
  ["scale deploy/api --replicas=3 -n prod -- load", operate(scaleTo(3), "load")],
  ["scale deploy api --replicas 0 -n prod -- stop", operate(scaleTo(0), "stop")],
  ["scale deploy/api --replicas=9999 -n prod -- x", operate(scaleTo(9_999), "x")],

  ["cordon worker-1 -- bad disk", operate({ kind: "cordon", cluster: "demo", target: node }, "bad disk")],
  ["cordon node worker-1 -- x", operate({ kind: "cordon", cluster: "demo", target: node }, "x")],
  ["uncordon no/worker-1 -c prod-eu -- x", operate({ kind: "uncordon", cluster: "prod-eu", target: node }, "x")],
  ["drain worker-1 -- x", operate({ ...drain, ignoreDaemonSets: false }, "x")],
  ["drain nodes/worker-1 --ignore-daemonsets -- x", operate(drain, "x")],
  [
    "drain --force --delete-emptydir-data --ignore-daemonsets node worker-1 -- x",
    operate({ ...drain, deleteEmptyDirData: true, force: true }, "x"),
  ],

  ["delete pod api-1 -n prod -- stuck", operate({ kind: "delete-pod", cluster: "demo", target: pod }, "stuck")],
  ["delete po/api-1 -n prod -- stuck", operate({ kind: "delete-pod", cluster: "demo", target: pod }, "stuck")],

  // What Slack and phones make of it.
  ["rollout restart deploy/api -n prod — 5xx", operate(restart, "5xx")],
  ["rollout restart deploy/api -n prod – 5xx", operate(restart, "5xx")],
  ["scale deploy/api —replicas=3 -n prod — load", operate(scaleTo(3), "load")],
  ["scale\u00a0deploy/api\u00a0--replicas=3\u00a0-n\u00a0prod\u00a0-- load", operate(scaleTo(3), "load")],
  ["get “pods” -n ‘prod’", operate(pods)],
  ["get pods -n pro\u200bd", operate(pods)],
  ["get\tpods\n-n\r\nprod", operate(pods)],
  ["rollout restart deploy/api -n prod -- it’s “slow”", operate(restart, 'it\'s "slow"')],
];

const refused: readonly (readonly [text: string, code: RefusalCode, says: RegExp, remedy: RegExp])[] = [
  ["gte pods -n prod", "unknown-command", /`gte pods`/, /Did you mean `get`/],
  ["rolout restart deploy/api", "unknown-command", /`rolout restart`/, /Did you mean `rollout restart`/],
  ["sacle deploy/api", "unknown-command", /./, /Did you mean `scale`/],
  ["freeze", "bad-arguments", /reason is missing/, /freeze \[CLUSTER\] -- REASON/],
  ["freeze demo prod-eu -- x", "bad-arguments", /`prod-eu` is too much/, /freeze \[CLUSTER\]/],
  ["freeze mars -- x", "unknown-cluster", /no cluster `mars`/, /Without one, every cluster is meant/],
  ["unfreeze demo", "bad-arguments", /reason is missing/, /unfreeze \[CLUSTER\] -- REASON/],
  ["freezes demo", "bad-arguments", /too much/, /freezes/],
  ["frobnicate", "unknown-command", /`frobnicate`/, /^`help` lists all commands\.$/],
  ["exec pod sh", "unknown-command", /`exec pod`/, /`help`/],
  ["delete", "bad-arguments", /namespace is missing/, /delete pod\|deploy.*\/NAME/],
  ["delete pods --all -n prod -- x", "bad-arguments", /`--all` is never taken/, /one object by its name/],
  ["delete pods -l app=api -n prod -- x", "bad-arguments", /`-l` is never taken/, /one object by its name/],
  ["delete pods -A -- x", "bad-arguments", /`-A` is never taken/, /one object by its name/],
  ["delete pod -n prod -- x", "bad-arguments", /pod's name is missing/, /delete pod\|deploy.*\/NAME/],
  ["delete ns/prod -n prod -- x", "bad-arguments", /Namespaces are never deleted from here/, /one object by its name/],
  ["delete secret/tls -n prod -- x", "bad-arguments", /`secret\/tls` is not a pod/, /delete pod\|deploy/],
  [
    "delete deploy/api --force -n prod -- x",
    "bad-arguments",
    /`--force` is for pods alone/,
    /delete pod\/NAME --force/,
  ],
  [
    "delete deploy/api --cascade=all -n prod -- x",
    "bad-arguments",
    /`--cascade=all` is none/,
    /foreground, background/,
  ],
  ["delete pod/api-1 --cascade=orphan -n prod -- x", "bad-arguments", /A pod owns nothing/, /Leave it out/],
  ["delete cm/a --cascade=orphan -n prod -- x", "bad-arguments", /A configmap owns nothing/, /Leave it out/],
  ["delete pod/.. -n prod -- x", "bad-name", /`\.\.` cannot be a name/, /begins and ends/],
  ["delete pod/api-1 -n prod", "bad-arguments", /reason is missing/, /-- REASON/],
  ['""', "unknown-command", /./, /`help`/],
  [
    "rollout revert deploy/api -n prod -- x",
    "unknown-command",
    /`rollout revert`/,
    /There are: .*`rollout restart`, .*`help rollout` says how/,
  ],
  ["rollout", "unknown-command", /./, /`rollout restart`/],
  ["mine all", "bad-arguments", /`all` is too much/, /mine/],
  ["status", "bad-arguments", /id is missing/, /status r-/],
  ["cancel", "bad-arguments", /id is missing/, /cancel r-/],
  ["status r-AB12", "bad-arguments", /`r-AB12` is no request id/, /`mine`/],
  ["status r-abc", "bad-arguments", /no request id/, /r-ab12cd34/],
  ["status r-abcdefghijklmnopqrstu", "bad-arguments", /no request id/, /r-ab12cd34/],
  ["status r-ab12cd34 now", "bad-arguments", /`now` is too much/, /status r-ab12cd34/],

  ["get -n prod", "bad-arguments", /not said what to get/, /get KIND/],
  ["get pods", "bad-arguments", /namespace is missing/, /-n NAMESPACE/],
  ["get pods/a/b -n prod", "bad-arguments", /`b` is too much/, /get KIND/],
  ["get pods -n", "bad-arguments", /`-n` has no value/, /-n NAMESPACE/],
  ["get pods --namespace= -n prod", "bad-arguments", /`--namespace` has no value/, /Usage/],
  ["get pods -n prod -n prod", "bad-arguments", /`-n` is given twice/, /once/],
  ["get pods -n prod --namespace staging", "bad-arguments", /`--namespace` is given twice/, /once/],
  ["get pods -c demo -n prod -c demo", "bad-arguments", /`-c` is given twice/, /once/],
  ["get pods -n prod --replicas=3", "bad-arguments", /`--replicas` is not an argument/, /Usage/],
  ["get pods --namspace=prod", "bad-arguments", /`--namspace`/, /Did you mean `--namespace`/],
  ["get pods -A", "bad-arguments", /`-A` is never taken/, /one object by its name/],
  ["get pods -l app=api -n prod", "bad-arguments", /`-l` is never taken/, /one object by its name/],
  ["get pods -n prod --no-cluster", "bad-arguments", /`--no-cluster`/, /Usage/],
  ["get pods -n prod --__proto__=x", "bad-arguments", /`--__proto__`/, /Usage/],
  ["get pods -n prod -c moon", "unknown-cluster", /no cluster `moon`/, /Known: demo, prod-eu/],
  ["get pods -n Prod", "bad-name", /`Prod` cannot be a namespace/, /lower-case letters, digits and dashes,/],
  ["get pods -n a.b", "bad-name", /`a\.b` cannot be a namespace/, /dashes/],
  ["get pods API -n prod", "bad-name", /`API` cannot be a name/, /dots/],
  ['get pods "" -n prod', "bad-name", /cannot be a name/, /begins and ends/],
  ["get pods/ -n prod", "bad-name", /cannot be a name/, /begins and ends/],

  ["events", "bad-arguments", /namespace is missing/, /-n NAMESPACE/],
  ["events pods -n prod", "bad-arguments", /`pods` is too much/, /events -n/],
  ["events --for=api -n prod", "bad-arguments", /`api` names no object/, /--for=KIND\/NAME/],
  ["events --for=pod/a/b -n prod", "bad-arguments", /`pod\/a\/b` names no object/, /--for=KIND\/NAME/],
  ["events --for=secret/a -n prod", "bad-arguments", /`secret\/a` names no object/, /--for=KIND\/NAME/],
  ["events --for=pod/.. -n prod", "bad-name", /cannot be a name/, /begins and ends/],
  ["events -A", "bad-arguments", /`-A` is never taken/, /one object by its name/],

  ["rollout restart -n prod -- x", "bad-arguments", /not said which deployment/, /ds\/NAME/],
  ["rollout restart deploy -n prod -- x", "bad-arguments", /name is missing/, /ds\/NAME/],
  [
    "rollout restart cm/db -n prod -- x",
    "bad-arguments",
    /`cm\/db` is not a deployment, statefulset or daemonset/,
    /ds\/NAME/,
  ],
  ["rollout restart deploy/api/x -n prod -- x", "bad-arguments", /is not a deployment/, /ds\/NAME/],
  ["rollout restart deploy/api web -n prod -- x", "bad-arguments", /`web` is too much/, /ds\/NAME/],
  ["rollout restart deploy api web -n prod -- x", "bad-arguments", /`web` is too much/, /ds\/NAME/],
  [
    "rollout pause sts/db -n prod -- x",
    "bad-arguments",
    /no pause of a statefulset: only of a deployment/,
    /deploy\/NAME/,
  ],
  ["rollout resume ds/agent -n prod -- x", "bad-arguments", /no pause of a daemonset/, /deploy\/NAME/],
  ["autoscale deploy/api -n prod -- x", "bad-arguments", /Neither `--min` nor `--max`/, /--min=N/],
  ["autoscale deploy/api --min=0 -n prod -- x", "bad-arguments", /no number of replicas/, /from 1 to 9999/],
  ["autoscale deploy/api --min=5 --max=4 -n prod -- x", "bad-arguments", /at least 5 and at most 4/, /not below/],
  ["autoscale ds/api --max=4 -n prod -- x", "bad-arguments", /is not a deployment, statefulset or/, /hpa\/NAME/],
  ["autoscale deploy/api --cpu-percent=80 -n prod -- x", "bad-arguments", /is not an argument/, /--min=N/],
  ["set image deploy/api -n prod -- x", "bad-arguments", /which container gets which image/, /CONTAINER=IMAGE/],
  ["set image api=a/b:1 -n prod -- x", "bad-arguments", /not said which deployment/, /CONTAINER=IMAGE/],
  ["set image deploy/api *=registry.example/api:1 -n prod -- x", "bad-arguments", /`\*` is never taken/, /by its name/],
  [
    "set image deploy/api API=registry.example/api:1 -n prod -- x",
    "bad-arguments",
    /names no container/,
    /by its name/,
  ],
  ["set image deploy/api api=a/b:1 api=a/b:2 -n prod -- x", "bad-arguments", /given two images/, /Give it one/],
  ["set image deploy/api api=registry.example/api -n prod -- x", "bad-arguments", /neither tag nor digest/, /version/],
  ["set image deploy/api api=nginx:latest -n prod -- x", "bad-arguments", /whatever is the latest/, /version/],
  ["set image deploy/api api=https://evil/x:1 -n prod -- x", "bad-arguments", /is no image/, /looks like/],
  ["set image job/api api=a/b:1 -n prod -- x", "bad-arguments", /not a deployment/, /CONTAINER=IMAGE/],
  ["rollout undo deploy/api --to-revision=0 -n prod -- x", "bad-arguments", /is no revision/, /from 1 to/],
  ["rollout undo deploy/api --to-revision=-1 -n prod -- x", "bad-arguments", /is no revision/, /from 1 to/],
  ["rollout undo pod/api -n prod -- x", "bad-arguments", /not a deployment, statefulset or daemonset/, /ds\/NAME/],
  ["scale ds/agent --replicas=3 -n prod -- x", "bad-arguments", /not a deployment or statefulset/, /deploy\|sts\/NAME/],
  ["rollout restart deploy/api -- x", "bad-arguments", /namespace is missing/, /-n NAMESPACE/],
  ["rollout restart deploy/api -n prod", "bad-arguments", /reason is missing/, /-- REASON/],
  ["rollout restart deploy/api -n prod --", "bad-arguments", /reason is missing/, /-- REASON/],
  ["rollout restart deploy/api -n prod --   ", "bad-arguments", /reason is missing/, /-- REASON/],
  ["rollout restart deploy/ -n prod -- x", "bad-name", /cannot be a name/, /begins and ends/],
  ["rollout restart deploy/.. -n prod -- x", "bad-name", /`\.\.` cannot be a name/, /begins and ends/],
  ["rollout restart deploy/аpi -n prod -- x", "bad-name", /cannot be a name/, /begins and ends/],

  ["cordon -- x", "bad-arguments", /not said which node/, /cordon NODE/],
  ["cordon node -- x", "bad-arguments", /node's name is missing/, /cordon NODE/],
  ["cordon a b -- x", "bad-arguments", /`a` is not a node/, /cordon NODE/],
  ["cordon pod/a -- x", "bad-arguments", /`pod\/a` is not a node/, /cordon NODE/],
  ["cordon .. -- x", "bad-name", /`\.\.` cannot be a name/, /begins and ends/],
  ["cordon a -n prod -- x", "bad-arguments", /`-n` is not an argument/, /cordon NODE/],
  ["drain a", "bad-arguments", /reason is missing/, /-- REASON/],
  ["drain a --force=yes -- x", "bad-arguments", /`--force` takes no value/, /drain NODE/],
  ["drain a -l zone=b -- x", "bad-arguments", /`-l` is never taken/, /one object by its name/],

  ["scale deploy/api -n prod -- x", "bad-arguments", /`--replicas` is missing/, /--replicas=N/],
  ...["-1", "+1", "1.5", "1e3", "0x10", "10000", "03", "٣", "3 ", "NaN", "Infinity", "many"].map(
    (count) =>
      [
        `scale deploy/api "--replicas=${count}" -n prod -- x`,
        "bad-arguments",
        /is no number of replicas/,
        /0 to 9999/,
      ] as const,
  ),
  ["scale deploy/api --replicas -n prod -- x", "bad-arguments", /./, /./],

  ['get pods "-n prod', "bad-arguments", /A " is opened and never closed/, /Close it/],
  ["get pods 'a -n prod", "bad-arguments", /A ' is opened and never closed/, /Close it/],
  ["get ’pods -n prod", "bad-arguments", /A ' is opened/, /Close it/],
];

describe("parse", () => {
  for (const [text, command] of understood)
    it(`understands ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parse(text, place), command);
    });

  for (const [text, code, says, remedy] of refused)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const refusal = refusalOf(text);
      assert.equal(refusal.refused, code);
      assert.match(refusal.says, says);
      assert.match(refusal.remedy ?? "", remedy);
    });

  it("takes a reason of 300 characters, and says how long a longer one is", () => {
    const ask = (length: number) => parse(`rollout restart deploy/api -n prod -- ${"x".repeat(length)}`, place);
    assert.deepEqual(ask(reasonLength), operate(restart, "x".repeat(300)));
    const refusal = ask(reasonLength + 1);
    assert.ok(isRefusal(refusal));
    assert.deepEqual([refusal.refused, refusal.says], ["bad-arguments", "The reason has 301 characters."]);
  });

  it("quotes no more than 60 characters of what was typed, and nothing that ends the quotation", () => {
    const refusal = refusalOf(`get pods -n prod -c ${"m`".repeat(400)}`);
    assert.equal(refusal.says, `There is no cluster \`${"m'".repeat(29)}m…\`.`);
  });

  it("quotes whole characters", () => {
    const { says } = refusalOf(`mine ${"x".repeat(58)}\u{1f4a5}\u{1f4a5}\u{1f4a5}`);
    assert.ok(says.isWellFormed() && says.includes("x\u{1f4a5}…"), says);
  });

  it("asks on the default cluster only when none is named", () => {
    const elsewhere = { clusters: ["demo", "prod-eu"], defaultCluster: "prod-eu" };
    assert.deepEqual(parse("get pods -n prod", elsewhere), operate({ ...pods, cluster: "prod-eu" }));
    assert.deepEqual(parse("get pods -n prod -c demo", elsewhere), operate(pods));
  });

  it("never throws, and says of every refusal what would satisfy it", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nearCommand), (text) => {
        holdsTo(parse(text, place));
      }),
      { numRuns: 1_500 },
    );
    for (const text of naughty)
      for (const framed of [text, `get pods ${text} -n prod`, `get pods -n ${text}`, `scale deploy/${text} -- x`])
        holdsTo(parse(framed, place));
  });

  it("lets no naughty name through to an operation, in whatever place it stands", () => {
    const safe = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
    for (const text of naughty)
      for (const framed of [
        `get pods "${text}" -n prod`,
        `get pods/${text} -n prod`,
        `get pods -n "${text}"`,
        `rollout restart deploy/${text} -n prod -- x`,
        `rollout restart deploy "${text}" -n prod -- x`,
        `scale deploy/api --replicas=${text} -n prod -- x`,
      ]) {
        const command = parse(framed, place);
        if (isRefusal(command) || command.kind !== "operate") continue;
        const { operation } = command;
        const named = nameOf(operation);
        assert.match(namespaceOf(operation) ?? "absent", safe);
        assert.match(named ?? "absent", safe);
        assert.ok(!named?.includes("..") && named !== "");
      }
  });

  it("understands what it speaks: an operation said aloud is the same operation", () => {
    fc.assert(
      fc.property(anyOperation, (operation) => {
        const command = parse(`${spoken(operation)} -- why`, place);
        assert.deepEqual(command, operate(operation, "why"));
        if (!isChange(operation)) assert.deepEqual(parse(spoken(operation), place), operate(operation));
      }),
      { numRuns: 500 },
    );
  });

  describe("of text that holds a secret", () => {
    const secrets = [
      "xoxb-1234567890-abcdefghij",
      "ghp_0123456789abcdefghijABCDEFGHIJ",
      "password=correct-horse",
      "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    ];
    const frames = (secret: string) => [
      secret,
      `help ${secret}`,
      `get pods ${secret} -n prod`,
      `get pods -n prod -c ${secret}`,
      `get pods -n prod --${secret}`,
      `rollout restart deploy/api -n prod -- use ${secret} if it asks`,
      `"never closed ${secret}`,
    ];

    it("refuses all of it, says that it is out, and never repeats it", () => {
      for (const secret of secrets)
        for (const text of frames(secret)) {
          const refusal = refusalOf(text);
          assert.equal(refusal.refused, "secret-in-text", text);
          assert.match(refusal.remedy ?? "", /Rotate/);
          assert.ok(!JSON.stringify(refusal).includes(secret), text);
        }
    });

    it("sees it behind characters that are taken out of the text and join it to the word before", () => {
      assert.equal(refusalOf(`x\u200b${secrets[0]}`).refused, "secret-in-text");
    });

    it("sees it through characters that are taken out of the text afterwards", () => {
      for (const secret of secrets)
        for (const hidden of ["\u200b", "\u202e", "\u0000", "\u00ad"])
          for (const text of frames(`${secret.slice(0, 3)}${hidden}${secret.slice(3)}`)) {
            const refusal = refusalOf(text);
            assert.equal(refusal.refused, "secret-in-text", JSON.stringify(text));
            assert.ok(!JSON.stringify(refusal).includes(secret.slice(3)), text);
          }
    });
  });
});

function refusalOf(text: string): Refusal {
  const refusal = parse(text, place);
  assert.ok(isRefusal(refusal), `${text} was taken for ${JSON.stringify(refusal)}`);
  return refusal;
}

/** Every command is closed and whole; every refusal is a sentence that can be shown, with what would satisfy it. */
function holdsTo(answer: Command | Refusal): void {
  if (!isRefusal(answer)) {
    assert.ok(["help", "status", "mine", "cancel", "revoke", "operate"].includes(answer.kind));
    if (answer.kind === "operate" && isChange(answer.operation)) assert.ok(answer.reason.length > 0);
    return;
  }
  for (const sentence of [answer.says, answer.remedy ?? ""]) {
    assert.ok(sentence.length > 0 && sentence.length < 250, JSON.stringify(answer));
    assert.equal((sentence.match(/`/g) ?? []).length % 2, 0, JSON.stringify(answer));
    assert.doesNotMatch(sentence, /[\p{Cc}\p{Cf}\p{Cs}]/u);
  }
}

const plain = { noNullPrototype: true };
const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const anyNamespace = label.map((text) => parseNamespace(text) ?? prod);
const anyName = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => parseName(labels.join(".")) ?? api);
const cluster = fc.constantFrom(...place.clusters);
const anyTarget = fc.record(
  { kind: fc.constantFrom("Deployment" as const, "StatefulSet" as const), namespace: anyNamespace, name: anyName },
  plain,
);
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("get" as const),
      cluster,
      resource: fc.constantFrom("pods" as const, "deployments" as const),
      namespace: anyNamespace,
      name: anyName,
    },
    { requiredKeys: ["kind", "cluster", "resource", "namespace"], ...plain },
  ),
  fc.record(
    {
      kind: fc.constant("events" as const),
      cluster,
      namespace: anyNamespace,
      about: fc.record({ kind: fc.constantFrom("Pod" as const, "Node" as const), name: anyName }, plain),
    },
    { requiredKeys: ["kind", "cluster", "namespace"], ...plain },
  ),
  fc.record({ kind: fc.constant("rollout-restart" as const), cluster, target: anyTarget }, plain),
  fc.record(
    {
      kind: fc.constant("scale" as const),
      cluster,
      target: anyTarget,
      replicas: fc.integer({ min: 0, max: 9_999 }),
    },
    plain,
  ),
) as fc.Arbitrary<Operation>;
