import assert from "node:assert/strict";
import type { App, ViewResponseAction } from "@slack/bolt";
import type { KnownBlock, ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { type RunningApp, startBoltApp } from "./bolt-app.ts";
import { startSlackDouble } from "./slack-double.ts";
import { refusalOf, webClient } from "./web-client.ts";
import type { SlackDouble } from "./workspace.ts";

const PEOPLE = [
  { id: "U1", name: "alice", realName: "Alice Adams" },
  { id: "U2", name: "bob", realName: "Bob Brown" },
];
const CHANNELS = [{ id: "C1", name: "ops", members: ["U1", "U2"] }];

const codeInput: KnownBlock = {
  type: "input",
  block_id: "code",
  label: { type: "plain_text", text: "Code" },
  element: { type: "plain_text_input", action_id: "digits", min_length: 6, max_length: 6 },
};

function modal(title: string, over: Partial<ModalView> = {}): ModalView {
  return {
    type: "modal",
    callback_id: "form",
    title: { type: "plain_text", text: title },
    submit: { type: "plain_text", text: "Go" },
    blocks: [codeInput],
    ...over,
  };
}

describe("a modal in the Slack double", () => {
  let slack: SlackDouble;
  let running: RunningApp;
  let client: WebClient;
  let now: number;
  /** What the app answers the next submission with. */
  let answer: ViewResponseAction | undefined;

  function listen(app: App): void {
    app.command("/k8s", ({ ack }) => ack());
    app.action("go", ({ ack }) => ack());
    app.view("form", ({ ack }) => ack(answer));
    app.view({ callback_id: "form", type: "view_closed" }, ({ ack }) => ack());
  }

  /** A trigger of the person's, got by typing a command. */
  async function trigger(person = "U1"): Promise<string> {
    await slack.as(person).command("C1", "/k8s help");
    return String(slack.deliveries.at(-1)?.payload["trigger_id"]);
  }

  async function opened(view: ModalView, person = "U1"): Promise<string> {
    const { view: shown } = await client.views.open({ trigger_id: await trigger(person), view });
    return shown?.id ?? "";
  }

  const titles = (person = "U1") =>
    slack
      .as(person)
      .see()
      .views.map(({ view }) => view.title.text);
  const code = (digits: string) => ({ code: { digits } });

  before(async () => {
    now = Date.now();
    slack = await startSlackDouble({ people: PEOPLE, channels: CHANNELS, now: () => now });
    running = await startBoltApp(slack, "http", listen);
    client = webClient(slack);
  });

  after(async () => {
    await running.stop();
    await slack.close();
  });

  beforeEach(async () => {
    answer = undefined;
    for (const id of ["U1", "U2"])
      for (const { id: view } of slack.as(id).see().views.toReversed()) await slack.as(id).close(view);
  });

  describe("is opened by a trigger", () => {
    it("once", async () => {
      const trigger_id = await trigger();
      await client.views.open({ trigger_id, view: modal("A") });
      assert.equal(
        (await refusalOf(client.views.open({ trigger_id, view: modal("B") }))).error,
        "exchanged_trigger_id",
      );
      assert.deepEqual(titles(), ["A"]);
    });

    it("within three seconds", async () => {
      const trigger_id = await trigger();
      now += 3001;
      assert.equal((await refusalOf(client.views.open({ trigger_id, view: modal("A") }))).error, "expired_trigger_id");
    });

    it("that Slack gave out, and for the person who caused it", async () => {
      const wrong = client.views.open({ trigger_id: "1.2.abc", view: modal("A") });
      assert.equal((await refusalOf(wrong)).error, "invalid_trigger_id");
      await opened(modal("Bob's"), "U2");
      assert.deepEqual([titles("U1"), titles("U2")], [[], ["Bob's"]]);
    });

    it("that a faulty view does not use up", async () => {
      const trigger_id = await trigger();
      const faulty = client.views.open({ trigger_id, view: modal("x".repeat(25)) });
      assert.deepEqual(await refusalOf(faulty), {
        error: "invalid_arguments",
        messages: ["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"],
      });
      await client.views.open({ trigger_id, view: modal("A") });
    });

    it("unless it is over 250 kB, or its external_id is taken", async () => {
      const large = modal("A", {
        blocks: Array(100).fill({
          ...codeInput,
          block_id: "x".repeat(255),
          hint: { type: "plain_text", text: "x".repeat(2500) },
        }),
      });
      assert.equal(
        (await refusalOf(client.views.open({ trigger_id: await trigger(), view: large }))).error,
        "view_too_large",
      );
      await opened(modal("A", { external_id: "r-1" }));
      const again = client.views.open({ trigger_id: await trigger("U2"), view: modal("B", { external_id: "r-1" }) });
      assert.equal((await refusalOf(again)).error, "duplicate_external_id");
    });
  });

  describe("stacks", () => {
    it("three deep, and shows the one below when one is closed", async () => {
      await opened(modal("A"));
      for (const title of ["B", "C"]) await client.views.push({ trigger_id: await trigger(), view: modal(title) });
      const fourth = client.views.push({ trigger_id: await trigger(), view: modal("D") });
      assert.equal((await refusalOf(fourth)).error, "push_limit_reached");
      const alice = slack.as("U1");
      assert.equal((await alice.close(alice.see().views[0]?.id ?? "")).ok, false);
      await alice.close(alice.see().views[2]?.id ?? "");
      assert.deepEqual(titles(), ["A", "B"]);
    });

    it("only on a modal that is open", async () => {
      const push = client.views.push({ trigger_id: await trigger(), view: modal("A") });
      assert.equal((await refusalOf(push)).error, "not_found");
    });
  });

  describe("is updated", () => {
    it("under a new hash, and not by someone who saw an older one", async () => {
      const view_id = await opened(modal("A"));
      const hash = slack.as("U1").see().views[0]?.hash ?? "";
      await client.views.update({ view_id, hash, view: modal("B") });
      assert.equal((await refusalOf(client.views.update({ view_id, hash, view: modal("C") }))).error, "hash_conflict");
      await client.views.update({ view_id, view: modal("D") });
      assert.deepEqual(titles(), ["D"]);
    });

    it("by its external_id, and not once it is closed", async () => {
      const view_id = await opened(modal("A", { external_id: "r-2" }));
      await client.views.update({ external_id: "r-2", view: modal("B", { external_id: "r-2" }) });
      assert.deepEqual(titles(), ["B"]);
      await slack.as("U1").close(view_id);
      assert.equal((await refusalOf(client.views.update({ view_id, view: modal("C") }))).error, "not_found");
    });
  });

  describe("is submitted", () => {
    it("by its owner alone, and never from below another", async () => {
      const view = await opened(modal("A"));
      const sent = slack.deliveries.length;
      assert.equal((await slack.as("U2").submit(view, code("123456"))).ok, false);
      await client.views.push({ trigger_id: await trigger(), view: modal("B") });
      assert.equal((await slack.as("U1").submit(view, code("123456"))).ok, false);
      assert.equal(slack.deliveries.slice(sent).filter(({ kind }) => kind === "interactive").length, 0);
    });

    it("only when Slack's client is content with what was entered", async () => {
      const alice = slack.as("U1");
      const view = await opened(modal("A"));
      const sent = slack.deliveries.length;
      for (const [values, words] of [
        [{}, /required/],
        [code(""), /required/],
        [code("12345"), /at least 6/],
        [code("1234567"), /too long/],
        [{ other: { digits: "123456" }, ...code("123456") }, /no field/],
      ] as const) {
        const { ok, error } = await alice.submit(view, values);
        assert.equal(ok, false);
        assert.match(error ?? "", words);
      }
      assert.equal(slack.deliveries.length, sent);
    });

    it("with a state that has every input in Slack's form", async () => {
      const option = (value: string) => ({ text: { type: "plain_text" as const, text: value.toUpperCase() }, value });
      const input = (
        block_id: string,
        element: Extract<KnownBlock, { type: "input" }>["element"],
        optional = false,
      ) => ({
        type: "input" as const,
        block_id,
        optional,
        label: { type: "plain_text" as const, text: block_id },
        element,
      });
      const options = [option("a"), option("b")];
      const view = await opened(
        modal("A", {
          private_metadata: "r-9",
          blocks: [
            input("text", { type: "plain_text_input", action_id: "in" }, true),
            input("menu", { type: "static_select", action_id: "in", options }),
            input("radio", { type: "radio_buttons", action_id: "in", options, initial_option: option("b") }),
            input("ticks", { type: "checkboxes", action_id: "in", options }),
            input("who", { type: "users_select", action_id: "in" }),
            input("day", { type: "datepicker", action_id: "in" }, true),
          ],
        }),
      );
      const values = { menu: { in: "a" }, ticks: { in: "b,a" }, who: { in: "U2" } };
      assert.equal((await slack.as("U1").submit(view, { ...values, menu: { in: "c" } })).ok, false);
      assert.deepEqual(await slack.as("U1").submit(view, values), { ok: true });
      const payload = slack.deliveries.at(-1)?.payload ?? {};
      assert.equal(Object(payload["view"]).private_metadata, "r-9");
      assert.deepEqual(payload["response_urls"], []);
      assert.deepEqual(Object(payload["view"]).state.values, {
        text: { in: { type: "plain_text_input", value: null } },
        menu: { in: { type: "static_select", selected_option: option("a") } },
        radio: { in: { type: "radio_buttons", selected_option: option("b") } },
        ticks: { in: { type: "checkboxes", selected_options: options } },
        who: { in: { type: "users_select", selected_user: "U2" } },
        day: { in: { type: "datepicker", selected_date: null } },
      });
    });

    it("once at a time", async () => {
      const view = await opened(modal("A"));
      const both = await Promise.all([1, 2].map(() => slack.as("U1").submit(view, code("123456"))));
      assert.deepEqual(
        both.map(({ ok }) => ok),
        [true, false],
      );
    });

    it("and closes, which shows the one below", async () => {
      await opened(modal("A"));
      const pushed = await client.views.push({ trigger_id: await trigger(), view: modal("B") });
      assert.deepEqual(await slack.as("U1").submit(pushed.view?.id ?? "", code("123456")), { ok: true });
      assert.deepEqual(titles(), ["A"]);
    });

    it("and shows errors, another view, or one on top, or closes all: as the app says", async () => {
      const alice = slack.as("U1");
      const view = await opened(modal("A"));
      answer = { response_action: "errors", errors: { code: "That is not it." } };
      assert.deepEqual(await alice.submit(view, code("123456")), { ok: true });
      assert.deepEqual(alice.see().views[0]?.errors, { code: "That is not it." });
      answer = { response_action: "update", view: modal("B") };
      await alice.submit(view, code("123456"));
      assert.deepEqual([titles(), alice.see().views[0]?.errors], [["B"], {}]);
      answer = { response_action: "push", view: modal("C") };
      await alice.submit(view, code("123456"));
      assert.deepEqual(titles(), ["B", "C"]);
      answer = { response_action: "clear" };
      await alice.submit(alice.see().views[1]?.id ?? "", code("123456"));
      assert.deepEqual(titles(), []);
    });

    it("and stays as it is when Slack cannot make sense of the answer", async () => {
      const view = await opened(modal("A"));
      for (const nonsense of [
        { response_action: "errors", errors: { elsewhere: "No." } },
        { response_action: "update", view: modal("x".repeat(25)) },
      ] satisfies ViewResponseAction[]) {
        answer = nonsense;
        const answered = await slack.as("U1").submit(view, code("123456"));
        assert.deepEqual(answered, { ok: false, error: "We had some trouble connecting. Try again?" });
        assert.deepEqual(titles(), ["A"]);
      }
    });
  });

  describe("is closed", () => {
    const closings = () =>
      slack.deliveries
        .filter(({ payload }) => payload["type"] === "view_closed")
        .map(({ payload }) => payload["is_cleared"]);

    it("without a word, unless the app asked to be told", async () => {
      const before = closings().length;
      await slack.as("U1").close(await opened(modal("A")));
      assert.equal(closings().length, before);
      await slack.as("U1").close(await opened(modal("A", { notify_on_close: true })));
      assert.deepEqual(closings().slice(before), [false]);
    });

    it("with all below it when it clears on close", async () => {
      const before = closings().length;
      await opened(modal("A", { notify_on_close: true }));
      const view = modal("B", { clear_on_close: true });
      const pushed = await client.views.push({ trigger_id: await trigger(), view });
      await slack.as("U1").close(pushed.view?.id ?? "");
      assert.deepEqual([titles(), closings().slice(before)], [[], [true]]);
    });
  });

  it("stays open when the app does not acknowledge the submission", async () => {
    const view = await opened(modal("A", { callback_id: "nobody-listens" }));
    slack.setRequestUrl("http://127.0.0.1:9/");
    const answered = await slack.as("U1").submit(view, code("123456"));
    slack.setRequestUrl(running.requestUrl);
    assert.deepEqual(answered, { ok: false, error: "We had some trouble connecting. Try again?" });
    assert.deepEqual(titles(), ["A"]);
  });

  it("has buttons and menus of its own", async () => {
    const section: KnownBlock = {
      type: "section",
      block_id: "choice",
      text: { type: "mrkdwn", text: "Which?" },
      accessory: {
        type: "static_select",
        action_id: "go",
        options: [{ text: { type: "plain_text", text: "Prod" }, value: "prod" }],
      },
    };
    const view = await opened(modal("A", { blocks: [section, codeInput] }));
    assert.equal((await slack.as("U2").click({ view }, "go", "prod")).ok, false);
    assert.deepEqual(await slack.as("U1").click({ view }, "go", "prod"), { ok: true });
    const payload = slack.deliveries.at(-1)?.payload ?? {};
    assert.deepEqual(payload["container"], { type: "view", view_id: view });
    assert.equal(payload["response_url"], undefined);
    assert.equal(Object(payload["actions"])[0].selected_option.value, "prod");
  });
});
