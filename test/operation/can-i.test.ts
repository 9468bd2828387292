import assert from "node:assert/strict";
import { operationsAbout, operationsFor, type Question, spokenQuestion } from "../../src/operation/can-i.ts";
import { catalogue } from "../../src/operation/catalogue.ts";
import type { OperationKind } from "../../src/operation/operation.ts";
import { parse } from "../../src/operation/parse.ts";
import { isRefusal } from "../../src/operation/refusal.ts";

const place = { clusters: ["demo"], defaultCluster: "demo" };

function questionOf(text: string): Question {
  const command = parse(text, place);
  assert.ok(!isRefusal(command) && command.kind === "can-i", `${text}: ${JSON.stringify(command)}`);
  return command.question;
}

/** Operations that must be among the answers, and such that must not. */
const answers: readonly (readonly [text: string, yes: readonly OperationKind[], no: readonly OperationKind[]])[] = [
  ["auth can-i get pods -n prod", ["get", "describe"], ["logs", "delete-pod", "scale"]],
  ["auth can-i list events -n prod", ["events"], ["get"]],
  ["auth can-i get pods/log -n prod", ["logs"], ["get", "describe"]],
  ["auth can-i get nodes", ["get", "describe"], ["logs"]],
  ["auth can-i delete pods -n prod", ["delete-pod", "delete-pod-force"], ["get"]],
  ["auth can-i create pods/eviction -n prod", ["delete-pod"], ["delete-pod-force"]],
  ["auth can-i patch deployments -n prod", ["rollout-restart", "rollout-pause"], ["scale", "get", "delete-pod"]],
  ["auth can-i update deploy/api -n prod", ["rollout-restart"], ["scale"]],
  ["auth can-i patch deployments/scale -n prod", ["scale"], ["rollout-restart"]],
  ["auth can-i scale deploy/api -n prod", ["scale"], ["rollout-restart"]],
  ["auth can-i restart deploy -n prod", ["rollout-restart"], ["rollout-pause"]],
  ["auth can-i describe pods -n prod", ["describe"], ["get"]],
  ["auth can-i top pods -n prod", ["top"], ["get"]],
  ["auth can-i logs pod -n prod", ["logs"], ["get"]],
];

describe("auth can-i", () => {
  for (const [text, yes, no] of answers)
    it(`${text.slice("auth can-i ".length)} is a matter of ${yes.join(", ")}`, () => {
      const kinds = operationsFor(questionOf(text));
      for (const kind of yes) assert.ok(kinds.includes(kind), `${kind} is not among ${kinds.join(", ")}`);
      for (const kind of no) assert.ok(!kinds.includes(kind), `${kind} is among ${kinds.join(", ")}`);
    });

  for (const text of [
    "auth can-i get secrets -n prod",
    "auth can-i create pods/exec -n prod",
    "auth can-i create pods -n prod",
    "auth can-i deletecollection pods -n prod",
    "auth can-i impersonate users",
    "auth can-i get widgets.example.com",
  ])
    it(`${text.slice("auth can-i ".length)} is done by no operation`, () => {
      assert.deepEqual(operationsFor(questionOf(text)), []);
    });

  it("knows what every operation is about: each is found by what it is for", () => {
    const found = new Set<string>();
    for (const kind of ["Pod", "Deployment", "StatefulSet", "Node", "Event", "CronJob", "Job", "ConfigMap"] as const)
      for (const one of operationsAbout(kind)) found.add(one);
    for (const kind of ["get", "logs", "events", "top", "scale", "delete-pod"]) assert.ok(found.has(kind), kind);
    for (const one of found) assert.ok(Object.hasOwn(catalogue, one));
  });

  it("understands what it speaks", () => {
    for (const text of [...answers.map(([one]) => one), "auth can-i get pods api-1 -n prod"]) {
      const question = questionOf(text);
      assert.deepEqual(questionOf(spokenQuestion(question)), question);
    }
  });

  for (const [text, says, remedy] of [
    ["auth", /After `auth` there is `can-i`/, /auth can-i VERB/],
    ["auth whoami", /After `auth` there is `can-i`/, /auth can-i VERB/],
    ["auth can-i", /what is to be done/, /auth can-i VERB/],
    ["auth can-i get", /to what/, /auth can-i VERB/],
    ["auth can-i get pods", /namespace is missing/, /-n NAMESPACE/],
    ["auth can-i get nodes -n prod", /node belongs to no namespace/, /Leave out/],
    ["auth can-i get pods a b -n prod", /`b` is too much/, /auth can-i VERB/],
    ["auth can-i get pods/a b -n prod", /`b` is too much/, /auth can-i VERB/],
    ["auth can-i get pods/A_B -n prod", /cannot be a name/, /begins and ends/],
    ["auth can-i '*' '*' -n prod", /what is to be done/, /auth can-i VERB/],
    ["auth can-i get '*' -n prod", /to what/, /auth can-i VERB/],
    ["auth can-i get pods -n prod --as=bob", /`--as` is not an argument/, /Usage/],
    ["auth can-i get pods -A", /`-A` is never taken/, /Usage/],
    ["auth can-i get pods -n prod -c moon", /no cluster `moon`/, /Known/],
  ] as const)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const refusal = parse(text, place);
      assert.ok(isRefusal(refusal), JSON.stringify(refusal));
      assert.match(refusal.says, says);
      assert.match(refusal.remedy ?? "", remedy);
    });
});
