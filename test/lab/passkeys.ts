import { readFileSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { readDirectory } from "../../src/policy/directory-document.ts";
import type { Passkey } from "../../src/policy/passkey.ts";
import type { SoftPasskey } from "../fakes/passkey.ts";
import type { Lab } from "./lab.ts";
import type { LabPersonage } from "./people.ts";

const example = new URL("../../manifests/overlays/example/", import.meta.url);

/** Has the directory that all processes of the lab read list these as a person's, and no other, as an administrator does. */
export async function listPasskeys(
  lab: Pick<Lab, "directoryFile">,
  passkeys: ReadonlyMap<Pick<LabPersonage, "sub">, readonly Passkey[]>,
): Promise<void> {
  let text = await readFile(lab.directoryFile, "utf8");
  for (const [{ sub }, theirs] of passkeys) {
    const written = theirs.map(({ id, key }) => `{ id: ${id}, key: ${key} }`).join(", ");
    const before = new RegExp(`${sub.replaceAll(".", "\\.")}: \\{(?: passkeys: \\[.*?\\],)?`);
    text = text.replace(before, `${sub}: {${written ? ` passkeys: [${written}],` : ""}`);
  }
  const fresh = `${lab.directoryFile}.new`;
  await writeFile(fresh, text);
  // Nobody reads half a directory.
  await rename(fresh, lab.directoryFile);
}

/** Those that the directory lists as this person's. */
export async function listedPasskeys(
  lab: Pick<Lab, "directoryFile">,
  { sub }: Pick<LabPersonage, "sub">,
): Promise<readonly Passkey[]> {
  const directory = readDirectory(await readFile(lab.directoryFile, "utf8"));
  if ("faults" in directory) throw new Error(`the lab's directory cannot be read: ${JSON.stringify(directory.faults)}`);
  return directory.subjects.get(sub)?.passkeys ?? [];
}

/** Reads what our page shows behind this link, and answers it with the passkey; answers what became of it. */
export async function signOnPage(
  lab: Pick<Lab, "pagesUrl">,
  passkey: SoftPasskey,
  url: string,
  why = "",
): Promise<{ readonly shown: string; readonly says: string }> {
  const send = async (path: string, sent: Readonly<Record<string, string>>) => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ link: new URL(url).hash.slice(1), ...sent });
    return (await fetch(`${lab.pagesUrl}${path}`, { method: "POST", headers, body })).text();
  };
  const shown = await send("/step-up/offer", {});
  const { challenge } = JSON.parse(shown) as { readonly challenge: string };
  const assertion = JSON.stringify(passkey.sign({ challenge, origin: lab.pagesUrl }));
  const { says } = JSON.parse(await send("/step-up/passkey", { assertion, typed: "", why })) as {
    readonly says: string;
  };
  return { shown, says };
}

/** The example's policy, with a tier of break-glass for those on call, whose review is due within this span. */
export function glassPolicy(review: string): string {
  const text = boundPolicy();
  const glass =
    "  glass: { stepUp: { bound: true }, reason: { minLength: 9 }, notify: [C0APPROVALS], " +
    `breakGlass: { review: ${review}, from: [security] } }\n  forbidden:`;
  const rule =
    'breakGlass:\n  - { name: on-call breaks it, subjects: ["group:oncall"], operations: ["@change"], tier: glass }\n';
  return text.replace("  forbidden:", glass) + rule;
}

/** The example's policy, its critical tier bound to the plan on both sides. */
export function boundPolicy(): string {
  const text = readFileSync(new URL("policy.yaml", example), "utf8");
  const bound = text.replace(
    /^ {2}critical: .*$/m,
    "  critical: { stepUp: { bound: true }, approvals: { count: 2, from: [sre, security], stepUp: { bound: true } } }",
  );
  if (bound === text) throw new Error("the example's policy has no critical tier any more");
  return bound;
}
