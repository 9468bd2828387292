import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { answered, ask, type } from "../lab/acting.ts";
import { answerTo, elevateAlice, ended, killEverything, startEverything, untilAnswered } from "../lab/elevating.ts";
import { alice, incident } from "../lab/people.ts";
import { ownRedisFor } from "../lab/redis/shared-redis.ts";
import { effectsOf, onRealStage } from "./stage.ts";

describe("an elevation on a real API server, the second lock on", function () {
  this.timeout(120_000);
  const stage = onRealStage({ webs: 1, workers: 2, redis: ownRedisFor });

  it("turns alice's 403 into 200 and back, by one account each", async () => {
    const { lab, admin } = stage();
    assert.equal(await answerTo(admin), 403);
    const { id, outcome } = await elevateAlice(lab, "--role=view --for=12s");
    await untilAnswered(admin, 200);
    assert.equal(outcome.apiAuditIds.length, 1);
    await untilAnswered(admin, 403);
    assert.equal((await ended(lab, id)).how, "on-time");
    const effects = await effectsOf(stage(), id);
    assert.deepEqual(
      effects.map(({ verb, user, objectRef }) => [verb, user.username?.split(":").at(-1), objectRef?.resource]),
      [
        ["create", "countersign-elevate", "rolebindings"],
        ["delete", "countersign-elevation-end", "rolebindings"],
      ],
    );
  });

  it("is listed while it stands, and ended early by its holder", async () => {
    const { lab, admin } = stage();
    assert.equal(await answerTo(admin), 403);
    const { id } = await elevateAlice(lab, "--role=view --for=10m");
    await untilAnswered(admin, 200);
    const listed = await ask(lab, alice, incident, "/k8s elevations -n prod");
    assert.match(await answered(lab, alice, listed), new RegExp(`${id}[^]*view`));
    await type(lab, alice, incident, `/k8s revoke ${id} -- seen enough`);
    await untilAnswered(admin, 403);
    assert.equal((await ended(lab, id)).how, "revoked");
  });

  it("is gone on time after web, workers and Redis were all killed in between", async () => {
    const { lab, admin } = stage();
    assert.equal(await answerTo(admin), 403);
    const { id, elevation } = await elevateAlice(lab, "--role=view --for=15s");
    await untilAnswered(admin, 200);
    await killEverything(lab);
    await sleep((elevation?.until ?? 0) - Date.now() + 100);
    assert.equal(await answerTo(admin), 200, "nobody was there to end it");
    await startEverything(lab);
    await untilAnswered(admin, 403);
    assert.equal((await ended(lab, id)).how, "on-time");
  });
});
