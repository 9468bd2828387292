import type { Broken } from "./checker.ts";
import { byRequest } from "./history.ts";
import type { RunOptions } from "./options.ts";
import type { Run } from "./run.ts";

/** The figures of a run for machines: one line of JSON. */
export interface Figures {
  readonly seed: number;
  readonly seconds: number;
  readonly requests: number;
  readonly kills: number;
  readonly freezes: number;
  readonly redisFaults: number;
  readonly duplicated: number;
  readonly lost: number;
  readonly contradictions: number;
  readonly unknown: number;
  readonly unknownSurfaced: number;
  readonly forgedRun: number;
  readonly chainValid: boolean;
}

export function figuresOf({ seed, seconds }: RunOptions, run: Run): Figures {
  const { history, violations, toll } = run;
  const count = (broken: Broken) => violations.filter((one) => one.broken === broken).length;
  const unknown = [...history.records.values()].filter(
    ({ id, state }) => state === "unknown" && !history.forged.has(id),
  );
  return {
    seed,
    seconds,
    requests: history.records.size,
    kills: toll.kills,
    freezes: toll.freezes,
    redisFaults: toll.redisKills + toll.powerCuts,
    duplicated: count("duplicated"),
    lost: count("lost"),
    contradictions: count("contradiction"),
    unknown: unknown.length,
    unknownSurfaced: unknown.filter(({ id }) => history.shown.get(id)?.ends.at(-1) === "Unknown").length,
    forgedRun: count("forged"),
    chainValid: count("chain") === 0,
  };
}

/** The table for people. */
export function tableOf(options: RunOptions, run: Run): string {
  const { history, toll, weather } = run;
  const figures = figuresOf(options, run);
  const states = Map.groupBy([...history.records.values()], ({ id, state }) =>
    history.forged.has(id) ? "forged" : state,
  );
  const share = (n: number) => `${n} (${weather.calls === 0 ? 0 : ((100 * n) / weather.calls).toFixed(1)} %)`;
  const rows: readonly (readonly [string, string | number])[] = [
    [
      "seed, seconds",
      `${options.seed}, ${options.seconds}${options.ablation ? `, without: ${options.ablation}` : ""}${options.forgetful ? ", a Redis that forgets" : ""}`,
    ],
    ["requests", figures.requests],
    ...[...states].map(([state, all]) => [`  ${state}`, all.length] as const).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ["deliveries sent twice", run.repeated],
    ["workers killed while serving", figures.kills],
    ["workers frozen past their lease", figures.freezes],
    ["web processes killed", toll.webKills],
    ["Redis killed, power-cut", `${toll.redisKills}, ${toll.powerCuts} (${toll.bytesLost} bytes lost)`],
    ["processes with a wrong clock", run.skewed],
    ["processes that fell, or never served", `${run.fallen}, ${run.stillborn}`],
    ["misfortunes that found too few", toll.missed],
    ["API calls under faults", weather.calls],
    ["  lost before their effect", share(weather.lostBefore)],
    ["  lost after their effect", share(weather.lostAfter)],
    ["  answered 409, 429 or 5xx", share(weather.refused)],
    ["  slow", share(weather.slow)],
    ["objects changed by others meanwhile", run.meddled],
    ["effects in the cluster", history.effects.length],
    ["settled after", `${(run.settledMs / 1_000).toFixed(1)} s`],
    ["audit entries", history.trail.length],
    ["duplicated", figures.duplicated],
    ["lost", figures.lost],
    ["contradictions", figures.contradictions],
    ["unknown, of them surfaced", `${figures.unknown}, ${figures.unknownSurfaced}`],
    ["forged and run", `${figures.forgedRun} of ${history.forged.size}`],
    ["chain", figures.chainValid ? "valid" : "BROKEN"],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

/** Each violation with all that is known of the request it is about. */
export function violationsOf({ violations, history }: Run): string {
  const told = byRequest(history.trail);
  return violations
    .map(({ broken, request, says }) => {
      const effects = history.effects.filter((effect) => effect.request === request);
      const lines = [
        ...(told.get(request) ?? []).map(({ time, event }) => [time, `audit   ${JSON.stringify(event)}`] as const),
        ...effects.map(({ at, call, object, account }) => [at, `EFFECT  ${call} ${object} by ${account}`] as const),
      ].toSorted(([a], [b]) => a - b);
      const body = lines.map(([at, line]) => `    ${new Date(at).toISOString().slice(11, 23)} ${line}`);
      return [`${broken.toUpperCase()} ${request}: ${says}`, ...body].join("\n");
    })
    .join("\n");
}
