import assert from "node:assert/strict";
import { read } from "../../../src/execution/read.ts";
import type { Logs } from "../../../src/operation/catalogue/logs.ts";
import type { Json } from "../../../src/operation/plan.ts";
import { ClusterFault, type LogSlice, type Session } from "../../../src/ports/cluster.ts";
import { name, namespace } from "../../contract/sample-request.ts";
import { noon } from "../../fakes/clock.ts";
import { fakeSession } from "../fake-session.ts";

const logs: Logs = {
  kind: "logs",
  cluster: "demo",
  target: { kind: "Pod", namespace: namespace("prod"), name: name("api-1") },
  tail: 100,
};

interface PodParts {
  readonly containers?: readonly string[];
  readonly init?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

function sessionOf(log: Session["log"], { containers = ["web"], init = [], annotations = {} }: PodParts = {}): Session {
  const named = (names: readonly string[]): Json => names.map((one) => ({ name: one }));
  const object = {
    metadata: { name: "api-1", annotations },
    spec: { containers: named(containers), initContainers: named(init) },
  };
  return fakeSession({ get: async () => ({ object, auditId: "" }), log });
}

const answerOf = (session: Session, operation: Logs = logs) => read(session, operation, noon);

/** What is asked of the cluster for this pod; every read answers a line. */
async function askedOf(operation: Logs, pod: PodParts = {}): Promise<readonly unknown[]> {
  const asked: unknown[] = [];
  const log: Session["log"] = async (ref, slice) => {
    asked.push([ref.name, slice]);
    return "line\n";
  };
  await answerOf(sessionOf(log, pod), operation);
  return asked;
}

describe("readLogs", () => {
  it("asks for the newest lines of the only container, in bounds", async () => {
    const limitBytes = 1_000_000;
    assert.deepEqual(await askedOf(logs), [["api-1", { container: "web", tailLines: 100, limitBytes }]]);
    assert.deepEqual(await askedOf({ ...logs, tail: 5, since: 60, previous: true }), [
      ["api-1", { container: "web", sinceSeconds: 60, previous: true, tailLines: 5, limitBytes }],
    ]);
  });

  it("takes the container that is named, or the one the pod says is meant", async () => {
    const containers = ["web", "proxy"];
    const annotations = { "kubectl.kubernetes.io/default-container": "proxy" };
    const chosen = async (operation: Logs, pod: PodParts) =>
      (await askedOf(operation, pod)).map((asked) => (asked as [string, LogSlice])[1].container);
    assert.deepEqual(await chosen({ ...logs, container: namespace("web") }, { containers, annotations }), ["web"]);
    assert.deepEqual(await chosen(logs, { containers, annotations }), ["proxy"]);
    assert.deepEqual(await chosen({ ...logs, container: namespace("setup") }, { init: ["setup"] }), ["setup"]);
  });

  it("says which containers there are, and guesses none", async () => {
    const never: Session["log"] = () => Promise.reject(new Error("nothing may be read"));
    assert.deepEqual(await answerOf(sessionOf(never, { containers: ["web", "proxy"], init: ["setup"] })), {
      failed: "The pod api-1 has several containers; say which one with --container=NAME: setup, web, proxy.",
    });
    assert.deepEqual(await answerOf(sessionOf(never), { ...logs, container: namespace("other") }), {
      failed: "The pod api-1 has no container other; it has web.",
    });
  });

  it("keeps the newest lines of a log that has too many bytes: the cluster would cut those", async () => {
    const asked: number[] = [];
    const lines = Array.from({ length: 100 }, (_, i) => `${i} ${"x".repeat(30_000)}\n`);
    const session = sessionOf(async (_, { tailLines, limitBytes }) => {
      asked.push(tailLines);
      return lines.slice(-tailLines).join("").slice(0, limitBytes);
    });
    const answer = await answerOf(session);
    assert.deepEqual(asked, [100, 25]);
    assert.ok("answer" in answer);
    assert.match(answer.answer, /\n99 x+…$/);
  });

  it("reads a single line that is too long as far as it goes", async () => {
    const answer = await answerOf(
      sessionOf(async (_, { limitBytes }) => `begin ${"x".repeat(limitBytes)}`.slice(0, limitBytes)),
    );
    assert.ok("answer" in answer && answer.answer.startsWith("begin x"));
  });

  it("masks what looks secret, says how often, and keeps the newest lines of what is too long", async () => {
    const lines = Array.from({ length: 1_000 }, (_, i) => `line ${i} of the log, password=hunter${i}\n`);
    const answer = await answerOf(sessionOf(async () => lines.join("")));
    assert.ok("answer" in answer);
    const shown = answer.answer.split("\n");
    assert.doesNotMatch(answer.answer, /hunter/);
    assert.deepEqual(shown.slice(-3, -1), [
      "line 999 of the log, password=[masked]",
      "(1000 values that look secret masked)",
    ]);
    assert.match(shown.at(-1) ?? "", /^\(\d+ older lines left out\)$/);
  });

  it("says of an empty log that nothing was written", async () => {
    const empty = sessionOf(async () => "\n");
    assert.deepEqual(await answerOf(empty), { answer: "The container web of api-1 has written nothing." });
    assert.deepEqual(await answerOf(empty, { ...logs, since: 60 }), {
      answer: "The container web of api-1 has written nothing in the last 60 seconds.",
    });
  });

  it("passes on why a container has no log", async () => {
    const waiting = new ClusterFault(
      "invalid",
      'container "web" in pod "api-1" is waiting to start: ContainerCreating',
    );
    assert.deepEqual(await answerOf(sessionOf(() => Promise.reject(waiting))), {
      failed: `There is no such log: ${waiting.says}`,
    });
  });

  it("masks what looks secret in a fault as well, for that stands in the trail", async () => {
    const fault = new ClusterFault("server-error", "Get https://node:10250/containerLogs: token=abcdef");
    assert.deepEqual(await answerOf(sessionOf(() => Promise.reject(fault))), {
      failed: "The cluster did not answer as it should: Get https://node:10250/containerLogs: token=[masked]",
    });
  });

  it("says that there is no such pod, or that logs may not be read there", async () => {
    const failing = (code: "not-found" | "forbidden") =>
      fakeSession({ get: () => Promise.reject(new ClusterFault(code, "no")) });
    assert.deepEqual(await answerOf(failing("not-found")), { failed: "There is no pod api-1 in the namespace prod." });
    assert.deepEqual(await answerOf(failing("forbidden")), {
      failed: "Countersign may not read the log of the pod api-1 in the namespace prod.",
    });
  });
});
