import type { ListedDirectory, SlackAccount, SlackLink, SlackLinkStore } from "../ports/link.ts";
import type { Attestor, Directory } from "../ports.ts";
import { linkStatement, readLink } from "./slack-link.ts";

/**
 * The directory with those Slack accounts whose people linked them by logging in. A link that web did not sign was never
 * made; of an account that the directory speaks of itself, no link counts, and nobody is anybody whom it does not list.
 */
export function linkedDirectory(
  listed: ListedDirectory,
  links: Pick<SlackLinkStore, "read" | "all">,
  attestor: Pick<Attestor, "holds">,
): Directory {
  const holds = (link: SlackLink) => attestor.holds(linkStatement(link), link.signature);

  async function linked({ team, user }: SlackAccount) {
    const link = readLink(await links.read({ team, user }));
    if (link?.team !== team || link.user !== user || !holds(link)) return undefined;
    return listed.subject(link.subject);
  }

  return {
    subject: (sub) => listed.subject(sub),
    people: () => listed.people(),
    bySlack: async (team, user) =>
      (await listed.claims({ team, user })) ? listed.bySlack(team, user) : linked({ team, user }),
    async slackUsers(sub) {
      const users = [...(await listed.slackUsers(sub))];
      for (const text of await links.all()) {
        const link = readLink(text);
        if (link?.subject === sub && holds(link) && !(await listed.claims(link))) users.push(link.user);
      }
      return [...new Set(users)];
    },
  };
}
