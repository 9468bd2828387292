import { isEnding, type Pod } from "./controllers/workload.ts";
import { evict, evictionKind } from "./eviction.ts";
import type { Logs } from "./logs.ts";
import { fieldsOf, type KubeObject } from "./object.ts";
import type { Objects } from "./objects.ts";
import { requestToken } from "./questions.ts";
import { readBody } from "./read-body.ts";
import { type ObjectReply, type Reply, wrote } from "./reply.ts";
import { type ApiRequest, bodyOf, intentOf } from "./request.ts";
import type { Resource } from "./resources.ts";
import { patchScale, putScale, scaleOf } from "./scale.ts";
import { methodNotAllowed, noSuchResource } from "./status.ts";
import type { Store } from "./store.ts";
import type { Tokens } from "./tokens.ts";

/** What the API stands on. */
export interface Ground {
  readonly store: Store;
  readonly objects: Objects;
  readonly tokens: Tokens;
  readonly logs: Logs;
  /** Whether there is somebody who measures what pods and nodes use. */
  readonly metrics: boolean;
}

/** One subresource of the object that `demand` finds, or refuses when there is none. */
interface Asked {
  readonly request: ApiRequest;
  readonly resource: Resource;
  readonly demand: () => KubeObject;
}

const answers: Readonly<Record<string, (ground: Ground, asked: Asked) => Reply>> = {
  token: answerToken,
  eviction: answerEviction,
  log: answerLog,
  status: answerStatus,
  scale: answerScale,
};

export function answerSubresource(
  ground: Ground,
  request: ApiRequest,
  resource: Resource,
  { subresource, namespace, name }: { readonly subresource: string; readonly namespace: string; readonly name: string },
): Reply {
  const answer = resource.subresources.includes(subresource) ? answers[subresource] : undefined;
  if (!answer) throw noSuchResource();
  return answer(ground, { request, resource, demand: () => ground.store.demand(resource, namespace, name) });
}

function answerToken({ store, tokens }: Ground, { request, demand }: Asked): Reply {
  if (request.route.verb !== "create") throw methodNotAllowed();
  const intent = intentOf(request, "CreateOptions");
  const kind = { kind: "TokenRequest", group: "authentication.k8s.io", version: "v1" };
  const { fields, warnings } = readBody(kind, bodyOf(request, kind), intent, "body");
  const account = demand();
  const body = requestToken(store, tokens, account, fieldsOf(fields["spec"]));
  const deed = { name: account.metadata.name, fieldManager: intent.manager, changed: true };
  return { code: 201, body, warnings, ...(intent.dryRun ? {} : { deed }) };
}

function answerEviction({ store, objects }: Ground, { request, demand }: Asked): Reply {
  if (request.route.verb !== "create") throw methodNotAllowed();
  const intent = intentOf(request, "CreateOptions");
  const pod = demand() as Pod;
  const { dryRun, warnings } = evict(store, objects, pod, bodyOf(request, evictionKind), intent);
  const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };
  const deed = { name: pod.metadata.name, fieldManager: intent.manager, changed: !isEnding(pod) };
  return { code: 201, body, warnings, ...(dryRun ? {} : { deed }) };
}

function answerLog({ logs }: Ground, { request, demand }: Asked): Reply {
  if (request.route.verb !== "get") throw methodNotAllowed();
  return { code: 200, text: logs.read(demand() as Pod, request.route.query, Date.now()) };
}

function answerStatus({ objects }: Ground, { request, resource, demand }: Asked): Reply {
  if (request.route.verb === "get") return { code: 200, body: demand() };
  if (request.route.verb !== "patch") throw methodNotAllowed();
  const intent = intentOf(request, "PatchOptions");
  return wrote(objects.patch(resource, demand(), patchOf(request), intent, "status"), intent);
}

function answerScale({ objects }: Ground, { request, resource, demand }: Asked): Reply {
  switch (request.route.verb) {
    case "get":
      return { code: 200, body: scaleOf(demand()) };
    case "patch": {
      const intent = intentOf(request, "PatchOptions");
      return scaled(wrote(patchScale(objects, demand(), patchOf(request), intent), intent));
    }
    case "update": {
      const intent = intentOf(request, "UpdateOptions");
      return scaled(wrote(putScale(objects, demand(), bodyOf(request, resource), intent), intent));
    }
    default:
      throw methodNotAllowed();
  }
}

function scaled(reply: ObjectReply & { readonly body: KubeObject }): Reply {
  return { ...reply, body: scaleOf(reply.body) };
}

function patchOf({ contentType, body }: ApiRequest): { readonly contentType: string; readonly text: string } {
  return { contentType, text: body };
}
