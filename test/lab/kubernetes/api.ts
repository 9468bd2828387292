import { createHash } from "node:crypto";
import { isEnding, type Pod } from "./controllers/workload.ts";
import { demandNoEscalation } from "./escalation.ts";
import { evict, evictionKind } from "./eviction.ts";
import type { Intent } from "./intent.ts";
import { listObjects } from "./list.ts";
import type { Logs } from "./logs.ts";
import { type Fields, fieldsOf, type KubeObject } from "./object.ts";
import { Objects, type Written } from "./objects.ts";
import { requestToken, reviewAccess, reviewSelf } from "./questions.ts";
import { attributesOf, authorize, forbidden } from "./rbac.ts";
import { readBody } from "./read-body.ts";
import { type ApiRequest, bodyOf, intentOf, removalOf, watchOptions } from "./request.ts";
import type { Resource } from "./resources.ts";
import type { Route, Target } from "./route.ts";
import { patchScale, putScale, scaleOf } from "./scale.ts";
import { methodNotAllowed, noSuchResource } from "./status.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";
import type { WatchOptions } from "./watch.ts";

/** What a mutating request did. */
export interface Effect {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldManager: string;
  /** False for a write that left everything as it was. */
  readonly changed: boolean;
  /** SHA-256 of the body, hexadecimal. */
  readonly bodyDigest: string;
}

export type ApiReply =
  | { readonly code: number; readonly text: string }
  | { readonly code: number; readonly body: Fields; readonly warnings?: readonly string[]; readonly effect?: Effect }
  | { readonly watch: WatchOptions };

/** In the words of v1.36. */
const jobsLeavePods =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

/** The API behind authentication: who may, then what. */
export class Api {
  readonly #store: Store;
  readonly #tokens: Tokens;
  readonly #logs: Logs;
  readonly objects: Objects;

  constructor(store: Store, tokens: Tokens, logs: Logs) {
    this.#store = store;
    this.#tokens = tokens;
    this.#logs = logs;
    this.objects = new Objects(store);
  }

  /** Throws a Refusal for anything but a 2xx. */
  answer(request: ApiRequest): ApiReply {
    const { route, user } = request;
    const attributes = attributesOf(route);
    if (!authorize(this.#store, user, attributes).allowed) throw forbidden(user, attributes);
    const { target, resource } = route;
    if (!target) return nonResource(route);
    if (!resource || resource.namespaced !== isWithin(route, target)) throw noSuchResource();
    if (target.subresource) return this.#subresource(request, resource, target);
    if (resource.question) return this.#question(request, resource);
    return this.#object(request, resource, target);
  }

  #object(request: ApiRequest, resource: Resource, target: Target): ApiReply {
    const { route } = request;
    const { namespace, name } = placeOf(target, resource);
    switch (route.verb) {
      case "list":
        return { code: 200, body: listObjects(this.#store, resource, namespace, route.query) };
      case "watch":
        return { watch: watchOptions(resource, namespace, route.query) };
      case "get":
        return { code: 200, body: this.#store.demand(resource, namespace, name) };
      case "create": {
        if (target.name) throw methodNotAllowed();
        const intent = this.#intentOf(request, "CreateOptions");
        const written = this.objects.create(resource, namespace, bodyOf(request, resource), intent);
        return wrote(request, target, written, intent, 201);
      }
      case "update": {
        const intent = this.#intentOf(request, "UpdateOptions");
        const written = this.objects.replace(resource, namespace, name, bodyOf(request, resource), intent);
        return wrote(request, target, written, intent);
      }
      case "patch": {
        const intent = this.#intentOf(request, "PatchOptions");
        const patch = { contentType: request.contentType, text: request.body };
        const written = this.objects.patch(resource, this.#store.demand(resource, namespace, name), patch, intent);
        return wrote(request, target, written, intent);
      }
      case "delete": {
        // The end of a namespace is the end of everything in it: the double never does that.
        if (resource.kind === "Namespace") throw methodNotAllowed();
        const current = this.#store.demand(resource, namespace, name);
        const removal = removalOf(request);
        const body = this.objects.remove(resource, current, removal);
        const warnings = resource.kind === "Job" && !removal.propagation ? [jobsLeavePods] : [];
        return {
          code: 200,
          body,
          warnings,
          ...(removal.dryRun ? {} : { effect: effectOf(request, target, "", true) }),
        };
      }
      case "deletecollection":
        throw methodNotAllowed();
    }
  }

  /** Nobody gives away what they do not hold. */
  #intentOf(request: ApiRequest, options: string): Intent {
    const admit = (object: KubeObject) => demandNoEscalation(this.#store, request.user, object);
    return { ...intentOf(request, options), admit };
  }

  #subresource(request: ApiRequest, resource: Resource, target: Target): ApiReply {
    const { namespace, name } = placeOf(target, resource);
    if (!resource.subresources.includes(target.subresource)) throw noSuchResource();
    const demand = () => this.#store.demand(resource, namespace, name);
    switch (target.subresource) {
      case "token":
        return this.#token(request, target, demand);
      case "eviction":
        return this.#eviction(request, target, demand);
      case "log":
        if (request.route.verb !== "get") throw methodNotAllowed();
        return { code: 200, text: this.#logs.read(demand() as Pod, request.route.query, Date.now()) };
      case "status":
        return this.#status(request, resource, target, demand);
      default:
        return this.#scale(request, resource, target, demand);
    }
  }

  #token(request: ApiRequest, target: Target, demand: () => KubeObject): ApiReply {
    if (request.route.verb !== "create") throw methodNotAllowed();
    const intent = intentOf(request, "CreateOptions");
    const kind = { kind: "TokenRequest", group: "authentication.k8s.io", version: "v1" };
    const { fields, warnings } = readBody(kind, bodyOf(request, kind), intent, "body");
    const body = requestToken(this.#store, this.#tokens, demand(), fieldsOf(fields["spec"]));
    const effect = intent.dryRun ? {} : { effect: effectOf(request, target, intent.manager, true) };
    return { code: 201, body, warnings, ...effect };
  }

  #eviction(request: ApiRequest, target: Target, demand: () => KubeObject): ApiReply {
    if (request.route.verb !== "create") throw methodNotAllowed();
    const intent = intentOf(request, "CreateOptions");
    const pod = demand() as Pod;
    const { dryRun, warnings } = evict(this.#store, this.objects, pod, bodyOf(request, evictionKind), intent);
    const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
    const effect = dryRun ? {} : { effect: effectOf(request, target, intent.manager, !isEnding(pod)) };
    return { code: 201, body, warnings, ...effect };
  }

  #status(request: ApiRequest, resource: Resource, target: Target, demand: () => KubeObject): ApiReply {
    if (request.route.verb === "get") return { code: 200, body: demand() };
    if (request.route.verb !== "patch") throw methodNotAllowed();
    const intent = intentOf(request, "PatchOptions");
    const patch = { contentType: request.contentType, text: request.body };
    return wrote(request, target, this.objects.patch(resource, demand(), patch, intent, "status"), intent);
  }

  #scale(request: ApiRequest, resource: Resource, target: Target, demand: () => KubeObject): ApiReply {
    switch (request.route.verb) {
      case "get":
        return { code: 200, body: scaleOf(demand()) };
      case "patch": {
        const intent = intentOf(request, "PatchOptions");
        const patch = { contentType: request.contentType, text: request.body };
        return scaled(wrote(request, target, patchScale(this.objects, demand(), patch, intent), intent));
      }
      case "update": {
        const intent = intentOf(request, "UpdateOptions");
        const body = bodyOf(request, resource);
        return scaled(wrote(request, target, putScale(this.objects, demand(), body, intent), intent));
      }
      default:
        throw methodNotAllowed();
    }
  }

  #question(request: ApiRequest, resource: Resource): ApiReply {
    if (request.route.verb !== "create") throw methodNotAllowed();
    const { fields } = readBody(resource, bodyOf(request, resource), { fieldValidation: "Warn" }, "body");
    const body =
      resource.kind === "SelfSubjectReview"
        ? reviewSelf(request.user)
        : reviewAccess(this.#store, resource.kind, request.user, fieldsOf(fields["spec"]));
    return { code: 201, body };
  }
}

function nonResource({ method, path }: Route): ApiReply {
  if (method !== "GET") throw methodNotAllowed();
  if (path === "/version")
    return {
      code: 200,
      body: { major: "1", minor: "36", gitVersion: "v1.36.2+countersign-double", platform: "double" },
    };
  if (["/healthz", "/livez", "/readyz"].includes(path)) return { code: 200, body: { status: "ok" } };
  throw noSuchResource();
}

/** A list over all namespaces has none; everything else of a namespaced resource is in one. */
function isWithin({ resource, verb }: Route, target: Target): boolean {
  if (resource?.kind === "Namespace") return false;
  if (target.namespace) return true;
  return resource?.namespaced === true && (verb === "list" || verb === "watch" || !target.name);
}

/** A single namespace is in itself only as far as RBAC is concerned. */
function placeOf(
  { namespace, name }: Target,
  resource: Resource,
): { readonly namespace: string; readonly name: string } {
  return resource.kind === "Namespace" ? { namespace: "", name: name || namespace } : { namespace, name };
}

type ObjectReply = Extract<ApiReply, { readonly body: Fields }> & { readonly body: KubeObject };

function wrote(request: ApiRequest, target: Target, written: Written, intent: Intent, code = 200): ObjectReply {
  const { object, changed, warnings } = written;
  const named = { ...target, name: object.metadata.name };
  const effect = intent.dryRun ? {} : { effect: effectOf(request, named, intent.manager, changed) };
  return { code, body: object, warnings, ...effect };
}

function scaled(reply: ObjectReply): ApiReply {
  return { ...reply, body: scaleOf(reply.body) };
}

function effectOf({ route, body }: ApiRequest, target: Target, fieldManager: string, changed: boolean): Effect {
  const { group, plural, subresource, namespace, name } = target;
  const bodyDigest = createHash("sha256").update(body).digest("hex");
  return { verb: route.verb, group, resource: plural, subresource, namespace, name, fieldManager, changed, bodyDigest };
}
