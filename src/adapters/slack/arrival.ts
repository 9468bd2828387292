import { type Refusal, refuse } from "../../operation/refusal.ts";

/** What came in from Slack, as far as it says who did what where. Ids only, out of the verified payload. */
export interface Arrival {
  readonly kind: "command" | "click" | "form";
  readonly team: string;
  readonly user: string;
  /** Where it was typed or clicked; absent in a modal. */
  readonly channel?: string;
  readonly trigger: string;
  /** The same for every delivery of the same deed, and for no other deed. */
  readonly deed: string;
}

/**
 * Reads who did what where, for our app and our workspaces alone. Bolt authorises any team for a single token
 * (facts/slack.md section 2), so this is where strangers are refused; whatever is absent is refused too.
 */
export function readArrival(
  body: unknown,
  house: { readonly appId: string; readonly teams: readonly string[] },
): Arrival | Refusal {
  const at = (...path: readonly string[]) => textAt(body, path);
  const kind = kindOf(at("type"), at("command"));
  const app = at("api_app_id");
  const team = kind === "command" ? at("team_id") : at("team", "id");
  const home = kind === "command" ? team : at("user", "team_id");
  const user = kind === "command" ? at("user_id") : at("user", "id");
  const trigger = at("trigger_id");
  if (!kind || !user || !trigger || !team || !home) return foreign();
  if (app !== house.appId || !house.teams.includes(team) || !house.teams.includes(home)) return foreign();
  // Installed for a whole organisation, a payload may come from any of its workspaces.
  if (!isNo(valueAt(body, ["is_enterprise_install"]))) return foreign();

  const seen = { kind, team, user, trigger };
  if (kind === "form") {
    const [view, hash] = [at("view", "id"), at("view", "hash")];
    // After a wrong code the view keeps its id and hash, so only with the trigger is a second try another deed.
    return view && hash ? { ...seen, deed: `view:${view}:${hash}:${trigger}` } : foreign();
  }
  const inModal = kind === "click" && at("container", "type") === "view";
  if (inModal) return { ...seen, deed: `trigger:${trigger}` };
  const channel = kind === "command" ? at("channel_id") : at("channel", "id");
  return channel ? { ...seen, channel, deed: `trigger:${trigger}` } : foreign();
}

/** The kind alone, for an answer in the right form to what is refused. */
export function kindOf(type: string | undefined, command: string | undefined): Arrival["kind"] | undefined {
  if (type === "block_actions") return "click";
  if (type === "view_submission") return "form";
  return type === undefined && command !== undefined ? "command" : undefined;
}

/** The text at a path of a payload; undefined where there is none, or something else. */
export function textAt(body: unknown, path: readonly string[]): string | undefined {
  const value = valueAt(body, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function valueAt(body: unknown, path: readonly string[]): unknown {
  let value = body;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function isNo(value: unknown): boolean {
  return value === undefined || value === false || value === "false";
}

function foreign(): Refusal {
  return refuse(
    "foreign-workspace",
    "This did not come from a workspace that Countersign serves.",
    "Ask in your own workspace; its administrators can allow another one.",
  );
}
