import assert from "node:assert/strict";
import { alice, approvals, bob, carol, type House, incident, messageWith, openHouse, openView } from "./house.ts";

const code = (digits: string) => ({ code: { code: digits } });

describe("the way out of a form to our own page", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse({
      stepUpAddress: ({ request, subject, purpose }) =>
        `https://pages.example/step-up#${request}.${subject}.${purpose}`,
    });
    await as(alice).command(incident.id, "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy");
    await house.worker.plan();
  });
  afterEach(() => house.close());
  const as = (person: { id: string }) => house.slack.as(person.id);
  const leadsTo = (view: unknown) => /"url":"([^"]+)"/.exec(JSON.stringify(view))?.[1];
  const opens = async (person: typeof alice, channel: typeof incident, action: string, callback: string) => {
    await as(person).click(await messageWith(house.slack, channel, action), action);
    return openView(house.slack, person, callback);
  };
  const page = async (subject: string, purpose: string) =>
    `https://pages.example/step-up#${(await house.request()).id}.${subject}.${purpose}`;

  it("is for the one who opened the form, for this request and this end", async () => {
    const proving = await opens(alice, incident, "prove", "prove");
    assert.equal(leadsTo(proving.view), await page("alice", "prove"));
    await as(alice).submit(proving.id, code(house.code("alice")));
    for (const person of [bob, carol]) {
      const reviewing = await opens(person, approvals, "review", "approve");
      assert.equal(leadsTo(reviewing.view), await page(person.name, "approve"));
    }
    await as(bob).submit((await openView(house.slack, bob, "approve")).id, code(house.code("bob")));
    await house.worker.claim();
    await house.worker.intend();
    await house.worker.finish("unknown");
    await house.settled();
    const settling = await opens(carol, approvals, "did-not-run", "did-not-run");
    assert.equal(leadsTo(settling.view), await page("carol", "did-not-run"));
  });

  it("does nothing but what the browser does with it", async () => {
    const form = await opens(alice, incident, "prove", "prove");
    const before = JSON.stringify(house.records.trail.events);
    assert.deepEqual(await as(alice).click({ view: form.id }, "by-passkey"), { ok: true });
    assert.equal((await house.request()).state, "awaiting-challenge");
    assert.equal(JSON.stringify(house.records.trail.events), before);
    assert.deepEqual(house.log.lines, []);
  });

  it("is not there where there is no such page", async () => {
    await house.close();
    house = await openHouse();
    await as(alice).command(incident.id, "/k8s rollout restart deploy/api -n prod -- 5xx since the deploy");
    await house.worker.plan();
    assert.equal(leadsTo((await opens(alice, incident, "prove", "prove")).view), undefined);
  });
});
