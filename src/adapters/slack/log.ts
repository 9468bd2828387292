/** Facts of a log line: flat, and never a payload, a code, a token or what a person typed. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** Where this adapter says what it did and what went wrong. */
export interface Log {
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
}
