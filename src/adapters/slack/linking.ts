import type { Subject } from "../../policy/subject.ts";
import type { Arrival } from "./arrival.ts";
import { actions, linkButton } from "./blocks.ts";
import type { Front } from "./front.ts";
import { type Reply, reply } from "./whisper.ts";

/** `link`: the way to our page, for the person alone. Typing it links nothing. */
export async function linkReply(
  { ports, settings, slack, workspace }: Front,
  { team, user }: Arrival,
  known?: Subject,
): Promise<Reply> {
  if (known && !ports.readsGroups)
    return reply(
      `Your Slack account is linked to ${known.sub} already.`,
      `An administrator ends that in the directory, or with \`countersign identity unlink ${team}/${user}\`.`,
    );
  if (!ports.linkAddress)
    return reply(
      "Nobody can link a Slack account here: no login at an identity provider is set up.",
      `Ask an administrator to add \`${team}/${user}\` to the directory.`,
    );
  const { user: person } = await slack.users.info({ user });
  const account = {
    team,
    user,
    name: person?.name ?? user,
    workspace: workspace.team === team ? workspace.name : team,
  };
  const address = ports.linkAddress(account, await ports.store.now());
  if (known) {
    const words = reply(
      `Your Slack account is linked to ${known.sub}: log in on our page, and your groups are read.`,
      "The page is for you alone and for ten minutes.",
    );
    return { ...words, blocks: [...words.blocks, actions(linkButton("link", "Log in…", address))] };
  }
  const words = reply(
    "Link this Slack account to who you are at the identity provider: log in on our page, and confirm it there.",
    `The page is for you alone and for ten minutes. Whoever confirms it lets this account speak for them; \`${settings.command} help\` then says what you can ask for.`,
  );
  return { ...words, blocks: [...words.blocks, actions(linkButton("link", "Log in and link…", address))] };
}
