import { el, icon, setText } from "./element.js";
import { reconcile } from "./reconcile.js";
import { clockElement } from "./time.js";

/** More links than this are not shown; the trail has them all. */
const SHOWN = 40;

/** The audit trail as a chain, newest entry first; returns the ways to show it, and that it could not be read. */
export function createAudit(node) {
  const count = el("span", { class: "audit-count", data: { testid: "audit-count" } }, "0");
  const unit = el("span", {});
  const head = el("code", { class: "audit-head" });
  const mark = el("span", { class: "audit-mark", role: "status", data: { testid: "audit-verified" } });
  const chain = el("ol", { class: "chain", tabindex: "0", "aria-label": "Audit entries, newest first" });
  // A wheel turns up and down; the chain goes sideways.
  chain.addEventListener("wheel", ({ deltaX, deltaY }) => chain.scrollBy(deltaX === 0 ? deltaY : 0, 0), {
    passive: true,
  });
  let began = true;
  node.replaceChildren(
    el(
      "header",
      { class: "audit-about" },
      el("h2", { class: "panel-title" }, icon("audit"), "Audit trail"),
      el("p", { class: "audit-figures" }, count, unit, head),
      mark,
    ),
    chain,
  );

  function say(state, words) {
    if (mark.dataset.verified === state) return;
    mark.dataset.verified = state;
    mark.replaceChildren(icon(state === "true" ? "check" : "warning"), words);
  }

  function show({ entries, count: total, verified, head: hash }) {
    setText(count, String(total));
    setText(unit, total === 1 ? " entry, head " : " entries, head ");
    setText(head, shortened(hash));
    head.title = hash;
    say(String(verified), verified ? "Verified" : "Broken chain");
    const newest = [...entries].sort((a, b) => b.seq - a.seq).slice(0, SHOWN);
    const atStart = chain.scrollLeft < 40 && chain.scrollTop < 40;
    reconcile(chain, newest, {
      keyOf: ({ seq }) => seq,
      build: (entry) => {
        const link = linkNode(entry);
        if (!began) link.classList.add("fresh");
        return link;
      },
    });
    began = false;
    if (atStart) chain.scrollTo(0, 0);
  }

  // A mark that is not looked at any more must not go on saying yes.
  return { show, showFault: () => say("unknown", "Not checked") };
}

function linkNode({ seq, time, kind, request, hash }) {
  return el(
    "li",
    { class: "link", data: { testid: "audit-entry", seq: String(seq), kind, tone: toneOf(kind) } },
    el("p", { class: "link-top" }, el("span", { class: "link-seq" }, `#${seq}`), clockElement(time)),
    el("p", { class: "link-kind" }, kind),
    el(
      "p",
      { class: "link-end" },
      el("span", {}, request ?? "no request"),
      el("code", { title: hash }, shortened(hash)),
    ),
  );
}

function shortened(hash) {
  return hash.slice(0, 8);
}

/** What became of things, seen from afar. */
function toneOf(kind) {
  if (/refused|denied|failed|broken|conflict|fraud/.test(kind)) return "no";
  if (/^(?:approval|grant)\b/.test(kind)) return "seal";
  if (/^(?:proof|execution|outcome)\b|finished|succeeded/.test(kind)) return "yes";
  return "plain";
}
