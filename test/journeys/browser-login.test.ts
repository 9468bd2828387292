import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Proof } from "../../src/challenge/challenge.ts";
import { ask, finish, pageFor, reach, told } from "../lab/acting.ts";
import { boundPolicy } from "../lab/passkeys.ts";
import { alice, bob, carol, incident, type LabPersonage } from "../lab/people.ts";
import { inBrowser } from "./browser-stage.ts";

const payments = "/k8s rollout restart deploy/checkout -n prod -- 5xx since the 14:02 deploy";

describe("logins at the identity provider in a browser", function () {
  this.timeout(180_000);
  const stage = inBrowser({ policy: boundPolicy(), provider: "ciba" });

  /** The plan was read: on to the provider. */
  const onward = (page: Page) => page.getByRole("button", { name: / by logging in at 127\.0\.0\.1:\d+$/ }).click();
  const logIn = (page: Page, { sub }: LabPersonage) => page.getByRole("button", { name: `Log in as ${sub}` }).click();
  const asked = async () => {
    const { lab } = stage();
    const id = await ask(lab, alice, incident, payments);
    await reach(lab, id, "awaiting-challenge");
    return id;
  };
  const stateOf = async (id: string) => (await stage().lab.store.read(id))?.request.state;

  it("lead a request of a bound tier to a finished run, each login over the plan that its person has read", async () => {
    const { lab, cluster, open } = stage();
    const id = await asked();
    const page = await open(await pageFor(lab, alice, "prove", id));
    for (const words of ["checkout in prod", alice.sub, "5xx since the 14:02 deploy", "restartedAt", "critical"])
      await page.getByText(words).first().waitFor();
    await onward(page);
    await logIn(page, alice);
    await page.getByText("Your presence is proved.").waitFor();
    assert.equal(new URL(page.url()).hash, "", "the provider's code stands in no address any more");
    await reach(lab, id, "awaiting-approval");
    for (const [person, said] of [
      [bob, "The request is awaiting approval."],
      [carol, "Your approval is recorded."],
    ] as const) {
      assert.equal(await cluster.executions(), 0);
      const theirs = await open(await pageFor(lab, person, "review", id));
      await theirs.getByText("checkout in prod").first().waitFor();
      await onward(theirs);
      await logIn(theirs, person);
      await theirs.getByText(said).waitFor();
    }
    const over = await finish(lab, id);
    assert.equal(over.state, "succeeded", JSON.stringify(over));
    assert.equal(await cluster.executions(), 1);
    assert.ok("approvals" in over && over.approvals);
    for (const proof of [over.proof, ...over.approvals.map((approval) => approval.proof)] as (Proof | undefined)[])
      assert.deepEqual([proof?.authenticator, proof?.evidence?.kind], ["login", "id-token"]);
    await told(lab, alice, incident, id);
    const { code, stdout } = await lab.cli("audit", "verify");
    assert.equal(code, 0, stdout);
  });

  it("do nothing when the person says no there, and can be begun again", async () => {
    const { lab, open } = stage();
    const id = await asked();
    const page = await open(await pageFor(lab, alice, "prove", id));
    await onward(page);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("alert").getByText("You did not log in: the provider says that you said no.").waitFor();
    assert.equal(await stateOf(id), "awaiting-challenge");
    const again = await open(await pageFor(lab, alice, "prove", id));
    await onward(again);
    await logIn(again, alice);
    await again.getByText("Your presence is proved.").waitFor();
  });

  it("attack: of somebody else, behind a link that is not theirs, prove nothing", async () => {
    const { lab, open } = stage();
    const id = await asked();
    const page = await open(await pageFor(lab, alice, "prove", id));
    await onward(page);
    await logIn(page, bob);
    await page.getByRole("alert").getByText("the ID token is of somebody else").waitFor();
    assert.equal(await stateOf(id), "awaiting-challenge");
  });

  it("attack: begun in one browser and finished in another, prove nothing, whoever was made to follow the address", async () => {
    const { lab, open } = stage();
    const id = await asked();
    const thiefs = await open(await pageFor(lab, alice, "prove", id));
    await onward(thiefs);
    await thiefs.getByRole("heading", { name: "Log in" }).waitFor();
    const victims = await open("about:blank");
    // The provider's own cookies are a first lock; ours must do without it.
    const theirs = (await thiefs.context().cookies()).filter(({ name }) => name !== "login");
    await victims.context().addCookies(theirs);
    await victims.goto(thiefs.url());
    await logIn(victims, alice);
    await victims.getByRole("alert").getByText("This login was not begun in this browser.").waitFor();
    assert.equal(await stateOf(id), "awaiting-challenge");
  });

  it("attack: brought back a second time, prove nothing", async () => {
    const { lab, open } = stage();
    const id = await asked();
    const page = await open(await pageFor(lab, alice, "prove", id));
    const visited: string[] = [];
    page.on("framenavigated", (frame) => void visited.push(frame.url()));
    await onward(page);
    await logIn(page, alice);
    await page.getByText("Your presence is proved.").waitFor();
    const back = visited.find((url) => url.includes("#code=")) ?? assert.fail(visited.join("\n"));
    await page.goto("about:blank");
    await page.goto(back);
    await page.getByRole("alert").getByText("This login was not begun in this browser.").waitFor();
  });
});
