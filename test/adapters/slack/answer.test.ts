import assert from "node:assert/strict";
import { mock } from "node:test";
import { type Answering, answerInTime } from "../../../src/adapters/slack/answer.ts";
import { keptLog } from "./house.ts";

describe("answerInTime", () => {
  let said: string[];
  let log: ReturnType<typeof keptLog>;
  const answering = (refuses: readonly string[] = []): Answering<string> => {
    const say = async (how: string) => {
      if (refuses.some((name) => how.startsWith(name))) throw new Error("404 was sent already");
      said.push(how);
    };
    return { now: (reply) => say(`now ${reply}`), hold: () => say("hold"), later: (reply) => say(`later ${reply}`) };
  };
  beforeEach(() => {
    said = [];
    log = keptLog();
    mock.timers.enable({ apis: ["setTimeout"] });
  });
  afterEach(() => mock.timers.reset());

  it("answers at once when there is an answer at once", async () => {
    await answerInTime(log, Promise.resolve("done"), answering());
    assert.deepEqual(said, ["now done"]);
  });

  it("holds the line when it takes longer, and answers then", async () => {
    const work = Promise.withResolvers<string>();
    const answered = answerInTime(log, work.promise, answering());
    mock.timers.tick(2_200);
    await new Promise(setImmediate);
    assert.deepEqual(said, ["hold"]);
    work.resolve("done");
    await answered;
    assert.deepEqual(said, ["hold", "later done"]);
  });

  it("says later what Slack did not take as an acknowledgement: a recorded decision is not lost", async () => {
    await answerInTime(log, Promise.resolve("done"), answering(["now"]));
    assert.deepEqual(said, ["later done"]);
    assert.equal(log.lines.length, 1);
  });

  it("carries on when Slack does not take that it has to wait", async () => {
    const work = Promise.withResolvers<string>();
    const answered = answerInTime(log, work.promise, answering(["hold"]));
    mock.timers.tick(2_200);
    await new Promise(setImmediate);
    work.resolve("done");
    await answered;
    assert.deepEqual(said, ["later done"]);
  });

  it("throws nothing when Slack takes nothing at all", async () => {
    await answerInTime(log, Promise.resolve("done"), answering(["now", "later"]));
    assert.equal(log.lines.length, 2);
  });
});
