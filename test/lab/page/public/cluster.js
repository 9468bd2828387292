import { el, icon, setText } from "./element.js";
import { reconcile } from "./reconcile.js";
import { timeElement } from "./time.js";

const LEAVING_MS = 360;

/** The cluster's Deployments, each with its pods as tiles; returns the ways to show them, and that they could not be read. */
export function createCluster(node) {
  const list = el("ul", { class: "workloads" });
  const none = el("p", { class: "nothing" }, "No workloads yet.");
  node.replaceChildren(
    el(
      "header",
      { class: "panel-head" },
      el("h2", { class: "panel-title" }, icon("cluster"), "Cluster"),
      legend(["pending", "running", "terminating"]),
    ),
    none,
    list,
  );
  const rows = new Map();
  const keyOf = ({ namespace, name }) => `${namespace}/${name}`;

  function show(workloads) {
    setText(none, "No workloads yet.");
    none.hidden = workloads.length > 0;
    reconcile(list, workloads, {
      keyOf,
      signatureOf: keyOf,
      build: (workload) => {
        const row = workloadRow(workload);
        rows.set(keyOf(workload), row);
        return row.node;
      },
    });
    for (const workload of workloads) rows.get(keyOf(workload)).show(workload);
  }

  function showFault(fault) {
    setText(none, `The cluster does not answer: ${fault.message}`);
    none.hidden = false;
  }

  return { show, showFault };
}

function legend(phases) {
  const swatch = (phase) => el("span", { class: "legend" }, el("i", { class: "pod", data: { phase } }), phase);
  return el("p", { class: "legends", "aria-hidden": "true" }, phases.map(swatch));
}

function workloadRow({ namespace, name }) {
  const counts = el("span", { class: "workload-count" });
  const since = el("span", { class: "workload-since" });
  const pods = el("ul", { class: "pods", "aria-label": `Pods of ${name}` });
  const node = el(
    "li",
    { class: "workload", data: { testid: `workload-${namespace}-${name}` } },
    el(
      "p",
      { class: "workload-head" },
      el("span", { class: "workload-name" }, el("span", { class: "workload-namespace" }, `${namespace} / `), name),
      counts,
    ),
    pods,
    since,
  );
  return {
    node,
    show(workload) {
      setText(counts, `${workload.ready} of ${workload.replicas} ready`);
      node.classList.toggle("moving", isMoving(workload));
      node.dataset.ready = String(workload.ready);
      showRestart(since, workload.restartedAt);
      showPods(pods, workload.pods);
    },
  };
}

function isMoving({ replicas, ready, pods }) {
  return ready !== replicas || pods.length !== replicas;
}

function showRestart(since, restartedAt) {
  if (since.dataset.at === restartedAt) return;
  since.dataset.at = restartedAt;
  since.replaceChildren("restarted ", timeElement(Date.parse(restartedAt)));
}

function showPods(tiles, pods) {
  const ordered = [...pods].sort((a, b) => Number(a.revision) - Number(b.revision) || a.name.localeCompare(b.name));
  reconcile(tiles, ordered, {
    keyOf: ({ name }) => name,
    signatureOf: ({ phase, ready, revision }) => `${phase} ${ready} ${revision}`,
    build: (pod) =>
      podTile(
        pod,
        [...tiles.children].find((tile) => tile.dataset.pod === pod.name),
      ),
    leave: letGo,
  });
}

/** A pod that changes keeps its tile, so that it can be seen to change. */
function podTile({ name, phase, ready, revision }, standing) {
  const words = `${name}: ${phase}${phase === "Running" && !ready ? ", not ready" : ""}, revision ${revision}`;
  const tile = standing ?? el("li", { class: "pod", role: "img", data: { pod: name } });
  tile.dataset.phase = phase.toLowerCase();
  tile.dataset.ready = String(ready);
  tile.dataset.hue = String(Number(revision) % 4);
  tile.title = words;
  tile.setAttribute("aria-label", words);
  setText(tile, revision);
  return tile;
}

function letGo(tile) {
  tile.classList.add("leaving");
  setTimeout(() => tile.remove(), matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : LEAVING_MS);
}
