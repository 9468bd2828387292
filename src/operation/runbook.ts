import { parseName, parseNamespace } from "./name.ts";

/** Several operations under one name, as the policy document writes it: asked for, approved and run as one. */
export interface Runbook {
  readonly name: string;
  readonly summary: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Commands as they are typed, without cluster and reason; `{NAME}` stands for a parameter. */
  readonly steps: readonly string[];
}

/** What may be said for a parameter; nothing that passes holds a blank, a quote or a brace. */
export type Parameter =
  | { readonly type: "name" }
  | { readonly type: "namespace" }
  | { readonly type: "number"; readonly least: number; readonly most: number }
  | { readonly type: "choice"; readonly of: readonly string[] };

/** How many steps a runbook may have: each is read whole by whoever approves it. */
export const mostSteps = 10;

/** A word that may stand in a step: what a name, a number or an image is made of, and nothing that splits or quotes. */
export const plainWord = /^[A-Za-z0-9][\w./:@-]{0,199}$/;

export function isValue(parameter: Parameter, text: string): boolean {
  switch (parameter.type) {
    case "name":
      return parseName(text) !== undefined;
    case "namespace":
      return parseNamespace(text) !== undefined;
    case "number":
      return /^(0|[1-9]\d{0,8})$/.test(text) && Number(text) >= parameter.least && Number(text) <= parameter.most;
    case "choice":
      return parameter.of.includes(text);
  }
}

/** What is right for a parameter, to stand behind "give". */
export function valueWords(parameter: Parameter): string {
  switch (parameter.type) {
    case "name":
      return "a name as Kubernetes has them";
    case "namespace":
      return "a namespace";
    case "number":
      return `a whole number from ${parameter.least} to ${parameter.most}`;
    case "choice":
      return `one of ${parameter.of.join(", ")}`;
  }
}

/** The parameters that a step names, in their order. */
export function namedIn(step: string): readonly string[] {
  return [...step.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
}

/** A step with every parameter in its place; each must have been checked before. */
export function filled(step: string, values: Readonly<Record<string, string>>): string {
  return step.replace(/\{([^{}]*)\}/g, (_, name: string) => values[name] ?? "");
}

/** `run recycle app=api namespace=prod`, as it is typed. */
export function spokenRun(name: string, values: Readonly<Record<string, string>>): string {
  return ["run", name, ...Object.entries(values).map(([key, value]) => `${key}=${value}`)].join(" ");
}

/** How one is asked for: `run recycle app=NAME -- REASON`. */
export function runbookUsage({ name, parameters }: Runbook): string {
  const words = Object.entries(parameters).map(
    ([key, parameter]) =>
      `${key}=${parameter.type === "choice" ? parameter.of.join("|") : parameter.type.toUpperCase()}`,
  );
  return [`run ${name}`, ...words, "-- REASON"].join(" ");
}
