import assert from "node:assert/strict";
import fc from "fast-check";
import { spoken } from "../../src/operation/catalogue.ts";
import { parseName, parseNamespace } from "../../src/operation/name.ts";
import type { Operation, Read } from "../../src/operation/operation.ts";
import { type Command, type Place, parse } from "../../src/operation/parse.ts";
import { isRefusal, type RefusalCode } from "../../src/operation/refusal.ts";
import { name, namespace } from "../contract/sample-request.ts";

const place: Place = { clusters: ["demo", "prod-eu"], defaultCluster: "demo" };
const [prod, api] = [namespace("prod"), name("api")];
type Of<K extends Read["kind"]> = Extract<Read, { kind: K }>;
const log: Of<"logs"> = {
  kind: "logs",
  cluster: "demo",
  target: { kind: "Pod", namespace: prod, name: name("api-1") },
  tail: 100,
};
const operate = (operation: Operation, reason = ""): Command => ({ kind: "operate", operation, reason });

const understood: readonly (readonly [text: string, command: Command])[] = [
  ["logs pod/api-1 -n prod", operate(log)],
  ["logs po api-1 -n prod -- what happened", operate(log, "what happened")],
  ["logs api-1 -n prod", operate(log)],
  ["logs api-1 -n prod --tail=1", operate({ ...log, tail: 1 })],
  ["logs api-1 -n prod --tail 1000 --since 1h30m", operate({ ...log, tail: 1_000, since: 5_400 })],
  ["logs api-1 -n prod --since=7d -p", operate({ ...log, since: 604_800, previous: true })],
  ["logs api-1 -n prod --container sidecar", operate({ ...log, container: namespace("sidecar") })],
];

const refused: readonly (readonly [text: string, code: RefusalCode, says: RegExp, remedy: RegExp])[] = [
  ["logs -n prod", "bad-arguments", /not said which pod/, /logs pod\/NAME/],
  ["logs pod -n prod", "bad-arguments", /pod's name is missing/, /logs pod\/NAME/],
  [
    "logs deploy/api -n prod",
    "bad-arguments",
    /deployment has no log of its own: only pods have/,
    /^`get pods -n prod` lists them/,
  ],
  ["logs job/x -n prod", "bad-arguments", /job has no log/, /`logs pod\/NAME -n prod`/],
  ["logs api-1 web -n prod", "bad-arguments", /`web` is too much/, /--container/],
  ["logs pod/a/b -n prod", "bad-arguments", /is not a pod/, /logs pod\/NAME/],
  ["logs api-1 -n prod -c web", "unknown-cluster", /no cluster `web`/, /`--container`/],
  ["logs api-1 -n prod -f", "bad-arguments", /`-f` is not an argument/, /Usage/],
  ["logs api-1 -n prod --previous=yes", "bad-arguments", /takes no value/, /Usage/],
  ["logs api-1 -n prod --container=../x", "bad-name", /cannot be a name/, /begins and ends/],
  ...["0", "1001", "-1", "all"].map(
    (tail) => [`logs api-1 -n prod --tail=${tail}`, "bad-arguments", /no number of lines/, /1 to 1000/] as const,
  ),
  ...["0s", "8d", "10", "m", "-5m", "1.5h", "1w"].map(
    (since) => [`logs api-1 -n prod --since=${since}`, "bad-arguments", /no time to look back/, /90s, 10m/] as const,
  ),
];

describe("parse, of reads", () => {
  for (const [text, command] of understood)
    it(`understands ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parse(text, place), command);
    });

  for (const [text, code, says, remedy] of refused)
    it(`refuses ${JSON.stringify(text)}`, () => {
      const refusal = parse(text, place);
      assert.ok(isRefusal(refusal), JSON.stringify(refusal));
      assert.equal(refusal.refused, code);
      assert.match(refusal.says, says);
      assert.match(refusal.remedy ?? "", remedy);
      for (const sentence of [refusal.says, refusal.remedy ?? ""]) assert.ok(sentence.length < 250, sentence);
    });

  it("understands what it speaks, with a reason and without", () => {
    fc.assert(
      fc.property(anyRead, (operation) => {
        assert.deepEqual(parse(spoken(operation), place), operate(operation));
        assert.deepEqual(parse(`${spoken(operation)} -- why`, place), operate(operation, "why"));
      }),
      { numRuns: 500 },
    );
  });
});

const plain = { noNullPrototype: true };
const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const anyNamespace = label.map((text) => parseNamespace(text) ?? prod);
const anyName = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => parseName(labels.join(".")) ?? api);
const cluster = fc.constantFrom(...place.clusters);
const anyRead: fc.Arbitrary<Read> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("logs" as const),
      cluster,
      target: fc.record({ kind: fc.constant("Pod" as const), namespace: anyNamespace, name: anyName }, plain),
      container: anyNamespace,
      tail: fc.integer({ min: 1, max: 1_000 }),
      since: fc.integer({ min: 1, max: 604_800 }),
      previous: fc.constant(true as const),
    },
    { requiredKeys: ["kind", "cluster", "target", "tail"], ...plain },
  ),
) as fc.Arbitrary<Read>;
