import { pino } from "pino";

/** Facts of a log line: flat, and never a payload, a code, a token or an error's own dump. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface Log {
  info(event: string, facts?: Facts): void;
  warn(event: string, facts?: Facts): void;
  error(event: string, facts?: Facts): void;
}

/** JSON lines on stdout, one per event, with the process's name. There is no debug level: payloads are never printed. */
export function openLog(name: string): Log {
  const logger = pino({
    name,
    level: "info",
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: "event",
  });
  return {
    info: (event, facts = {}) => logger.info(facts, event),
    warn: (event, facts = {}) => logger.warn(facts, event),
    error: (event, facts = {}) => logger.error(facts, event),
  };
}

// Tokens, codes and keys have shapes; a fault's text may come from anywhere.
const secretShapes = [
  /xox[abeoprs]-[\w-]+/g,
  /xapp-[\w-]+/g,
  /eyJ[\w-]+\.[\w-]+\.[\w-]*/g,
  /\b\d{6}\b/g,
  /\b\w{1,20}:\/\/[^@\s]+@/g,
  /otpauth:\S+/g,
  /https:\/\/hooks\.slack\.com\/\S+/g,
  /\b[A-Z2-7]{32}\b/g,
  /-----BEGIN [^-]+-----[^-]*(-----END [^-]+-----)?/g,
];

/** A fault in one bounded line, with what looks like a secret taken out. */
export function sayFault(fault: unknown): string {
  const says = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
  // Cut last: half a secret has another shape.
  const bare = secretShapes.reduce((text, shape) => text.replace(shape, "[removed]"), says);
  return bare.replace(/\s+/g, " ").slice(0, 500);
}
