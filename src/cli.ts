import { exportTrail, printKept, verifyAudit } from "./cli/audit.ts";
import { type Ending, ending, UsageFault } from "./cli/command.ts";
import { examineProvider } from "./cli/doctor.ts";
import { issueEnrolment, revokeEnrolment } from "./cli/enrol.ts";
import { explainPolicy } from "./cli/explain.ts";
import { printLinks, unlink } from "./cli/identity.ts";
import { resealKeys } from "./cli/keys.ts";
import { printManifests } from "./cli/manifests.ts";
import { issueRegistration, printRegistrations } from "./cli/passkeys.ts";
import { checkPolicy } from "./cli/policy.ts";
import { testPolicy } from "./cli/try-cases.ts";
import { FaultyConfiguration } from "./environment.ts";
import { nearest } from "./operation/nearest.ts";

const usage = `countersign <command>

  enrol issue SUBJECT [--for 30m] [--replace]
      Prints a one-time link on which SUBJECT enrols an authenticator. Give it to them by a way that reaches nobody
      else, and never through Slack. --replace where they have one already, whose codes then stop counting.
  enrol passkey SUBJECT [--for 30m]
      Prints a one-time link on which SUBJECT registers a passkey. It counts when you have put it into the directory.
  enrol passkeys [SUBJECT]
      Prints what was registered, as the directory wants it written, each with the fingerprint its owner was shown.
  enrol revoke SUBJECT
      Ends the authenticator of SUBJECT, its recovery codes and every open link at once, as when a phone was stolen.
  identity links
      Lists the Slack accounts that people linked to themselves by logging in. Those of the directory stand there.
  identity unlink TEAM/USER
      Ends such a link at once: that Slack account speaks for nobody any more.
  keys reseal
      Seals what retired keys sealed again with COUNTERSIGN_SEALING_KEY, and says how much is left; exits 1 when a retired
      key is still needed.
  audit verify [--file TRAIL.jsonl] [--head COUNT:HASH] [--json]
      Checks every link and hash of the trail, in Redis or in an exported file; exits 1 when anything is wrong. With
      --head it must also hold what was published elsewhere.
  audit export
      Prints the trail, one entry a line, for keeping elsewhere.
  audit kept REQUEST
      Prints the manifest of what REQUEST deleted, for kubectl apply -f -, once the trail and its SHA-256 there hold. It
      may hold values that are nobody's.
  manifests [--namespace NS ...] [--part accounts|admission]
      Prints the accounts, roles and admission policies to install for operating in these namespaces.
  policy check FILE
      Names every fault of a policy document with its line and column; exits 1 when there is one.
  policy explain --policy FILE --as SUBJECT --cluster NAME [--groups A,B] [--directory FILE]
                 [--pods N] [--label KEY=VALUE ...] [--at TIME] [--channel ID]
                 [--usual] [--slack-groups A,B] [--json] -- COMMAND
      Says what COMMAND would take from SUBJECT, which rules say so, and who could approve it. Nothing is run.
  policy test FILE
      Asks a policy every question of a file of cases, prints each whose answer is another than the file expects, and
      exits 1 when there is one.
  doctor idp [FILE]
      Says what the identity provider of FILE, or of COUNTERSIGN_IDP, can do for step-up and what it cannot, by what it
      publishes of itself; exits 1 where that is nothing.

Reads REDIS_URL and COUNTERSIGN_PREFIX where it needs the records; COUNTERSIGN_DIRECTORY, COUNTERSIGN_PAGES_URL and
COUNTERSIGN_SEALING_KEY for enrolling, with COUNTERSIGN_SEALING_KEYS_OLD where keys were retired. Exits 0 when all is well, 1 when it is not, 64 for a command that is none, 78 for a faulty configuration.
`;

const commands: ReadonlyMap<string, (words: readonly string[]) => Promise<Ending>> = new Map([
  ["enrol issue", issueEnrolment],
  ["enrol passkey", issueRegistration],
  ["enrol passkeys", printRegistrations],
  ["enrol revoke", revokeEnrolment],
  ["identity links", printLinks],
  ["identity unlink", unlink],
  ["keys reseal", resealKeys],
  ["audit verify", verifyAudit],
  ["audit export", exportTrail],
  ["audit kept", printKept],
  ["manifests", printManifests],
  ["doctor idp", examineProvider],
  ["policy check", checkPolicy],
  ["policy explain", explainPolicy],
  ["policy test", testPolicy],
]);

async function run(words: readonly string[]): Promise<Ending> {
  const [first = "help", second = ""] = words;
  if (first === "help" || words.includes("--help")) {
    process.stdout.write(usage);
    return ending.well;
  }
  const two = commands.get(`${first} ${second}`);
  if (two) return two(words.slice(2));
  const one = commands.get(first);
  if (one) return one(words.slice(1));
  const typed = [first, second].join(" ").trim();
  const meant = nearest(typed, [...commands.keys()]);
  throw new UsageFault(`there is no command "${typed}"${meant ? `; did you mean "${meant}"?` : ""}`);
}

// Whoever read our output has gone, as `head` does: there is nobody left to tell.
process.stdout.on("error", () => process.exit(ending.ill));

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (fault) {
  if (fault instanceof UsageFault) {
    process.stderr.write(`countersign: ${fault.message}\nRun \`countersign help\`.\n`);
    process.exitCode = ending.usage;
  } else if (fault instanceof FaultyConfiguration) {
    process.stderr.write(fault.faults.map((line) => `countersign: ${line}\n`).join(""));
    process.exitCode = ending.configuration;
  } else {
    process.stderr.write(`countersign: ${fault instanceof Error ? fault.message : String(fault)}\n`);
    process.exitCode = ending.ill;
  }
}
