import type { AdminClient } from "../lab/kubernetes/admin-client.ts";
import type { Call, Fate } from "../lab/kubernetes/faults.ts";
import type { KubernetesDouble } from "../lab/kubernetes/kubernetes-double.ts";
import type { Chance } from "./chance.ts";
import { sizes } from "./load.ts";

/** The calls of the product that were to change something while the weather was rough, by what became of them. */
export interface Tally {
  calls: number;
  lostBefore: number;
  lostAfter: number;
  refused: number;
  slow: number;
  /** How often somebody else changed an object just after an answer about it was lost. */
  meddled: number;
}

/** What becomes of calls on their way to the API server. */
export interface Weather {
  readonly tally: Readonly<Tally>;
  /** Whether calls come to harm; at first all pass. */
  rough: boolean;
}

/** Shares of the calls that are to change something; reads are only late or refused. */
const shares = { before: 0.1, after: 0.1, conflict: 0.02, busy: 0.02, broken: 0.02, slow: 0.08 } as const;
const slowMs = [100, 1_500] as const;
/** How often somebody else wants back what our lost call changed. */
const meddling = 0.5;
/** A call that comes while somebody else is about to change its object waits so long for them, in ms. */
const waitMs = 100;

/** Decides on every call of the product from now on. */
export function makeWeather(double: KubernetesDouble, admin: AdminClient, chance: Chance): Weather {
  const tally: Tally = { calls: 0, lostBefore: 0, lostAfter: 0, refused: 0, slow: 0, meddled: 0 };
  const meddled = new Set<string>();
  const weather = { tally, rough: false };

  async function meddle(path: string): Promise<void> {
    const object = objectOf(path);
    const replicas = double.snapshot().find(({ name }) => object.endsWith(`/${name}`))?.replicas;
    await admin.patch(object, undoing(path, replicas)).finally(() => meddled.delete(object));
    tally.meddled += 1;
  }

  double.faults.judge((call) => {
    if (!weather.rough || !call.userAgent.startsWith("countersign/")) return {};
    const url = new URL(call.path, double.server);
    if (url.searchParams.has("watch")) return {};
    const changes = call.method !== "GET" && !url.searchParams.has("dryRun");
    const patches = changes && /\/deployments\/[^/]+(\/scale)?$/.test(url.pathname);
    const fate = fateOf(chance, call, changes);
    const delayMs = meddled.has(objectOf(url.pathname)) ? waitMs : fate.delayMs;
    if (changes) count(tally, fate);
    if (fate.drop === "after-effect" && patches && chance.happens(meddling)) {
      meddled.add(objectOf(url.pathname));
      // After the effect and before anybody can have tried again.
      setTimeout(() => void meddle(url.pathname).catch(() => undefined), (delayMs ?? 0) + 1);
    }
    return { ...fate, ...(delayMs === undefined ? {} : { delayMs }) };
  });
  return weather;
}

function fateOf(chance: Chance, { method }: Call, changes: boolean): Fate {
  const { before, after, conflict, busy, broken, slow } = shares;
  const late = chance.happens(slow) ? { delayMs: Math.round(chance.between(...slowMs)) } : {};
  // A 409 that nobody meant says something else of what is created or deleted: only a patch is told so.
  const fates: readonly (readonly [share: number, fate: Fate])[] = [
    [changes ? before : 0, { drop: "before-effect" }],
    [changes ? after : 0, { drop: "after-effect" }],
    [changes && method === "PATCH" ? conflict : 0, { answer: 409 }],
    [busy, { answer: 429 }],
    [broken / 2, { answer: 500 }],
    [broken / 2, { answer: 503 }],
  ];
  let left = chance.next();
  for (const [share, fate] of fates) {
    left -= share;
    if (left < 0) return { ...fate, ...late };
  }
  return late;
}

function count(tally: Tally, { drop, answer, delayMs }: Fate): void {
  tally.calls += 1;
  if (drop === "before-effect") tally.lostBefore += 1;
  if (drop === "after-effect") tally.lostAfter += 1;
  if (answer !== undefined) tally.refused += 1;
  if (delayMs !== undefined) tally.slow += 1;
}

function objectOf(path: string): string {
  return path.replace(/\/scale$/, "");
}

/** What somebody does who wants the object back as it was before a call to this path. */
function undoing(path: string, replicas: number | undefined): unknown {
  if (path.endsWith("/scale")) return { spec: { replicas: replicas === sizes[0] ? sizes[1] : sizes[0] } };
  const annotations = { "kubectl.kubernetes.io/restartedAt": null };
  return { spec: { template: { metadata: { annotations } } } };
}
