import assert from "node:assert/strict";
import { once } from "node:events";
import { inspect } from "node:util";
import { Redis } from "ioredis";
import { answerDoorbell, openWake } from "../../../src/adapters/bullmq/wake.ts";
import { sayFault } from "../../../src/adapters/log/log.ts";
import { eventually } from "../../contract/kubernetes/bench.ts";
import { startCuttingProxy } from "../../lab/redis/cutting-proxy.ts";
import { startOwnRedis } from "../../lab/redis/start-redis.ts";
import { Bells } from "./bells.ts";

describe("wake-ups without Redis", () => {
  const bells = new Bells();

  describe("when Redis is dead", () => {
    it("are given up and reported, and come through again when it lives", async () => {
      const wake = await bells.waker();
      bells.answerer("web");
      await wake.wake("web", "r-before");
      await bells.untilAnswered("r-before");
      await bells.peer.kill();
      try {
        await eventually(
          async () => bells.faults.map(sayFault),
          (said) => said.some((fault) => fault.includes("ECONNREFUSED")),
        );
        bells.faults.length = 0;
        await Promise.all([wake.wake("web", "r-dead"), wake.show("r-dead")]);
        // Refused at once: what stands in line for a dead Redis comes when nobody expects it any more.
        const refused = bells.faults.map(sayFault).filter((fault) => fault.includes("enableOfflineQueue"));
        assert.equal(refused.length, 2, bells.faults.map(sayFault).join());
      } finally {
        await bells.peer.restart();
      }
      await bells.untilAnswered("r-again", () => wake.wake("web", "r-again"));
    });

    it("are opened as soon as it lives, and until then it is told why they are not", async () => {
      await bells.peer.kill();
      const opening = openWake({ ...bells.options, clusters: ["demo"] });
      await eventually(
        async () => bells.faults.length,
        (count) => count > 0,
      );
      await bells.peer.restart();
      const wake = bells.closing(await opening);
      bells.answerer("web");
      await wake.wake("web", "r-1234567890");
      await bells.untilAnswered("r-1234567890");
    });

    it("are not waited for in silence", async () => {
      bells.answerer("web");
      await bells.peer.kill();
      try {
        await eventually(
          async () => bells.faults.map(sayFault),
          (said) => said.some((fault) => fault.includes("ECONNREFUSED")),
        );
      } finally {
        await bells.peer.restart();
      }
    });

    it("do not hold a process that wants to close", async () => {
      const answerer = await bells.answererProcess();
      try {
        await bells.peer.kill();
        answerer.send("close");
        assert.deepEqual(await once(answerer, "message"), ["closed", undefined]);
      } finally {
        answerer.kill("SIGKILL");
        await bells.peer.restart();
      }
    });
  });

  describe("the password of a redis:// address", () => {
    const password = "sesame-open-4711";

    it("is in no fault that is reported, wherever one looks", async function () {
      this.timeout(20_000);
      const guarded = await startOwnRedis({ requirepass: "another" });
      const proxy = await startCuttingProxy(guarded.url);
      const url = proxy.url.replace("redis://", `redis://default:${password}@`);
      const said = (what: RegExp) =>
        eventually(
          async () => bells.faults.map(sayFault).join(),
          (text) => what.test(text),
        );
      try {
        const opening = openWake({ ...bells.options, url, clusters: ["demo"] });
        const doorbell = answerDoorbell("web", { ...bells.options, url, concurrency: 1 }, bells.note);
        await said(/WRONGPASS/);
        const redis = new Redis(guarded.url.slice("unix://".length), { password: "another" });
        await redis.config("SET", "requirepass", password);
        redis.disconnect();
        const wake = await opening;
        await proxy.close();
        await said(/ECONNREFUSED/);
        await wake.wake("web", "r-1234567890");
        const again = await startCuttingProxy(guarded.url, Number(new URL(url).port));
        await bells.untilAnswered("r-again", () => wake.wake("web", "r-again"));
        await Promise.all([wake.close(), doorbell.close()]);
        await again.close();
        for (const fault of bells.faults) {
          assert.ok(!inspect(fault, { depth: null, showHidden: true }).includes(password), inspect(fault));
          assert.ok(!sayFault(fault).includes(password), sayFault(fault));
        }
      } finally {
        await guarded.close();
      }
    });
  });
});
