// Finds optional dependencies that the lock file names but does not hold: `npm ci` refuses such a lock.
// A package source without the other platforms' packages makes npm write one. `--write` adds the missing entries.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const write = process.argv.includes("--write");
const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const entries = lock.packages;

/** The places node would look for `name` from the package at `from`, nearest first. */
function* places(from, name) {
  for (let dir = from; ; ) {
    yield `${dir ? `${dir}/` : ""}node_modules/${name}`;
    if (dir === "") return;
    const cut = dir.lastIndexOf("node_modules/");
    dir = cut <= 0 ? "" : dir.slice(0, cut - 1);
  }
}

const missing = new Map();
for (const [path, entry] of Object.entries(entries))
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {}))
    if (![...places(path, name)].some((place) => entries[place]) && !entry.peerDependenciesMeta?.[name])
      missing.set(name, range);

const addresses = Object.entries(entries).filter(([, entry]) => /^https?:/.test(entry.resolved ?? ""));

if (write) {
  for (const [name, range] of missing) {
    const about = JSON.parse(
      execFileSync("npm", ["view", `${name}@${range}`, "version", "os", "cpu", "libc", "dist.integrity", "--json"]),
    );
    const { version, os, cpu, libc, "dist.integrity": integrity } = Array.isArray(about) ? about.at(-1) : about;
    entries[`node_modules/${name}`] = { version, integrity, cpu, libc, optional: true, os };
  }
  for (const [, entry] of addresses) delete entry.resolved;
  lock.packages = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`lock: ${missing.size} optional package(s) added, ${addresses.length} address(es) removed`);
} else if (missing.size > 0 || addresses.length > 0) {
  for (const name of missing.keys()) console.error(`lock: ${name} is missing; run \`npm run lock:complete\``);
  for (const [path] of addresses)
    console.error(`lock: ${path} names a download address; run \`npm run lock:complete\``);
  process.exit(1);
} else console.log(`lock: ${Object.keys(entries).length} packages, none missing, no download address`);
