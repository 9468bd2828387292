// Shapes of credentials whose issuers publish a prefix.
const issued: readonly (readonly [RegExp, string])[] = [
  [/\bxox[abeoprs]-[\w-]{10,}/, "a Slack token"],
  [/\bxapp-[\w-]{10,}/, "a Slack app token"],
  [/\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}/, "a GitHub token"],
  [/\bglpat-[\w-]{16,}/, "a GitLab token"],
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key"],
];
const shapes: readonly (readonly [RegExp, string])[] = [
  ...issued,
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/, "a JSON web token"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/:\/\/[^\s:/?#@]{0,256}:[^\s@]{1,256}@/, "a password in an address"],
  [/\bBearer\s{1,4}[\w.~+/=-]{16,}/i, "a bearer token"],
  [/\b(password|passwd|secret|token|api[_-]?key)\s*[=:]\s*\S{6,}/i, "a password or token"],
];

/** What issuers mark as theirs, to be found wherever it stands in a text. */
export const secretShapes: readonly RegExp[] = issued.map(([shape]) => new RegExp(shape.source, "g"));

/** Names the kind of secret the text seems to hold, never the secret itself; undefined when none is seen. */
export function secretIn(text: string): string | undefined {
  return shapes.find(([shape]) => shape.test(text))?.[1];
}
