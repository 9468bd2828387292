import { type Effect, effectOf } from "./effect.ts";
import { demandNoEscalation } from "./escalation.ts";
import type { Intent } from "./intent.ts";
import { listObjects } from "./list.ts";
import { answerMetrics } from "./metrics.ts";
import { type Fields, fieldsOf, type KubeObject } from "./object.ts";
import { reviewAccess, reviewSelf } from "./questions.ts";
import { attributesOf, authorize, forbidden } from "./rbac.ts";
import { readBody } from "./read-body.ts";
import { type Reply, type TextReply, type WatchReply, wrote } from "./reply.ts";
import { type ApiRequest, bodyOf, intentOf, removalOf, watchOptions } from "./request.ts";
import type { Resource } from "./resources.ts";
import type { Route, Target } from "./route.ts";
import { methodNotAllowed, noSuchResource } from "./status.ts";
import { answerSubresource, type Ground } from "./subresources.ts";

export type ApiReply =
  | TextReply
  | WatchReply
  | { readonly code: number; readonly body: Fields; readonly warnings?: readonly string[]; readonly effect?: Effect };

/** Where something stands, or is to stand. */
interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** In the words of v1.36. */
const jobsLeavePods =
  "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning";

/** The API behind authentication: who may, then what. */
export class Api {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Throws a Refusal for anything but a 2xx. */
  answer(request: ApiRequest): ApiReply {
    const { route, user } = request;
    const { store } = this.#ground;
    const attributes = attributesOf(route);
    if (!authorize(store, user, attributes).allowed) throw forbidden(user, attributes);
    const { target, resource } = route;
    if (!target) return nonResource(route);
    if (resource?.measured && !this.#ground.metrics) throw noSuchResource();
    if (!resource || resource.namespaced !== isWithin(route, target)) throw noSuchResource();
    const { namespace, name } = placeOf(target, resource);
    const before = store.find(resource, namespace, name);
    const reply = this.#reply(request, resource, target, { namespace, name });
    if (!("deed" in reply) || !reply.deed) return reply;
    const { deed, ...rest } = reply;
    return { ...rest, effect: effectOf(request, target, deed, before, store.find(resource, namespace, deed.name)) };
  }

  #reply(request: ApiRequest, resource: Resource, target: Target, place: Place): Reply {
    const { subresource } = target;
    if (subresource) return answerSubresource(this.#ground, request, resource, { subresource, ...place });
    if (resource.question) return this.#question(request, resource);
    if (resource.measured)
      return { code: 200, body: answerMetrics(this.#ground.store, resource, request.route, place) };
    switch (request.route.verb) {
      case "get":
      case "list":
      case "watch":
        return this.#read(request, resource, place);
      case "create":
        if (target.name) throw methodNotAllowed();
        return this.#create(request, resource, place);
      case "update":
        return this.#replace(request, resource, place);
      case "patch":
        return this.#patch(request, resource, place);
      case "delete":
        return this.#delete(request, resource, place);
      case "deletecollection":
        throw methodNotAllowed();
    }
  }

  #read({ route }: ApiRequest, resource: Resource, { namespace, name }: Place): Reply {
    const { store } = this.#ground;
    if (route.verb === "watch") return { watch: watchOptions(resource, namespace, route.query) };
    if (route.verb === "list") return { code: 200, body: listObjects(store, resource, namespace, route.query) };
    return { code: 200, body: store.demand(resource, namespace, name) };
  }

  #create(request: ApiRequest, resource: Resource, { namespace }: Place): Reply {
    const intent = this.#intentOf(request, "CreateOptions");
    return wrote(this.#ground.objects.create(resource, namespace, bodyOf(request, resource), intent), intent, 201);
  }

  #replace(request: ApiRequest, resource: Resource, { namespace, name }: Place): Reply {
    const intent = this.#intentOf(request, "UpdateOptions");
    return wrote(this.#ground.objects.replace(resource, namespace, name, bodyOf(request, resource), intent), intent);
  }

  #patch(request: ApiRequest, resource: Resource, { namespace, name }: Place): Reply {
    const { store, objects } = this.#ground;
    const intent = this.#intentOf(request, "PatchOptions");
    const patch = { contentType: request.contentType, text: request.body };
    return wrote(objects.patch(resource, store.demand(resource, namespace, name), patch, intent), intent);
  }

  #delete(request: ApiRequest, resource: Resource, { namespace, name }: Place): Reply {
    const { store, objects } = this.#ground;
    // The end of a namespace is the end of everything in it: the double never does that.
    if (resource.kind === "Namespace") throw methodNotAllowed();
    const current = store.demand(resource, namespace, name);
    const removal = removalOf(request);
    const body = objects.remove(resource, current, removal);
    const changed = store.find(resource, namespace, name) !== current;
    const warnings = resource.kind === "Job" && !removal.propagation ? [jobsLeavePods] : [];
    return { code: 200, body, warnings, ...(removal.dryRun ? {} : { deed: { name, fieldManager: "", changed } }) };
  }

  /** Nobody gives away what they do not hold. */
  #intentOf(request: ApiRequest, options: string): Intent {
    const admit = (object: KubeObject) => demandNoEscalation(this.#ground.store, request.user, object);
    return { ...intentOf(request, options), admit };
  }

  #question(request: ApiRequest, resource: Resource): Reply {
    if (request.route.verb !== "create") throw methodNotAllowed();
    const { fields } = readBody(resource, bodyOf(request, resource), { fieldValidation: "Warn" }, "body");
    const body =
      resource.kind === "SelfSubjectReview"
        ? reviewSelf(request.user)
        : reviewAccess(this.#ground.store, resource.kind, request.user, fieldsOf(fields["spec"]));
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
function placeOf({ namespace, name }: Target, resource: Resource): Place {
  return resource.kind === "Namespace" ? { namespace: "", name: name || namespace } : { namespace, name };
}
