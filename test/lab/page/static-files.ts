import { readFile } from "node:fs/promises";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** A file of `public/`, which has no folders: a name that could lead elsewhere is no name. */
export async function readPublicFile(path: string): Promise<{ type: string; content: Buffer } | undefined> {
  const name = path === "/" ? "index.html" : path.slice(1);
  const ending = /^[a-z0-9]+(?:-[a-z0-9]+)*\.([a-z]+)$/.exec(name)?.[1] ?? "";
  const type = TYPES[ending];
  if (type === undefined) return undefined;
  try {
    return { type, content: await readFile(new URL(`./public/${name}`, import.meta.url)) };
  } catch {
    return undefined;
  }
}
