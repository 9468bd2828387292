import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** How a command ends; 64 and 78 are EX_USAGE and EX_CONFIG of sysexits.h. */
export const ending = { well: 0, ill: 1, usage: 64, configuration: 78 } as const;
export type Ending = (typeof ending)[keyof typeof ending];

/** What was typed is no command of ours; the message says what of it. */
export class UsageFault extends Error {
  constructor(says: string) {
    super(says);
    this.name = "UsageFault";
  }
}

/** Reads a command's own words; throws {@link UsageFault} for what does not belong there. */
export function readWords<const O extends ParseArgsOptionsConfig>(words: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...words], options, strict: true, allowPositionals: true });
  } catch (fault) {
    throw new UsageFault(fault instanceof Error ? fault.message : String(fault));
  }
}
