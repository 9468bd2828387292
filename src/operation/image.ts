import { parseNamespace } from "./name.ts";

/** A container image, read whole (the reference grammar of the OCI distribution project). */
export interface Image {
  /** Host and port: `registry.example:5000`; `docker.io` where none was said. */
  readonly registry: string;
  /** `team/api`; `library/nginx` where docker.io was meant and no owner said. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

/** What is wrong with a reference, as a clause, and what would be right. */
export interface BadImage {
  readonly wrong: string;
  readonly right: string;
}

const host = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[1-9]\d{0,4})?$/;
const pathPart = /^[a-z0-9]+((\.|__?|-+)[a-z0-9]+)*$/;
const tagShape = /^\w[\w.-]{0,127}$/;
const digestShape = /^sha256:[a-f0-9]{64}$/;
const mostLetters = 255;

const example = "It looks like `registry.example/team/api:1.2.3`, or ends in `@sha256:…`.";

/**
 * Reads an image that names one version of one repository: a reference without tag and digest, or with the tag
 * `latest`, means whatever stands there when a pod starts, and is refused.
 */
export function parseImage(text: string): Image | BadImage {
  const [named = "", digest, ...more] = text.split("@");
  if (more.length > 0 || (digest !== undefined && !digestShape.test(digest)))
    return { wrong: "has no digest that could be one", right: "A digest is `sha256:` and 64 hexadecimal digits." };
  const slash = named.lastIndexOf("/");
  const colon = named.indexOf(":", slash + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !tagShape.test(tag)) return { wrong: "has no tag that could be one", right: example };
  const place = parsePlace(colon < 0 ? named : named.slice(0, colon));
  if (!place?.repository) return { wrong: "is no image", right: example };
  if (digest === undefined && (tag === undefined || tag === "latest"))
    return {
      wrong: tag === undefined ? "has neither tag nor digest" : "means whatever is the latest when a pod starts",
      right: "Say which version by its tag, or better by its digest.",
    };
  const { registry, repository } = place;
  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The reference in full, so that no container runtime looks for its registry elsewhere. */
export function imageInFull({ registry, repository, tag, digest }: Image): string {
  return `${registry}/${repository}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** Where images may come from: a registry, and below what part of its path; "" = all of it. */
export interface ImagePlace {
  readonly registry: string;
  readonly path: string;
}

/** Reads `registry.example`, `registry.example/team` or `docker.io/library/nginx`; undefined for anything else. */
export function parseImagePlace(text: string): ImagePlace | undefined {
  const [registry = "", ...parts] = text.replace(/\/$/, "").split("/");
  if (!isRegistry(registry) || !parts.every((part) => pathPart.test(part))) return undefined;
  return { registry, path: parts.join("/") };
}

/** Whether the image is at that place: the same registry, and the same path or one below it. */
export function isAt({ registry, repository }: Image, place: ImagePlace): boolean {
  if (registry !== place.registry) return false;
  return place.path === "" || repository === place.path || repository.startsWith(`${place.path}/`);
}

/** `CONTAINER=IMAGE`, as it is typed: the name of the container, and what stands behind the first `=`. */
export function splitAssignment(word: string): { readonly container: string; readonly image: string } | undefined {
  const at = word.indexOf("=");
  const container = word.slice(0, Math.max(at, 0));
  return parseNamespace(container) === undefined ? undefined : { container, image: word.slice(at + 1) };
}

/** The first part is a registry where it could be no part of a path: with a dot, a port, or as localhost. */
function isRegistry(part: string): boolean {
  return host.test(part) && (/[.:]/.test(part) || part === "localhost");
}

function parsePlace(text: string): Omit<Image, "tag" | "digest"> | undefined {
  if (text.length > mostLetters) return undefined;
  const [first = "", ...rest] = text.split("/");
  const said = rest.length > 0 && (isRegistry(first) || /[.:]/.test(first) || first === "localhost");
  if (said && !isRegistry(first)) return undefined;
  const registry = !said || first === "index.docker.io" ? "docker.io" : first;
  const parts = said ? rest : [first, ...rest];
  if (!parts.every((part) => pathPart.test(part))) return undefined;
  const owned = registry === "docker.io" && parts.length === 1 ? ["library", ...parts] : parts;
  return { registry, repository: owned.join("/") };
}
