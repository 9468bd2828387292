import { stringify } from "yaml";
import { renderAccounts } from "../operation/accounts.ts";
import { renderAdmission } from "../operation/admission.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";

/** `countersign manifests`: what an administrator installs, as YAML documents on stdout. */
export async function printManifests(words: readonly string[]): Promise<Ending> {
  const { values, positionals } = readWords(words, {
    namespace: { type: "string", short: "n", multiple: true },
    part: { type: "string" },
  });
  if (positionals.length > 0) throw new UsageFault(`"${positionals.join(" ")}" is too much; namespaces go behind -n`);
  const { part } = values;
  if (part !== undefined && part !== "accounts" && part !== "admission")
    throw new UsageFault(`--part ${part}: there are accounts and admission`);
  const namespaces = values.namespace ?? ["prod"];
  if (values.namespace === undefined && part !== "admission")
    process.stderr.write("countersign: no --namespace given, so this is for prod, as manifests/base is\n");
  const objects = [
    ...(part === "admission" ? [] : accountsFor(namespaces)),
    ...(part === "accounts" ? [] : renderAdmission()),
  ];
  process.stdout.write(objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join(""));
  return ending.well;
}

function accountsFor(namespaces: readonly string[]) {
  try {
    return renderAccounts({ namespaces });
  } catch (fault) {
    throw new UsageFault(fault instanceof Error ? fault.message : String(fault));
  }
}
