import type { ViewStateValue } from "@slack/bolt";
import type { PlainTextOption } from "@slack/types";
import { type Fields, isFields, listIn } from "../json.ts";

/** What a person put into one element: its value in Slack's form, or what Slack's client says against it. */
export type Entered = { readonly value: ViewStateValue; readonly empty: boolean } | { readonly fault: string };

/**
 * Reads what was entered into an input, menu or picker; what was not touched keeps its initial value. Undefined for
 * an element that holds no value, such as a button.
 */
export function entered(element: Fields, given: string | undefined): Entered | undefined {
  const type = String(element["type"]);
  switch (type) {
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
      return typedText(element, type, given ?? textIn(element["initial_value"]));
    case "static_select":
    case "external_select":
    case "radio_buttons":
    case "overflow":
      return oneOption(element, type, given ?? optionValue(element["initial_option"]));
    case "checkboxes":
    case "multi_static_select":
      return severalOptions(
        element,
        type,
        given?.split(",") ?? listIn(element["initial_options"]).map((option) => optionValue(option)),
      );
    default:
      return picked(element, type, given);
  }
}

function typedText(element: Fields, type: string, text: string): Entered {
  const { min_length: min, max_length: max } = element;
  if (text !== "" && typeof min === "number" && text.length < min) return fault(`Enter at least ${min} characters.`);
  if (text.length > (typeof max === "number" ? max : 3000)) return fault("That is too long.");
  if (text !== "" && type === "number_input" && !Number.isFinite(Number(text))) return fault("Enter a number.");
  return { value: { type, value: text === "" ? null : text }, empty: text === "" };
}

function oneOption(element: Fields, type: string, chosen: string): Entered {
  if (chosen === "") return { value: { type, selected_option: null }, empty: true };
  const option = optionsOf(element).find(({ value }) => value === chosen);
  return option
    ? { value: { type, selected_option: withValue(option, chosen) }, empty: false }
    : fault(`There is no option ${chosen}.`);
}

function severalOptions(element: Fields, type: string, chosen: readonly string[]): Entered {
  const wanted = chosen.filter((value) => value !== "");
  const options = optionsOf(element).filter(({ value }) => value !== undefined && wanted.includes(value));
  if (options.length < wanted.length) return fault(`There is no such option among ${wanted.join(", ")}.`);
  const selected = options.map((option) => withValue(option, option.value ?? ""));
  return { value: { type, selected_options: selected }, empty: selected.length === 0 };
}

/** The field a picker's choice stands in, and the one its first choice comes from. */
const PICKERS: Readonly<Record<string, readonly [selected: string, initial: string]>> = {
  users_select: ["selected_user", "initial_user"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  channels_select: ["selected_channel", "initial_channel"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  multi_users_select: ["selected_users", "initial_users"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  multi_channels_select: ["selected_channels", "initial_channels"],
};

function picked(element: Fields, type: string, given: string | undefined): Entered | undefined {
  const [selected, initial] = PICKERS[type] ?? [];
  if (selected === undefined || initial === undefined) return undefined;
  if (type.startsWith("multi_")) {
    const ids = (given?.split(",") ?? listIn(element[initial]).map(String)).filter((id) => id !== "");
    return { value: { type, [selected]: ids }, empty: ids.length === 0 };
  }
  const chosen = given ?? textIn(element[initial]);
  return { value: { type, [selected]: chosen === "" ? null : chosen }, empty: chosen === "" };
}

function optionsOf(element: Fields): PlainTextOption[] {
  const groups = listIn(element["option_groups"]).flatMap((group) => (isFields(group) ? listIn(group["options"]) : []));
  return [...listIn(element["options"]), ...groups].filter(isOption);
}

function isOption(value: unknown): value is PlainTextOption {
  return isFields(value) && isFields(value["text"]);
}

function withValue({ text }: PlainTextOption, value: string) {
  return { text, value };
}

function optionValue(option: unknown): string {
  return isFields(option) ? textIn(option["value"]) : "";
}

function textIn(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

function fault(words: string): { fault: string } {
  return { fault: words };
}
