import { type Logger, LogLevel } from "@slack/bolt";

/** Keeps what Slack's packages say about provoked faults out of the test report. */
export const SILENT: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};
