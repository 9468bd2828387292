import {
  anyText,
  anything,
  type Check,
  characters,
  flag,
  list,
  oneOf,
  plainText,
  shape,
  wholeNumber,
} from "./checks.ts";

/** Limits of Block Kit's elements: the `Maximum ...` lines of @slack/types 3.2 and facts/slack.md section 3. */
const actionId = characters(255, 1);
const placeholder = plainText(150);
const colour = oneOf("primary", "danger");
const confirm = shape(
  { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30), style: colour },
  ["text"],
);
const plainOption = shape(
  { text: plainText(75), value: characters(150), description: plainText(75), url: characters(3000) },
  ["text"],
);
const richOption = shape({ text: anyText(75), value: characters(150), description: anyText(75) }, ["text", "value"]);
const optionGroup = shape({ label: plainText(75), options: list(plainOption, 100, 1) }, ["label", "options"]);

const acted = { action_id: actionId };
const picked = { ...acted, placeholder, confirm, focus_on_load: flag };
const typed = { ...acted, placeholder, focus_on_load: flag, dispatch_action_config: anything };
const several = { ...picked, max_selected_items: wholeNumber(1, 100) };
const answerable = { response_url_enabled: flag };

const button = shape(
  {
    ...acted,
    text: plainText(75),
    value: characters(2000),
    url: characters(3000),
    style: colour,
    confirm,
    accessibility_label: characters(75),
  },
  ["text"],
);
const image = shape({ image_url: characters(3000), slack_file: anything, alt_text: characters(2000) }, ["alt_text"]);
const choices = { options: list(plainOption, 100, 1), option_groups: list(optionGroup, 100, 1) };
const ticks = { ...acted, options: list(richOption, 10, 1), confirm, focus_on_load: flag };

const selects = {
  static_select: shape({ ...picked, ...choices, initial_option: plainOption }),
  external_select: shape({ ...picked, initial_option: plainOption, min_query_length: wholeNumber(0, 100) }),
  users_select: shape({ ...picked, initial_user: characters(255) }),
  conversations_select: shape({
    ...picked,
    ...answerable,
    initial_conversation: characters(255),
    default_to_current_conversation: flag,
    filter: anything,
  }),
  channels_select: shape({ ...picked, ...answerable, initial_channel: characters(255) }),
  multi_static_select: shape({ ...several, ...choices, initial_options: list(plainOption, 100) }),
  multi_external_select: shape({ ...several, initial_options: list(plainOption, 100), min_query_length: anything }),
  multi_users_select: shape({ ...several, initial_users: list(characters(255), 100) }),
  multi_conversations_select: shape({
    ...several,
    initial_conversations: list(characters(255), 100),
    default_to_current_conversation: flag,
    filter: anything,
  }),
  multi_channels_select: shape({ ...several, initial_channels: list(characters(255), 100) }),
};
const pickers = {
  datepicker: shape({ ...picked, initial_date: characters(10) }),
  timepicker: shape({ ...picked, initial_time: characters(5), timezone: characters(100) }),
  datetimepicker: shape({ ...picked, initial_date_time: wholeNumber(0, 9_999_999_999) }),
  checkboxes: shape({ ...ticks, initial_options: list(richOption, 10) }, ["options"]),
  radio_buttons: shape({ ...ticks, initial_option: richOption }, ["options"]),
};
const overflow = shape({ ...acted, options: list(plainOption, 5, 1), confirm }, ["options"]);
const richTextInput = shape({ ...typed, initial_value: anything });

/** What an `actions` block may hold. */
export const ACTION_ELEMENTS: Readonly<Record<string, Check>> = {
  button,
  overflow,
  workflow_button: anything,
  rich_text_input: richTextInput,
  ...selects,
  ...pickers,
};

/** What may stand beside a section's text. */
export const ACCESSORIES: Readonly<Record<string, Check>> = {
  button,
  overflow,
  workflow_button: anything,
  image,
  ...selects,
  ...pickers,
};

/** What an `input` block may ask with. */
export const INPUT_ELEMENTS: Readonly<Record<string, Check>> = {
  plain_text_input: shape({
    ...typed,
    initial_value: characters(3000),
    multiline: flag,
    min_length: wholeNumber(0, 3000),
    max_length: wholeNumber(1, 3000),
  }),
  number_input: shape(
    { ...typed, is_decimal_allowed: flag, initial_value: anything, min_value: anything, max_value: anything },
    ["is_decimal_allowed"],
  ),
  email_text_input: shape({ ...typed, initial_value: characters(3000) }),
  url_text_input: shape({ ...typed, initial_value: characters(3000) }),
  file_input: shape({ ...acted, filetypes: anything, max_files: wholeNumber(1, 10) }),
  rich_text_input: richTextInput,
  ...selects,
  ...pickers,
};

export const BUTTON = button;
export const IMAGE = image;
