import assert from "node:assert/strict";
import type { Bench } from "../../src/execution/bench.ts";
import { work } from "../../src/execution/work.ts";
import { entryOf } from "../../src/operation/catalogue.ts";
import type { Operation, Read } from "../../src/operation/operation.ts";
import { planOfRead } from "../../src/operation/plan.ts";
import type { Granted, Request } from "../../src/request/request.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { alice, readPods } from "../request/desk.ts";
import { openBench, type TestBench } from "./bench.ts";

const said = "a line of the log";

describe("a granted read", () => {
  let test: TestBench;
  let logs: Read;
  beforeEach(async () => {
    test = await openBench();
    const [pod] = await test.admin.list("/api/v1/namespaces/prod/pods", { labelSelector: "app=api" });
    const named = pod?.metadata.name ?? "";
    test.double.say({ namespace: "prod", name: named }, said);
    const target = { kind: "Pod", namespace: namespace("prod"), name: name(named) } as const;
    logs = { kind: "logs", cluster: "demo", target, tail: 10 };
  });
  afterEach(() => test.close());

  const logsRead = () => test.double.requests.filter((one) => /\/log\b/.test(one));

  it("is performed under the account of its own operation, without a ticket or an intent", async () => {
    const request = await test.desk.asks(alice, logs);
    const before = test.double.requests.length;
    await work(test.worker("first"), request.id);
    const over = await test.now(request);
    assert.ok(over.state === "succeeded" && over.answer?.includes(said), JSON.stringify(over));
    const tokens = test.double.requests.slice(before).filter((one) => one.includes("/token"));
    const { account } = entryOf(logs);
    assert.deepEqual(
      tokens.map((one) => one.split("/").at(-2)),
      [account],
    );
    const kinds = test.desk.records.trail.events.map(({ kind }) => kind);
    assert.ok(!kinds.includes("execution.intent"));
  });

  it("leaves nothing of what it brought in the trail", async () => {
    const request = await test.desk.asks(alice, logs);
    await work(test.worker("first"), request.id);
    assert.doesNotMatch(JSON.stringify(test.desk.records.trail.events), new RegExp(said));
  });

  describe("attack: of whose record somebody wrote another operation,", () => {
    function misled(edit: (request: Granted) => Partial<Granted>): Bench {
      const { store } = test.desk;
      return test.worker("first", {
        store: {
          ...store,
          async read(id) {
            const stored = await store.read(id);
            if (stored?.request.state !== "granted") return stored;
            return { ...stored, request: { ...stored.request, ...edit(stored.request) } as Request };
          },
        },
      });
    }
    const another: readonly (readonly [string, (request: Granted) => Operation])[] = [
      ["a log instead of a list", () => logs],
      [
        "another namespace",
        () => ({ ...(readPods as Extract<Read, { kind: "get" }>), namespace: namespace("staging") }),
      ],
      [
        "ConfigMaps instead of pods",
        () => ({ ...(readPods as Extract<Read, { kind: "get" }>), resource: "configmaps" }),
      ],
    ];
    for (const [what, operation] of another)
      for (const [where, edit] of [
        ["the operation", (request: Granted) => ({ operation: operation(request) })],
        [
          "the operation and the plan",
          (request: Granted) => ({
            operation: operation(request),
            plan: planOfRead(operation(request), request.plan.live.readAt),
          }),
        ],
      ] as const)
        it(`reads nothing for ${what}, written into ${where}`, async () => {
          const request = await test.desk.asks(alice, readPods);
          const before = test.double.requests.length;
          await work(misled(edit), request.id);
          const over = await test.now(request);
          assert.equal(over.state, "denied", JSON.stringify(over));
          assert.deepEqual([test.double.requests.slice(before), logsRead()], [[], []]);
        });
  });
});
