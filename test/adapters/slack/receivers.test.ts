import assert from "node:assert/strict";
import { createFlight } from "../../../src/adapters/slack/flight.ts";
import { quietLogger } from "../../../src/adapters/slack/quiet-logger.ts";
import type { Once } from "../../../src/ports.ts";
import { alice, type House, incident, keptLog, type Mode, openHouse } from "./house.ts";

const help = "/k8s help";

describe("the connections of socket mode", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  it("are two, unless told", () => {
    assert.equal(house.slack.calls.filter(({ method }) => method === "apps.connections.open").length, 2);
  });

  it("come back at once when Slack asks for new ones", async () => {
    house.slack.faults.refreshSockets();
    await opened(house, 4);
    await house.slack.ready();
    assert.deepEqual(await house.slack.as(alice.id).command(incident.id, help), { ok: true });
  });

  it("come back after faults of Slack, and end no process", async () => {
    house.slack.faults.fail("apps.connections.open", 503, 2);
    house.slack.faults.refreshSockets();
    await opened(house, 6);
    await house.slack.ready();
    assert.deepEqual(await house.slack.as(alice.id).command(incident.id, help), { ok: true });
    assert.equal(house.log.lines.filter((line) => line.includes("could not be made")).length, 2);
  });
});

/** When so many connections were asked for in all. */
async function opened({ slack }: House, count: number): Promise<void> {
  while (slack.calls.filter(({ method }) => method === "apps.connections.open").length < count)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("closing", () => {
  for (const mode of ["socket", "http"] satisfies Mode[])
    it(`lets what is under way end in ${mode} mode`, async () => {
      const asked = Promise.withResolvers<void>();
      const answer = Promise.withResolvers<boolean>();
      const once: Once = {
        first() {
          asked.resolve();
          return answer.promise;
        },
      };
      const house = await openHouse({ mode, once });
      const typed = house.slack.as(alice.id).command(incident.id, "/k8s rollout restart deploy/api -n prod -- x");
      await asked.promise;
      const closed = house.replicas[0]?.close();
      answer.resolve(true);
      assert.deepEqual((await Promise.all([typed, closed]))[0], { ok: true });
      assert.equal((await house.records.store.of("alice", 1)).length, 1);
      await house.slack.close();
    });
});

describe("a flight", () => {
  it("lands when all that was under way is done, whether it went well or not", async () => {
    const flight = createFlight();
    const work = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const runs = work.map(({ promise }) => flight.run(() => promise));
    let landed = false;
    const landing = flight.landed(60_000).then(() => {
      landed = true;
    });
    work[0].resolve();
    await runs[0];
    assert.equal(landed, false);
    work[1].reject(new Error("went wrong"));
    await assert.rejects(runs[1] ?? Promise.resolve());
    await landing;
  });
});

describe("the library's logger", () => {
  it("drops debug lines, which hold whole payloads", () => {
    const log = keptLog();
    quietLogger(log).debug('{"code":{"value":"123456"}}');
    assert.deepEqual(log.lines, []);
  });

  it("keeps the first text or the fault's name, without what looks like a secret or a quotation", () => {
    const log = keptLog();
    const logger = quietLogger(log);
    const token = ["xoxb", "1234567890-abcdef"].join("-");
    logger.error(new TypeError(`no route for ${token}`), { body: "whole payload" });
    logger.warn(`Malformed request body: Unexpected token, "{"code": 123456" is not valid JSON`);
    logger.info("code 123 456 typed", "second argument");
    logger.warn("wss://wss-primary.slack.test/link/?ticket=abc failed");
    logger.error({ code: "123456" });
    const said = log.lines.join("\n");
    for (const secret of [token, "payload", "123456", "123 456", "second", "ticket"])
      assert.ok(!said.includes(secret), `${secret} in ${said}`);
    assert.equal(log.lines.length, 5);
  });
});
