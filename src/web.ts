import { hostname } from "node:os";
import { enrolmentLinks } from "./adapters/authenticators/links.ts";
import { loginAuthenticator } from "./adapters/authenticators/login.ts";
import { passkeyAuthenticator } from "./adapters/authenticators/passkey.ts";
import { pushAuthenticator, pushSeal } from "./adapters/authenticators/push.ts";
import { recoveryKeeper } from "./adapters/authenticators/recovery.ts";
import { registrationReader } from "./adapters/authenticators/registration.ts";
import { readSealingKeys } from "./adapters/authenticators/seal.ts";
import { stepUpLinks } from "./adapters/authenticators/step-up-links.ts";
import { totpAuthenticator, totpSeeds } from "./adapters/authenticators/totp.ts";
import { answerDoorbell, openWake } from "./adapters/bullmq/wake.ts";
import { chance, pushChance } from "./adapters/chance/chance.ts";
import { openPages } from "./adapters/http/pages.ts";
import { recordedPolicy } from "./adapters/identity/recorded-policy.ts";
import { openLog, sayFault } from "./adapters/log/log.ts";
import { redisAlarms } from "./adapters/redis/alarms.ts";
import { redisCredentials, redisEnrolments } from "./adapters/redis/credentials.ts";
import { demandDurable } from "./adapters/redis/durable.ts";
import { redisFreezes } from "./adapters/redis/freezes.ts";
import { redisPresence } from "./adapters/redis/presence.ts";
import { redisPushes } from "./adapters/redis/pushes.ts";
import { openState } from "./adapters/redis/redis.ts";
import { redisRegistrations } from "./adapters/redis/registrations.ts";
import { redisRequestStore } from "./adapters/redis/request-store.ts";
import { redisOnce, redisShowcase } from "./adapters/redis/showcase.ts";
import { redisTrail } from "./adapters/redis/trail.ts";
import { openSlack } from "./adapters/slack/slack.ts";
import { openUserGroups } from "./adapters/slack/user-groups.ts";
import { assertionCheck } from "./adapters/witness/assertion.ts";
import { idTokenCheck } from "./adapters/witness/id-token.ts";
import { witnessOf } from "./adapters/witness/witness.ts";
import { createEnrolling } from "./challenge/enrolment.ts";
import { createPushes } from "./challenge/push.ts";
import { createRegistering } from "./challenge/registration.ts";
import { pagesOrigin, webSettings } from "./config.ts";
import type { Authenticator, Scribe } from "./ports.ts";
import { every, run } from "./process.ts";
import { believing } from "./request/believe.ts";
import { createBrake } from "./request/brake.ts";
import { watchBrake } from "./request/brake-watch.ts";
import type { Desk } from "./request/desk.ts";
import { createLifecycle } from "./request/lifecycle.ts";
import { createLoginStepUps } from "./request/login-step-up.ts";
import { createMover } from "./request/move.ts";
import { createPushing } from "./request/pushing.ts";
import { watchReviews } from "./request/review-watch.ts";
import { grantSigner, keyAttestor } from "./request/sign.ts";
import { createStepUps } from "./request/step-up.ts";
import { pushSenders } from "./wiring/push-senders.ts";
import { slackSettingsOf } from "./wiring/slack-settings.ts";
import { webPeople } from "./wiring/web-people.ts";

/** The process facing Slack. It holds no cluster credential. */
await run("web", async () => {
  const settings = webSettings(process.env);
  const log = openLog("web");
  const onFault = (fault: unknown) => log.warn("fault", { says: sayFault(fault) });
  await demandDurable(settings.REDIS_URL, settings.COUNTERSIGN_FORGETFUL_REDIS === "demo", (says) =>
    log.warn("redis may forget", { says }),
  );

  const writer = `web@${hostname()}/${process.pid}`;
  const scribe: Scribe = (event) => ({ event, writer, clock: Date.now() });
  const state = openState({ url: settings.REDIS_URL, prefix: settings.COUNTERSIGN_PREFIX });
  const attestor = keyAttestor(settings.grantKey);
  const store = believing(redisRequestStore(state, scribe), attestor);
  const trail = redisTrail(state, scribe, chance);
  const showcase = redisShowcase(state, chance);
  const policy = recordedPolicy(settings.COUNTERSIGN_POLICY, trail, onFault);
  const slackSettings = slackSettingsOf(settings);
  const queue = { url: settings.REDIS_URL, prefix: settings.COUNTERSIGN_PREFIX, onFault };
  const wake = await openWake({ ...queue, clusters: settings.COUNTERSIGN_CLUSTERS });

  const sealing = readSealingKeys(settings.COUNTERSIGN_SEALING_KEY, settings.COUNTERSIGN_SEALING_KEYS_OLD);
  const seeds = totpSeeds(sealing, "Countersign");
  const credentials = redisCredentials(state, scribe);
  const origin = pagesOrigin(settings);
  const { provider } = settings;
  const senders = pushSenders(settings);
  const pushes = createPushes({
    senders,
    store: redisPushes(state, scribe),
    seal: pushSeal(sealing),
    chance: pushChance,
  });
  const people = webPeople(settings, { sealing, state, scribe, attestor, trail, clock: store, onFault });
  const { directory, login } = people;
  const authenticators: readonly Authenticator[] = [
    totpAuthenticator(credentials, seeds),
    ...[...senders.keys()].map((by) => pushAuthenticator(pushes, by)),
    ...(login ? [loginAuthenticator()] : []),
    ...(origin === undefined ? [] : [passkeyAuthenticator(directory)]),
  ];
  const desk: Desk = {
    store,
    trail,
    wake,
    presence: redisPresence(state),
    chance,
    directory,
    ...(people.memberships ? { memberships: people.memberships } : {}),
    slackGroups: openUserGroups(slackSettings, log),
    policy,
    authenticators: new Map(authenticators.map((authenticator) => [authenticator.name, authenticator])),
    witness: witnessOf({
      ...(origin === undefined ? {} : { assertion: assertionCheck({ origin, directory }) }),
      ...(provider ? { "id-token": idTokenCheck(provider) } : {}),
    }),
    attestor,
    signer: grantSigner(settings.grantKey),
    lifetimes: {
      request: settings.COUNTERSIGN_REQUEST_SECONDS,
      challenge: settings.COUNTERSIGN_CHALLENGE_SECONDS,
      execution: settings.COUNTERSIGN_EXECUTION_SECONDS,
    },
    mover: createMover({ store, wake, chance }),
  };
  const lifecycle = createLifecycle(desk);
  const freezes = redisFreezes(state, scribe);
  const stepUps = createStepUps({ lifecycle, store, directory, links: stepUpLinks(sealing), trail });
  const pushing = senders.size > 0 ? createPushing({ pushes, lifecycle, store }) : undefined;
  const pages = await openPages({
    host: settings.PAGES_HOST,
    port: settings.PAGES_PORT,
    secure: origin?.startsWith("https:") ?? false,
    enrolling: createEnrolling({
      enrolments: redisEnrolments(state, scribe),
      credentials,
      links: enrolmentLinks(sealing),
      seeds,
      recovery: recoveryKeeper(sealing),
      chance,
      clock: store,
    }),
    ...(origin === undefined
      ? {}
      : {
          stepUps,
          ...(login
            ? { login: { ...login, stepUps: createLoginStepUps({ stepUps, logins: login.logins, store }) } }
            : {}),
          registering: createRegistering({
            registrations: redisRegistrations(state, scribe),
            links: enrolmentLinks(sealing, "passkey"),
            reader: registrationReader(origin),
          }),
        }),
    alive: () => store.now(),
    onFault,
  });
  const slack = await openSlack(slackSettings, {
    ...{
      lifecycle,
      brake: createBrake(desk, freezes),
      store,
      showcase,
      once: redisOnce(state, chance),
      directory,
      trail,
      log,
    },
    ...(pushing ? { pushing } : {}),
    ...(login && origin !== undefined
      ? {
          readsGroups: people.memberships !== undefined,
          linkAddress: (account, now) => new URL(`/link#${login.linking.start(account, now)}`, origin).href,
        }
      : {}),
    ...(origin === undefined
      ? {}
      : { stepUpAddress: (about, now) => new URL(`/step-up#${stepUps.start(about, now)}`, origin).href }),
  });

  const doorbells = [
    answerDoorbell("web", { ...queue, concurrency: 8 }, (id) => lifecycle.advance(id)),
    answerDoorbell("show", { ...queue, concurrency: 8 }, (id) => slack.show(id)),
  ];
  // Whatever the queue lost is found in the record; deadlines are judged by Redis's clock.
  const brakeWatch = every(1_000, onFault, watchBrake({ freezes, trail, chance }));
  const reviewWatch = every(1_000, onFault, watchReviews({ store, trail, chance }));
  const alarms = redisAlarms(state);
  const telling = every(1_000, onFault, async () => {
    for (const entry of await alarms.due(20)) {
      await slack.tell(entry);
      await alarms.told(entry.seq);
    }
  });
  const sweep = every(1_000, onFault, async () => {
    for (const id of await store.overdue(50)) await lifecycle.lapse(id);
    for (const id of await store.waiting("web", 5_000, 50)) await wake.wake("web", id);
    for (const id of await showcase.waiting(5_000, 50)) await wake.show(id);
  });
  // A no on the phone is noticed without anybody typing, and holds up nothing else.
  const phones = pushing && every(1_000, onFault, () => pushing.look((disowned) => slack.alarm(disowned)));
  log.info("ready", {
    mode: settings.SLACK_MODE,
    pages: pages.url,
    ...(slack.address === undefined ? {} : { address: slack.address }),
  });

  return async () => {
    for (const round of [sweep, telling, brakeWatch, reviewWatch]) round.stop();
    phones?.stop();
    await slack.close();
    await pages.close();
    await Promise.all(doorbells.map((doorbell) => doorbell.close()));
    await wake.close();
    await state.close();
  };
});
