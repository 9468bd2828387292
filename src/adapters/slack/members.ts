import type { WebClient } from "@slack/web-api";
import { type Refusal, refuse } from "../../operation/refusal.ts";
import { apiFaultOf } from "./api-fault.ts";
import { isDirect } from "./surfaces.ts";

/** Who may speak to us, and where. Asks Slack, remembers for at most a minute, and throws when Slack does not answer. */
export interface Members {
  refusePerson(team: string, user: string): Promise<Refusal | undefined>;
  refuseChannel(channel: string): Promise<Refusal | undefined>;
}

const remembered = 60_000;
const mostRemembered = 2_000;

export function createMembers(client: WebClient, clock: () => number = Date.now): Members {
  const answers = new Map<string, { readonly at: number; readonly refusal: Refusal | undefined }>();

  async function remember(key: string, ask: () => Promise<Refusal | undefined>): Promise<Refusal | undefined> {
    const now = clock();
    const known = answers.get(key);
    if (known && now - known.at < remembered) return known.refusal;
    const refusal = await ask();
    if (answers.size >= mostRemembered) answers.clear();
    answers.set(key, { at: now, refusal });
    return refusal;
  }

  return {
    refusePerson: (team, user) => remember(`${team}/${user}`, () => askPerson(client, team, user)),
    // In a direct message only the person themself reads the answer.
    refuseChannel: async (channel) =>
      isDirect(channel) ? undefined : remember(channel, () => askChannel(client, channel)),
  };
}

async function askPerson(client: WebClient, team: string, user: string): Promise<Refusal | undefined> {
  const { user: person } = await client.users.info({ user });
  const home = person?.team_id === team || person?.enterprise_user?.teams?.includes(team) === true;
  const kinds: readonly (readonly [boolean | undefined, string])[] = [
    [person?.id !== user || !home, "is not known in this workspace"],
    [person?.deleted, "is deactivated"],
    [person?.is_bot || user === "USLACKBOT" || flag(person, "is_workflow_bot"), "is not a person's"],
    [person?.is_restricted || person?.is_ultra_restricted, "is a guest's"],
    [flag(person, "is_stranger"), "is of another workspace"],
  ];
  const found = kinds.find(([is]) => is === true);
  return found
    ? refuse(
        "not-a-member",
        `This Slack account ${found[1]}.`,
        "Only full members of the workspace may use Countersign.",
      )
    : undefined;
}

async function askChannel(client: WebClient, id: string): Promise<Refusal | undefined> {
  const channel = await client.conversations
    .info({ channel: id })
    .then((answer) => answer.channel)
    .catch((thrown: unknown) => {
      const fault = apiFaultOf(thrown);
      if (fault.fault === "refused" && ["channel_not_found", "missing_scope"].includes(fault.code)) return undefined;
      throw thrown;
    });
  if (channel?.is_ext_shared || flag(channel, "is_pending_ext_shared") || channel?.is_org_shared)
    return refuse(
      "channel-not-allowed",
      "This channel is shared with people outside of the workspace.",
      "Ask in a channel that is not shared.",
    );
  if (!channel || channel.is_mpim || channel.is_member === false)
    return refuse(
      "channel-not-allowed",
      "Countersign cannot post in this conversation, so nobody could follow what happens.",
      "Invite it with `/invite @Countersign`, or ask in another channel or in a direct message to it.",
    );
  return undefined;
}

/** A flag that Slack documents and the library's types leave out. */
function flag(object: object | undefined, name: string): boolean {
  return object !== undefined && (object as Readonly<Record<string, unknown>>)[name] === true;
}
