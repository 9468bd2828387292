#!/usr/bin/env node
// The way in under any Node: an older one would stop at the first type annotation, without a word that helps.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major] = process.versions.node.split(".");
if (Number(major) >= 24) await import("./cli.ts");
else {
  const bundled = fileURLToPath(new URL("../node_modules/.bin/node", import.meta.url));
  if (!existsSync(bundled)) {
    console.error(
      `countersign needs Node 24 and this is ${process.version}; \`npm ci\` in its folder brings one along.`,
    );
    process.exit(1);
  }
  const { status } = spawnSync(bundled, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  process.exit(status ?? 1);
}
