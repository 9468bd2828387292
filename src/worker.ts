import { hostname } from "node:os";
import { answerDoorbell, openWake } from "./adapters/bullmq/wake.ts";
import { chance } from "./adapters/chance/chance.ts";
import { fileDirectory } from "./adapters/identity/files.ts";
import { recordedPolicy } from "./adapters/identity/recorded-policy.ts";
import { openCluster } from "./adapters/kubernetes/cluster.ts";
import { openLog, sayFault } from "./adapters/log/log.ts";
import { demandDurable } from "./adapters/redis/durable.ts";
import { redisPresence } from "./adapters/redis/presence.ts";
import { openState } from "./adapters/redis/redis.ts";
import { redisRequestStore } from "./adapters/redis/request-store.ts";
import { redisTrail } from "./adapters/redis/trail.ts";
import { assertionCheck } from "./adapters/witness/assertion.ts";
import { idTokenCheck } from "./adapters/witness/id-token.ts";
import { membershipWitness } from "./adapters/witness/membership.ts";
import { witnessOf } from "./adapters/witness/witness.ts";
import { pagesOrigin, workerSettings } from "./config.ts";
import type { Bench } from "./execution/bench.ts";
import { patrolMs, walkRounds } from "./execution/end-leftovers.ts";
import { work } from "./execution/work.ts";
import type { Scribe, Side } from "./ports.ts";
import { every, run } from "./process.ts";
import { presenceMs } from "./request/absence.ts";
import { createMover } from "./request/move.ts";
import { grantVerifier } from "./request/sign.ts";

/** The process facing the clusters. It holds no Slack token and no second factor. */
await run("worker", async () => {
  const settings = workerSettings(process.env);
  const log = openLog("worker");
  const onFault = (fault: unknown) => log.warn("fault", { says: sayFault(fault) });
  await demandDurable(settings.REDIS_URL, settings.COUNTERSIGN_FORGETFUL_REDIS === "demo", (says) =>
    log.warn("redis may forget", { says }),
  );

  const worker = `worker@${hostname()}/${process.pid}`;
  const scribe: Scribe = (event) => ({ event, writer: worker, clock: Date.now() });
  const state = openState({ url: settings.REDIS_URL, prefix: settings.COUNTERSIGN_PREFIX });
  const store = redisRequestStore(state, scribe);
  const queue = { url: settings.REDIS_URL, prefix: settings.COUNTERSIGN_PREFIX, onFault };
  const served = [...settings.clusters.keys()];
  const wake = await openWake({ ...queue, clusters: served });
  const clusters = new Map(
    await Promise.all(
      [...settings.clusters].map(async ([name, cluster]) => [name, await openCluster({ name, ...cluster })] as const),
    ),
  );

  const directory = fileDirectory(settings.COUNTERSIGN_DIRECTORY, onFault);
  const { provider } = settings;
  const origin = pagesOrigin(settings);
  const trail = redisTrail(state, scribe, chance);
  const bench: Bench = {
    store,
    mover: createMover({ store, wake, chance }),
    clusters,
    verifier: grantVerifier(settings.grantPublicKey),
    policy: recordedPolicy(settings.COUNTERSIGN_POLICY, trail, onFault),
    directory,
    witness: witnessOf({
      ...(origin === undefined ? {} : { assertion: assertionCheck({ origin, directory }) }),
      ...(provider ? { "id-token": idTokenCheck(provider) } : {}),
    }),
    ...(provider?.groups ? { groups: membershipWitness({ ...provider, groups: provider.groups }) } : {}),
    worker,
    lifetimes: {
      request: settings.COUNTERSIGN_REQUEST_SECONDS,
      execution: settings.COUNTERSIGN_EXECUTION_SECONDS,
    },
    leaseMs: settings.COUNTERSIGN_LEASE_SECONDS,
    watchMs: settings.COUNTERSIGN_WATCH_SECONDS,
    log: (event, facts) => log.warn(event, facts),
  };
  const walk = walkRounds({ ...bench, trail, ownClock: Date.now });
  // Each cluster has a queue and a sweep of its own: one that is away holds up only what is asked of it.
  const rounds = served.map((cluster) => {
    const side: Side = `worker:${cluster}`;
    const concurrency = settings.COUNTERSIGN_CONCURRENCY;
    const doorbell = answerDoorbell(side, { ...queue, concurrency }, (id) => work(bench, id));
    // Whatever the queue lost is found in the record.
    const sweep = every(1_000, onFault, async () => {
      for (const id of await store.waiting(side, 5_000, 50)) await wake.wake(side, id);
    });
    const reached = clusters.get(cluster);
    // What Redis has forgotten, or was made to forget, is found in the cluster itself.
    const look = async () => {
      if (reached) await walk(reached);
    };
    void look();
    const patrol = every(patrolMs, onFault, look);
    return { doorbell, sweep, patrol };
  });
  const presence = redisPresence(state);
  const serve = () => presence.serve(served, presenceMs);
  await serve();
  const telling = every(presenceMs / 3, onFault, serve);
  log.info("ready", { clusters: served.join(", ") });

  return async () => {
    telling.stop();
    for (const { sweep, patrol } of rounds) for (const round of [sweep, patrol]) round.stop();
    await Promise.all(rounds.map(({ doorbell }) => doorbell.close()));
    await wake.close();
    await Promise.all([...clusters.values()].map((cluster) => cluster.close()));
    await state.close();
  };
});
