import type { Json } from "../../operation/plan.ts";
import type { KubeObject } from "../../ports/cluster.ts";
import { list, number, record, text, texts } from "../objects/fields.ts";
import { age } from "./table.ts";

type Fields = Readonly<Record<string, Json>>;

// Of a container only its name, image, limits and state are ever said: commands and environments hold secrets.

/** The containers of a pod, each with its image and how it fares. */
export function containersOf(pod: KubeObject, now: number): readonly string[] {
  const spec = record(pod["spec"]);
  const status = record(pod["status"]);
  const part = (title: string, containers: Json | undefined, states: Json | undefined) => {
    const known = list(states).map(record);
    const lines = list(containers)
      .map(record)
      .map((container) => {
        const state = known.find((one) => one["name"] === container["name"]) ?? {};
        return `  ${text(container["name"])}: ${text(container["image"])}${limitsOf(container)}, ${stateOf(state, now)}`;
      });
    return lines.length > 0 ? [title, ...lines] : [];
  };
  return [
    ...part("Init containers:", spec["initContainers"], status["initContainerStatuses"]),
    ...part("Containers:", spec["containers"], status["containerStatuses"]),
    ...part("Debugging containers:", spec["ephemeralContainers"], status["ephemeralContainerStatuses"]),
  ];
}

/** The containers that a workload makes its pods of. */
export function templateOf(spec: Fields): readonly string[] {
  const template = record(record(spec["template"])["spec"]);
  const lines = [...list(template["initContainers"]), ...list(template["containers"])]
    .map(record)
    .map((container) => `  ${text(container["name"])}: ${text(container["image"])}${limitsOf(container)}`);
  return lines.length > 0 ? ["Containers of its pods:", ...lines] : [];
}

function limitsOf(container: Fields): string {
  const resources = record(container["resources"]);
  return ["requests", "limits"]
    .map((name) => [name, Object.entries(texts(resources[name]))] as const)
    .filter(([, amounts]) => amounts.length > 0)
    .map(([name, amounts]) => `, ${name} ${amounts.map(([what, amount]) => `${what} ${amount}`).join(" ")}`)
    .join("");
}

function stateOf(status: Fields, now: number): string {
  const state = record(status["state"]);
  const { running, waiting, terminated } = state;
  const restarts = number(status["restartCount"]);
  const before = record(record(status["lastState"])["terminated"]);
  const is = running
    ? `running for ${age(record(running)["startedAt"], now)}${status["ready"] === true ? "" : ", not ready"}`
    : waiting
      ? `waiting: ${[text(record(waiting)["reason"]), text(record(waiting)["message"]).replace(/\s+/g, " ")].filter((part) => part !== "").join(", ")}`
      : terminated
        ? `ended ${endOf(record(terminated), now)}`
        : "not started";
  return [
    is,
    ...(restarts > 0 ? [`${restarts} ${restarts === 1 ? "restart" : "restarts"}`] : []),
    ...(Object.keys(before).length > 0 ? [`before that ended ${endOf(before, now)}`] : []),
  ].join(", ");
}

function endOf(terminated: Fields, now: number): string {
  return `${age(terminated["finishedAt"], now)} ago: ${text(terminated["reason"], "unknown")}, exit code ${number(terminated["exitCode"])}`;
}
