import assert from "node:assert/strict";
import { readArrival } from "../../../src/adapters/slack/arrival.ts";

const house = { appId: "A1", teams: ["T1", "T2"] };
const command = {
  command: "/k8s",
  api_app_id: "A1",
  team_id: "T1",
  user_id: "U1",
  channel_id: "C1",
  trigger_id: "1.2",
  is_enterprise_install: "false",
};
const click = {
  type: "block_actions",
  api_app_id: "A1",
  team: { id: "T1" },
  user: { id: "U1", team_id: "T1" },
  channel: { id: "C1" },
  container: { type: "message" },
  trigger_id: "1.2",
  is_enterprise_install: false,
};
const { channel: _, ...elsewhere } = click;
const inModal = { ...elsewhere, container: { type: "view" } };
const form = { ...elsewhere, type: "view_submission", view: { id: "V1", hash: "h1" } };
const all = { command, click, inModal, form };

describe("readArrival", () => {
  it("says who did what where", () => {
    const who = { team: "T1", user: "U1", trigger: "1.2" };
    assert.deepEqual(readArrival(command, house), { ...who, kind: "command", channel: "C1", deed: "trigger:1.2" });
    assert.deepEqual(readArrival(click, house), { ...who, kind: "click", channel: "C1", deed: "trigger:1.2" });
    assert.deepEqual(readArrival(inModal, house), { ...who, kind: "click", deed: "trigger:1.2" });
    assert.deepEqual(readArrival(form, house), { ...who, kind: "form", deed: "view:V1:h1:1.2" });
  });

  it("tells a second try in the same form from a repeated delivery of the first", () => {
    const deedOf = (body: unknown) => {
      const arrival = readArrival(body, house);
      return "deed" in arrival ? arrival.deed : undefined;
    };
    assert.equal(deedOf(structuredClone(form)), deedOf(form));
    assert.notEqual(deedOf({ ...form, trigger_id: "1.3" }), deedOf(form));
  });

  const foreign: readonly (readonly [string, Record<string, unknown>])[] = [
    ["another app", { api_app_id: "A9" }],
    ["another workspace", { team: { id: "T9" }, team_id: "T9" }],
    ["a person of another workspace", { user: { id: "U1", team_id: "T9" }, team_id: "T9" }],
    ["an installation for a whole organisation", { is_enterprise_install: true }],
    ["an installation for a whole organisation, in a command's words", { is_enterprise_install: "true" }],
    ["no app", { api_app_id: undefined }],
    ["no workspace", { team: null, team_id: "" }],
    ["no user", { user: {}, user_id: undefined }],
    ["no home of the user", { user: { id: "U1" }, team_id: undefined }],
    ["no trigger", { trigger_id: undefined }],
    ["no place", { channel: undefined, channel_id: undefined, container: undefined, view: undefined }],
    ["ids that are no text", { user: { id: 7, team_id: ["T1"] }, user_id: {}, team_id: ["T1"] }],
  ];
  for (const [name, change] of foreign)
    it(`refuses ${name}`, () => {
      for (const [kind, body] of Object.entries(all)) {
        if (kind === "inModal" && name === "no place") continue;
        const read = readArrival({ ...body, ...change }, house);
        assert.equal("refused" in read && read.refused, "foreign-workspace", kind);
      }
    });

  it("refuses what is no payload at all", () => {
    for (const body of [undefined, null, 7, "text", [], {}, { type: "event_callback" }, { type: "view_closed" }])
      assert.ok("refused" in readArrival(body, house));
  });

  it("reads no field off a prototype", () => {
    assert.ok("refused" in readArrival(Object.create(command), house));
  });
});
