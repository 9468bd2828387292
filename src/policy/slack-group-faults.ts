import { type WrittenTier, writtenStages } from "./tier-document.ts";

/** The parts of a policy document in which people are named by their groups. */
interface Naming {
  readonly slackGroups?: Readonly<Record<string, string>> | undefined;
  readonly tiers: Readonly<Record<string, WrittenTier>>;
  readonly raise: readonly {
    readonly subjects?: readonly string[] | undefined;
    readonly when?: string | undefined;
  }[];
  readonly breakGlass?: readonly { readonly subjects: readonly string[] }[] | undefined;
  readonly brake?: { readonly freeze: readonly string[]; readonly unfreeze: readonly string[] } | undefined;
}

interface NamingFault {
  readonly path: readonly PropertyKey[];
  readonly says: string;
}

/**
 * The places where a group must not be one of Slack's: its editors can add themselves, and the worker has only web's word
 * for who is in it. It may let somebody ask, and nothing else.
 */
export function faultsOfSlackGroups({
  slackGroups = {},
  tiers,
  raise,
  breakGlass = [],
  brake,
}: Naming): readonly NamingFault[] {
  const faults: NamingFault[] = [];
  const isSlacks = (group: string) => Object.hasOwn(slackGroups, group);
  const refuse = (groups: readonly string[], path: readonly PropertyKey[], what: string) =>
    groups.forEach((group, i) => {
      if (isSlacks(group))
        faults.push({
          path: [...path, i],
          says: `who edits the user group in Slack could ${what}: name another group`,
        });
    });
  const named = (subjects: readonly string[]) => subjects.map((subject) => subject.replace(/^group:/, ""));
  for (const [name, tier] of Object.entries(tiers)) {
    refuse(tier.breakGlass?.from ?? [], ["tiers", name, "breakGlass", "from"], "review");
    for (const [i, { from }] of writtenStages(tier).entries())
      refuse(from, ["tiers", name, ...(tier.stages ? ["stages", i] : ["approvals"]), "from"], "approve");
  }
  for (const [i, { subjects }] of breakGlass.entries())
    refuse(named(subjects), ["breakGlass", i, "subjects"], "break the glass");
  if (brake) for (const what of ["freeze", "unfreeze"] as const) refuse(brake[what], ["brake", what], what);
  raise.forEach(({ subjects = [], when = "" }, i) => {
    refuse(named(subjects), ["raise", i, "subjects"], "leave it, and this bar would not rise");
    const quoted = Object.keys(slackGroups).find((name) => when.includes(`"${name}"`) || when.includes(`'${name}'`));
    if (quoted !== undefined)
      faults.push({ path: ["raise", i, "when"], says: `conditions see no user groups of Slack's, such as ${quoted}` });
  });
  return faults;
}
