/**
 * What the composer offers: `fill` is written, `blank` after it is selected, to be typed over.
 * @public asked for by a test, which loads what a browser would by its address
 */
export const commands = [
  { fill: "/k8s rollout restart deploy/api -n prod -- ", blank: "why", says: "Replace all pods of a deployment" },
  { fill: "/k8s scale deploy/api --replicas=5 -n prod -- ", blank: "why", says: "Change how many pods there are" },
  { fill: "/k8s get pods -n prod", blank: "", says: "Read; answered at once, to you alone" },
  { fill: "/k8s describe deploy/api -n prod", blank: "", says: "State, conditions and last events" },
  { fill: "/k8s rollout status deploy/api -n prod", blank: "", says: "How far the last change has come" },
  { fill: "/k8s events -n prod", blank: "", says: "What the cluster said lately" },
  { fill: "/k8s logs -n staging ", blank: "POD", says: "The newest lines of a pod, secrets masked" },
  { fill: "/k8s top pods -n prod", blank: "", says: "What pods use, the busiest first" },
  { fill: "/k8s auth can-i delete pods -n prod", blank: "", says: "What you may ask for, and what it takes" },
  { fill: "/k8s freeze -- ", blank: "why", says: "Stop everything new at once" },
  { fill: "/k8s unfreeze -- ", blank: "why", says: "Let it go on; it takes two people" },
  { fill: "/k8s freezes", blank: "", says: "What is frozen, by whom and why" },
  { fill: "/k8s help", blank: "", says: "All that can be asked for" },
  { fill: "/k8s mine", blank: "", says: "Your requests, open ones first" },
  { fill: "/k8s status ", blank: "ID", says: "Where a request stands" },
  { fill: "/k8s cancel ", blank: "ID", says: "Take a request back" },
];

/** What an empty channel invites to try. */
export const examples = [
  { says: "Read", line: "/k8s get pods -n prod" },
  { says: "Restart", line: "/k8s rollout restart deploy/api -n prod -- 5xx since the 14:02 deploy" },
  { says: "Scale", line: "/k8s scale deploy/api --replicas=5 -n staging -- traffic is up" },
];

/** The commands that what is typed so far may become: as they begin, or by words that stand in them. */
export function matching(typed) {
  if (!typed.startsWith("/")) return [];
  const text = typed.toLowerCase();
  const begun = commands.filter(({ fill, blank }) => `${fill}${blank}`.startsWith(text));
  if (begun.length > 0) return begun;
  const words = text.split(/[/\s]+/).filter((word) => word !== "" && word !== "k8s");
  if (words.length !== 1) return [];
  return commands.filter(({ fill }) => fill.includes(words[0]));
}
