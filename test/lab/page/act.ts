import { z } from "zod";
import type { Answer, Hands } from "../slack/workspace.ts";
import { HttpRefusal } from "./doorway.ts";

const who = z.strictObject({ as: z.string() });

const act = z.discriminatedUnion("kind", [
  who.extend({ kind: z.literal("command"), channel: z.string(), line: z.string() }),
  who.extend({ kind: z.literal("say"), channel: z.string(), text: z.string() }),
  who.extend({
    kind: z.literal("click"),
    where: z.union([z.strictObject({ channel: z.string(), ts: z.string() }), z.strictObject({ view: z.string() })]),
    actionId: z.string(),
    chosen: z.string().optional(),
  }),
  who.extend({
    kind: z.literal("submit"),
    view: z.string(),
    values: z.record(z.string(), z.record(z.string(), z.string())),
  }),
  who.extend({ kind: z.literal("close"), view: z.string() }),
]);

/** Something a person does in the workspace, as the page sends it. */
export type Act = z.infer<typeof act>;

export function readAct(body: unknown): Act {
  return read(act, body);
}

export function readWho(body: unknown): { readonly as: string } {
  return read(who, body);
}

const pushAnswer = who.extend({ push: z.string(), yes: z.boolean() });

/** What a person says to a push on their phone. */
export function readPushAnswer(body: unknown): z.infer<typeof pushAnswer> {
  return read(pushAnswer, body);
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw new HttpRefusal(400, z.prettifyError(result.error));
  return result.data;
}

export async function doAct(hands: Hands, doing: Act): Promise<Answer> {
  switch (doing.kind) {
    case "command":
      return hands.command(doing.channel, doing.line);
    case "say":
      return hands.say(doing.channel, doing.text);
    case "click":
      return hands.click(doing.where, doing.actionId, doing.chosen);
    case "submit":
      return hands.submit(doing.view, doing.values);
    case "close":
      return hands.close(doing.view);
  }
}
