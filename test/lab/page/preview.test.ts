import assert from "node:assert/strict";
import type { Seen } from "../slack/workspace.ts";
import { listen } from "./event-stream.ts";
import type { ClusterWorkload, LabPage, LabPerson, LabSources, PhoneCode } from "./lab-page.ts";
import { startPreview } from "./preview.ts";

type Audit = Awaited<ReturnType<LabSources["audit"]>>;

describe("the preview of the lab's page", () => {
  let page: LabPage;
  beforeEach(async () => {
    page = await startPreview();
  });
  afterEach(() => page.close());

  async function ask<T>(path: string, body?: object): Promise<T> {
    const sending = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(new URL(path, page.url), body ? sending : {});
    return (await answer.json()) as T;
  }
  const codesOf = async (person: string) => (await ask<{ codes: PhoneCode[] }>(`/phone?as=${person}`)).codes;

  it("has people, workloads with their pods, a phone with a code, and an empty trail that verifies", async () => {
    const people = await ask<LabPerson[]>("/people");
    assert.deepEqual(
      people.map(({ name }) => name),
      ["Alice", "Bob", "Carol"],
    );
    const workloads = await ask<ClusterWorkload[]>("/cluster");
    assert.ok(workloads.length > 0 && workloads.every(({ pods, replicas }) => pods.length === replicas));
    assert.match((await codesOf("U1"))[0]?.code ?? "", /^\d{6}$/);
    const { count, verified } = await ask<Audit>("/audit");
    assert.deepEqual([count, verified], [0, true]);
  });

  it("answers a command through the product's own adapter and core", async () => {
    const stream = await listen(page.url);
    const command = { as: "U1", kind: "command", channel: "C1", line: "/k8s get pods -n prod" };
    assert.deepEqual(await ask("/act", command), { ok: true });
    const answered = async () => JSON.stringify((await ask<Seen>("/state?as=U1")).messages).includes("Running");
    for (let pings = 1; !(await answered()); pings++) await stream.heard("slack", pings);
    const { entries, verified } = await ask<Audit>("/audit");
    assert.deepEqual([entries.at(-1)?.kind, verified], ["execution.outcome", true]);
  });

  it("enrols a phone that makes no codes yet", async () => {
    assert.deepEqual(await codesOf("U3"), []);
    await ask("/phone/enrol", { as: "U3" });
    assert.equal((await codesOf("U3")).length, 1);
  });
});
