import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** What the program is called by those who package it. */
const names = ["chromium", "chromium-browser", "google-chrome"];

/** Enough for a machine that does something else as well, in ms. */
const patienceMs = 60_000;

/**
 * A headless Chromium, or why there is none: the program in `PLAYWRIGHT_CHROMIUM` or `CHROMIUM` if either is set, else
 * the first on the PATH. A program that is there and does not start is a fault.
 */
export async function startChromium(): Promise<Browser | { readonly reason: string }> {
  const named = process.env["PLAYWRIGHT_CHROMIUM"] || process.env["CHROMIUM"];
  const executablePath = await firstRunnable(named ? [named] : names);
  if (executablePath === undefined)
    return {
      reason: named
        ? `${named} cannot be run`
        : `there is no ${names.join(", ")} on the PATH; CHROMIUM=/path/to/it names another`,
    };
  // Chromium's sandbox refuses to be root's; any other user keeps it.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args, chromiumSandbox: args.length === 0, timeout: patienceMs });
}

async function firstRunnable(programs: readonly string[]): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const places = programs.flatMap((name) =>
    isAbsolute(name) || name.includes("/") ? [name] : folders.map((folder) => join(folder, name)),
  );
  for (const place of places) {
    const runs = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return place;
  }
  return undefined;
}
