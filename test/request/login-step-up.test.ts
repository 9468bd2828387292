import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { loginAuthenticator } from "../../src/adapters/authenticators/login.ts";
import { sealingKey } from "../../src/adapters/authenticators/seal.ts";
import { stepUpLinks } from "../../src/adapters/authenticators/step-up-links.ts";
import { challengeOf } from "../../src/challenge/evidence.ts";
import { type Purpose, stepUpMs } from "../../src/challenge/step-up.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { isRefusal } from "../../src/operation/refusal.ts";
import type { LoginWish } from "../../src/ports/login.ts";
import type { Witness } from "../../src/ports.ts";
import { createLoginStepUps, type LoginStepUps } from "../../src/request/login-step-up.ts";
import type { Request } from "../../src/request/request.ts";
import { createStepUps, type StepUps } from "../../src/request/step-up.ts";
import { name, namespace } from "../contract/sample-request.ts";
import { fakeAuthenticator } from "../fakes/authenticator.ts";
import { alice, openDesk, people, restartIn, type TestDesk } from "./desk.ts";

/** What the provider would sign: who logged in, and the nonce. */
const tokenOf = (subject: string, nonce: string) => JSON.stringify({ subject, nonce });

/** Takes the tokens of {@link tokenOf} for whom and what they are. */
const witness: Witness = {
  async whyNot(proof) {
    const { evidence } = proof;
    if (evidence?.kind !== "id-token" || !evidence.binding) return "this is no login";
    const meant = tokenOf(proof.subject, challengeOf(proof, evidence.binding));
    return evidence.token === meant ? undefined : "the login was for something else";
  },
};

describe("a step-up by way of the identity provider", () => {
  let desk: TestDesk;
  let stepUps: StepUps;
  let logins: LoginStepUps;
  let wishes: LoginWish[];

  beforeEach(() => {
    wishes = [];
    desk = openDesk({
      authenticators: new Map(
        [loginAuthenticator(), fakeAuthenticator(people.map(({ sub }) => sub))].map((one) => [one.name, one] as const),
      ),
      witness,
    });
    const bound = { stepUp: { bound: true }, approvals: { count: 1, from: ["sre"], stepUp: { bound: true } } } as const;
    for (const tier of ["privileged", "critical"]) desk.tier(tier, bound);
    const { lifecycle, store, trail, directory } = desk;
    const links = stepUpLinks([sealingKey("k-1", randomBytes(32).toString("base64"))]);
    stepUps = createStepUps({ lifecycle, store, directory, links, trail });
    logins = createLoginStepUps({
      stepUps,
      store,
      logins: {
        host: "id.example.com",
        begin: async (wish) => {
          wishes.push(wish);
          return { address: "https://id.example.com/auth", kept: "k" };
        },
        finish: async () => assert.fail("the pages do that"),
      },
    });
  });

  const asked = async (operation: Operation = restartIn("prod")) => desk.plans(await desk.asks(alice, operation));
  const link = (request: Request, subject: string, purpose: Purpose) =>
    stepUps.start({ request: request.id, subject, purpose }, desk.clock.now());
  const begin = (at: string, filled: { typed?: string; why?: string } = {}) =>
    logins.begin(at, { typed: "", why: "", ...filled });
  /** The last login that was begun comes back, by this person, who logged in just now. */
  const back = (subject: string, { authenticatedAt = desk.clock.now(), nonce = wishes.at(-1)?.nonce ?? "" } = {}) =>
    logins.back({
      end: "step-up",
      carried: wishes.at(-1)?.carry ?? "",
      token: { token: tokenOf(subject, nonce), subject, authenticatedAt },
    });
  const said = (done: Awaited<ReturnType<typeof back>>) =>
    isRefusal(done) ? `${done.refused}: ${done.says}` : done.says;

  it("leads a request of a bound tier to its grant", async () => {
    const request = await asked();
    await begin(link(request, "alice", "prove"));
    assert.deepEqual([wishes[0]?.end, wishes[0]?.subject], ["step-up", "alice"]);
    assert.match(said(await back("alice")), /^Your presence is proved\. The request is awaiting approval\.$/);
    await begin(link(request, "bob", "approve"));
    assert.match(said(await back("bob")), /^Your approval is recorded\. The request is granted\.$/);
  });

  it("has the provider sign over the very plan that the page has shown", async () => {
    const at = link(await asked(), "alice", "prove");
    const offer = await stepUps.offer(at);
    await begin(at);
    assert.ok(!isRefusal(offer) && offer.challenge === wishes[0]?.nonce);
    assert.deepEqual(!isRefusal(offer) && offer.ways, ["login"]);
  });

  it("attack: takes no login of somebody else on a person's link, and none for another plan", async () => {
    const request = await asked();
    await begin(link(request, "alice", "prove"));
    assert.match(said(await back("bob")), /^evidence: /);
    const other = await asked();
    await begin(link(other, "alice", "prove"));
    const nonce = wishes[0]?.nonce ?? "";
    assert.match(said(await back("alice", { nonce })), /^evidence: /);
    for (const one of [request, other]) assert.equal((await desk.now(one)).state, "awaiting-challenge");
  });

  it("attack: takes a login once", async () => {
    const request = await asked();
    await begin(link(request, "alice", "prove"));
    await back("alice");
    await begin(link(request, "bob", "approve"));
    assert.match(said(await back("bob")), /recorded/);
    assert.match(said(await back("bob")), /^not-in-this-state|^already-approved/);
  });

  it("takes none that the provider dates before it was begun, or not at all", async () => {
    const request = await asked();
    await begin(link(request, "alice", "prove"));
    const before = desk.clock.now() - 7_000;
    assert.match(said(await back("alice", { authenticatedAt: before })), /from before you began here/);
    const undated = { token: tokenOf("alice", wishes[0]?.nonce ?? ""), subject: "alice" };
    const carried = wishes[0]?.carry ?? "";
    assert.match(said(await logins.back({ end: "step-up", carried, token: undated })), /from before you began here/);
    assert.equal((await desk.now(request)).state, "awaiting-challenge");
  });

  it("takes none once the link is over", async () => {
    const request = await asked();
    await begin(link(request, "alice", "prove"));
    desk.clock.pass(stepUpMs + 1);
    assert.match(said(await back("alice")), /^link-not-valid: /);
  });

  it("sends nobody to the provider for whom a login does not count, nor before a name that is to be typed", async () => {
    const target = { kind: "Pod", namespace: namespace("prod"), name: name("api-1") } as const;
    const removal = await asked({ kind: "delete-pod", cluster: "demo", target });
    const at = link(removal, "alice", "prove");
    const none = await begin(at);
    assert.ok(isRefusal(none) && none.refused === "bad-arguments");
    assert.ok(!isRefusal(await begin(at, { typed: "api-1" })));
    desk.tier("privileged", { stepUp: { by: ["totp"] } });
    const weak = await begin(link(await asked(), "alice", "prove"));
    assert.ok(isRefusal(weak) && weak.refused === "not-enrolled");
    assert.equal(wishes.length, 1);
  });
});
