import type { Json } from "../../operation/plan.ts";
import { list, record, text } from "../objects/fields.ts";

type Fields = Readonly<Record<string, Json>>;

/** What an autoscaler goes by, as now/wanted: `cpu 45%/80%`, `requests 12/100`; `?` for what it does not know. */
export function measuresOf(spec: Fields, status: Fields): readonly string[] {
  const now = list(status["currentMetrics"]).map(record);
  return list(spec["metrics"])
    .map(record)
    .map((metric) => {
      const name = nameOf(metric);
      const current = now.find((one) => one["type"] === metric["type"] && nameOf(one) === name);
      return `${name} ${amountOf(current, "current")}/${amountOf(metric, "target")}`;
    });
}

// A metric keeps its details in a field named after its type: Resource, ContainerResource, Pods, Object, External.
function detailsOf(metric: Fields): Fields {
  const type = text(metric["type"]);
  return record(metric[`${type.charAt(0).toLowerCase()}${type.slice(1)}`]);
}

function nameOf(metric: Fields): string {
  const details = detailsOf(metric);
  return text(details["name"]) || text(record(details["metric"])["name"], "?");
}

function amountOf(metric: Fields | undefined, field: "current" | "target"): string {
  const value = record(metric && detailsOf(metric)[field]);
  const percent = value["averageUtilization"];
  return typeof percent === "number" ? `${percent}%` : text(value["averageValue"]) || text(value["value"], "?");
}
