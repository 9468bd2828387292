import { readFileSync } from "node:fs";
import { readPublished } from "../adapters/identity/published.ts";
import { codeOf, FaultyConfiguration } from "../environment.ts";
import { type Provider, readProvider } from "../policy/provider-document.ts";
import { type Examination, examine } from "../policy/provider-examination.ts";
import { presets } from "../policy/provider-presets.ts";
import { type Ending, ending, readWords, UsageFault } from "./command.ts";

const marks = { well: "ok ", ill: "NO ", unsure: "-- " } as const;

/** `countersign doctor idp [FILE]`: what the identity provider can do for us; exits 1 where that is nothing. */
export async function examineProvider(words: readonly string[]): Promise<Ending> {
  const { positionals } = readWords(words, {});
  const [file = process.env["COUNTERSIGN_IDP"], ...more] = positionals;
  if (file === undefined) throw new UsageFault("which provider? `countersign doctor idp FILE`, or set COUNTERSIGN_IDP");
  if (more.length > 0) throw new UsageFault(`"${more.join(" ")}" is too much: one file at a time`);
  const provider = read(file);
  const { findings, ...can } = examine(provider, await readPublished(provider.issuer, Date.now));
  const lines = [
    `${provider.issuer}, as ${provider.preset}`,
    ...findings.map(({ is, says }) => `${marks[is]}${says}`),
    ...presets[provider.preset].notes.map((note) => `   ${note}`),
    ...conclusions(can),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return can.push || can.login || can.others ? ending.well : ending.ill;
}

function conclusions({ push, login, others }: Omit<Examination, "findings">): readonly string[] {
  const said = [
    ...(push ? ["Pushes can be sent. What its tokens say shows only when somebody answers one: try it."] : []),
    ...(!push && others
      ? ["Pushes go another way than CIBA. Whether they arrive shows only when one is sent: try it."]
      : []),
    ...(login ? ["Logins can be bound to a plan. What its tokens say shows only when somebody logs in: try it."] : []),
  ];
  return said.length > 0 ? said : ["Nothing here can be used for step-up. TOTP and passkeys do not need it."];
}

function read(file: string): Provider {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (fault) {
    throw new FaultyConfiguration([`${file} cannot be read (${codeOf(fault)})`]);
  }
  const provider = readProvider(text, { plain: process.env["COUNTERSIGN_PLAIN_IDP"] === "demo" });
  if ("faults" in provider)
    throw new FaultyConfiguration(
      provider.faults.map(({ line, column, says }) => `${file}:${line}:${column}: ${says}`),
    );
  return provider;
}
