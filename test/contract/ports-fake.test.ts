import { fakeClock } from "../fakes/clock.ts";
import { fakeCredentials, fakeEnrolments } from "../fakes/credentials.ts";
import { fakeOnce } from "../fakes/once.ts";
import { fakePresence } from "../fakes/presence.ts";
import { fakeTrail } from "../fakes/trail.ts";
import { describeCredentialsContract } from "./credentials.ts";
import { describeEnrolmentsContract } from "./enrolments.ts";
import { describeOnceContract } from "./once.ts";
import { describePresenceContract } from "./presence.ts";
import { describeTrailContract } from "./trail.ts";

const close = async () => undefined;

describeOnceContract("the fake", async () => {
  const clock = fakeClock();
  return { once: fakeOnce(clock), pass: async (ms) => clock.pass(ms), close };
});

describePresenceContract("the fake", async () => {
  const clock = fakeClock();
  return { presence: fakePresence(clock), pass: async (ms) => clock.pass(ms), close };
});

describeTrailContract("the fake", async () => ({ trail: fakeTrail(fakeClock()), close }));

function credentialsAndClock() {
  const clock = fakeClock();
  const trail = fakeTrail(clock);
  return { clock, trail, credentials: fakeCredentials({ clock, trail }) };
}

describeCredentialsContract("the fake", async () => {
  const { clock, trail, credentials } = credentialsAndClock();
  return {
    credentials,
    trail,
    now: async () => clock.now(),
    enrol: async (subject, id, sealed) => credentials.put(subject, { id, sealed, timeStep: -1 }),
    claim: async (subject, credential, timeStep) => credentials.claim(subject, credential, timeStep),
    close,
  };
});

describeEnrolmentsContract("the fake", async () => {
  const { clock, trail, credentials } = credentialsAndClock();
  const enrolments = fakeEnrolments({ clock, trail, credentials });
  return { enrolments, credentials, trail, pass: async (ms) => clock.pass(ms), close };
});
