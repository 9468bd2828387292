import { once } from "node:events";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";

// Loaded before a process of the product that is to wait for its turn: loads what its root imports, and then waits.
const root = pathToFileURL(argv[1] ?? "");
const imports = readFileSync(root, "utf8").matchAll(/^import (?!type ).* from "(\.[^"]+)";$/gm);
await Promise.all(Array.from(imports, ([, path]) => import(new URL(path ?? "", root).href)));
process.send?.("loaded");
await once(process, "message");
process.disconnect();
