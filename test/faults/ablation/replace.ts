import { registerHooks } from "node:module";

/**
 * Puts a module of the product in the place of one of its own: whoever imports `path` gets what `replacement` exports,
 * and for everything else the original. The replacement imports the original as `path?whole`.
 */
export function replaceModule(path: string, replacement: string): void {
  registerHooks({
    load(url, context, next) {
      if (!url.endsWith(path)) return next(url, context);
      const whole = JSON.stringify(`${url}?whole`);
      const source = `import * as whole from ${whole};\nexport * from ${whole};\n${replacement}`;
      return { format: "module", source, shortCircuit: true };
    },
  });
}
