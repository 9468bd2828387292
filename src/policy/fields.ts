import { coversKey, isReserved } from "../operation/label-key.ts";
import type { PatchedKind } from "../operation/patchable.ts";
import type { DecisionFacts, Denied, Policy, SetFields } from "./policy.ts";

/** The first thing an operation would set that the policy does not allow; undefined where it sets nothing else. */
export function refuseFields(policy: Policy, { fields: setting }: DecisionFacts): Denied | undefined {
  if (!setting) return undefined;
  const allowed = allowedOf(policy, setting);
  const stray = setting.names.find((name) => !isAllowed(allowed, setting.by, name));
  if (stray === undefined) return undefined;
  const on = setting.by === "patch" ? ` of a ${setting.kind}` : "";
  return {
    allowed: false,
    rule: "fields",
    says: `The policy lets nobody ${setting.by} ${stray}${on}.`,
    remedy:
      allowed.length === 0
        ? `It allows none yet: its owners can, under \`fields\`, \`${setting.by}\`.`
        : `Allowed are: ${allowed.join(", ")}.`,
    policy: policy.revision,
  };
}

function allowedOf({ fields = {} }: Policy, { by, kind }: SetFields): readonly string[] {
  if (by !== "patch") return fields[by] ?? [];
  const { patch = {} } = fields;
  return Object.hasOwn(patch, kind) ? (patch[kind as PatchedKind] ?? []) : [];
}

function isAllowed(allowed: readonly string[], by: SetFields["by"], name: string): boolean {
  if (by === "patch") return allowed.includes(name);
  return !isReserved(name) && allowed.some((pattern) => coversKey(pattern, name));
}
