import { stringify } from "yaml";
import { renderAccounts } from "../operation/accounts.ts";
import { renderAdmission } from "../operation/admission.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";

/** `countersign manifests`: what an administrator installs, as YAML documents on stdout. */
export async function printManifests(words: readonly string[]): Promise<Ending> {
  const { values, positionals } = readWords(words, {
    namespace: { type: "string", short: "n", multiple: true },
    role: { type: "string", multiple: true },
    part: { type: "string" },
  });
  if (positionals.length > 0) throw new UsageFault(`"${positionals.join(" ")}" is too much; namespaces go behind -n`);
  const { part } = values;
  if (part !== undefined && part !== "accounts" && part !== "admission")
    throw new UsageFault(`--part ${part}: there are accounts and admission`);
  const namespaces = values.namespace ?? ["prod"];
  if (values.namespace === undefined && part !== "admission")
    process.stderr.write("countersign: no --namespace given, so this is for prod, as manifests/base is\n");
  const roles = values.role === undefined ? {} : { roles: values.role };
  const objects = [
    ...(part === "admission" ? [] : demanded(() => renderAccounts({ namespaces, ...roles }))),
    ...(part === "accounts" ? [] : demanded(() => renderAdmission(roles))),
  ];
  process.stdout.write(objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join(""));
  return ending.well;
}

/** What is rendered of what was typed: what cannot be is a fault of the words. */
function demanded<T>(render: () => T): T {
  try {
    return render();
  } catch (fault) {
    throw new UsageFault(fault instanceof Error ? fault.message : String(fault));
  }
}
