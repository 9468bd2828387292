/** Of whose keys nobody but they themselves write any: what depends on them would be told something else. */
export const reserved = ["countersign.dev", "kubernetes.io", "k8s.io"] as const;

const namePart = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const prefixPart = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
const valueShape = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Whether this is a key of labels and annotations: `team`, `example.com/team` (apimachinery, IsQualifiedName). */
export function isKey(text: string): boolean {
  const [first = "", second, ...more] = text.split("/");
  if (second === undefined) return namePart.test(first);
  return more.length === 0 && first.length <= 253 && prefixPart.test(first) && namePart.test(second);
}

/** Whether this is a value of a label; an annotation may have any. */
export function isLabelValue(text: string): boolean {
  return valueShape.test(text);
}

/** Whether a key belongs to Kubernetes or to us, and is never set from here, whatever a policy says. */
export function isReserved(key: string): boolean {
  const at = key.indexOf("/");
  const prefix = key.slice(0, Math.max(at, 0));
  return reserved.some((domain) => prefix === domain || prefix.endsWith(`.${domain}`));
}

/** Whether a pattern covers a key: the key itself, or with `example.com/*` all keys of that prefix. */
export function coversKey(pattern: string, key: string): boolean {
  return pattern.endsWith("/*") ? key.startsWith(pattern.slice(0, -1)) : pattern === key;
}

/** Whether this can be such a pattern; one of a reserved prefix could allow nothing. */
export function isKeyPattern(text: string): boolean {
  const key = text.endsWith("/*") ? `${text.slice(0, -1)}any` : text;
  return isKey(key) && !isReserved(key);
}
