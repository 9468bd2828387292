declare const checked: unique symbol;

/** The name of an object, safe to stand in an API path. Only {@link parseName} makes one. */
export type Name = string & { readonly [checked]: "name" };
/** The name of a namespace, safe to stand in an API path. Only {@link parseNamespace} makes one. */
export type Namespace = string & { readonly [checked]: "namespace" };

// RFC 1123 label and subdomain, as Kubernetes' apimachinery/pkg/util/validation has them: 63 and 253 characters.
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const labelLength = 63;
const subdomainLength = 253;

/** An RFC 1123 subdomain: dot-separated labels of lower-case letters, digits and inner dashes; else undefined. */
export function parseName(text: string): Name | undefined {
  if (text.length === 0 || text.length > subdomainLength) return undefined;
  return text.split(".").every((part) => part.length <= labelLength && label.test(part)) ? (text as Name) : undefined;
}

/** An RFC 1123 label of at most 63 characters; else undefined. */
export function parseNamespace(text: string): Namespace | undefined {
  return label.test(text) ? (text as Namespace) : undefined;
}
