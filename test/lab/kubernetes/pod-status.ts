import type { Pod } from "./controllers/workload.ts";
import { type Fields, timestamp } from "./object.ts";

/** All containers are up and ready. */
export function runningStatus({ spec, status }: Pod): Pod["status"] {
  const now = timestamp(Date.now());
  const containers = spec.containers.map((container) => ({
    ...containerStatus(container, { running: { startedAt: now } }),
    ready: true,
    started: true,
  }));
  return {
    ...status,
    phase: "Running",
    startTime: now,
    conditions: conditions(true, now),
    containerStatuses: containers,
  };
}

/** Bound to a node, and none of its images can be had. */
export function waitingStatus({ spec, status }: Pod): Pod["status"] {
  const containers = spec.containers.map((container) => {
    const message = `failed to pull image "${container.image}"`;
    return containerStatus(container, { waiting: { reason: "ErrImagePull", message } });
  });
  const now = timestamp(Date.now());
  return { ...status, phase: "Pending", conditions: conditions(false, now), containerStatuses: containers };
}

/** All containers have ended by themselves, well or not. */
export function finishedStatus({ spec, status }: Pod, exitCode: number): Pod["status"] {
  const now = timestamp(Date.now());
  const reason = exitCode === 0 ? "Completed" : "Error";
  const terminated = { exitCode, reason, startedAt: status["startTime"] ?? now, finishedAt: now };
  const containers = spec.containers.map((container) => containerStatus(container, { terminated }));
  const phase = exitCode === 0 ? "Succeeded" : "Failed";
  return { ...status, phase, conditions: conditions(false, now), containerStatuses: containers };
}

/** No node would have it. */
export function unschedulableStatus({ status }: Pod, nodes: number): Pod["status"] {
  const message = `0/${nodes} nodes are available: ${nodes} node(s) were unschedulable.`;
  const why = { reason: "Unschedulable", message };
  return { ...status, conditions: [{ ...condition("PodScheduled", "False", timestamp(Date.now())), ...why }] };
}

function containerStatus({ name, image }: { readonly name: string; readonly image: string }, state: Fields): Fields {
  return { name, state, lastState: {}, ready: false, restartCount: 0, image, imageID: "", started: false };
}

function conditions(isReady: boolean, now: string): readonly PodCondition[] {
  const ready = isReady ? "True" : "False";
  return [
    condition("PodScheduled", "True", now),
    condition("Initialized", "True", now),
    condition("ContainersReady", ready, now),
    condition("Ready", ready, now),
  ];
}

type PodCondition = { readonly type: string; readonly status: string };

function condition(type: string, status: "True" | "False", lastTransitionTime: string) {
  return { type, status, lastProbeTime: null, lastTransitionTime };
}
