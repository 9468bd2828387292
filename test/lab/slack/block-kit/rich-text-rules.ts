import { anything, type Check, characters, list, oneOf, shape, variants, wholeNumber } from "./checks.ts";

/** What a rich text is made of: the `RichText...` types of @slack/types 3.2. */
const style = { style: anything };
const inline = variants({
  text: shape({ ...style, text: characters(40_000, 1) }, ["text"]),
  link: shape({ ...style, url: characters(3000, 1), text: characters(40_000), unsafe: anything }, ["url"]),
  user: shape({ ...style, user_id: characters(255, 1) }, ["user_id"]),
  usergroup: shape({ ...style, usergroup_id: characters(255, 1) }, ["usergroup_id"]),
  channel: shape({ ...style, channel_id: characters(255, 1) }, ["channel_id"]),
  broadcast: shape({ ...style, range: oneOf("here", "channel", "everyone") }, ["range"]),
  team: shape({ ...style, team_id: characters(255, 1) }, ["team_id"]),
  emoji: shape({ ...style, name: characters(255, 1), unicode: characters(255), url: characters(3000) }, ["name"]),
  date: shape({ ...style, timestamp: anything, format: characters(255), url: anything, fallback: anything }, [
    "timestamp",
    "format",
  ]),
  color: shape({ ...style, value: characters(255, 1) }, ["value"]),
});
const section = shape({ elements: list(inline, 1000) }, ["elements"]);
const bordered = { border: wholeNumber(0, 1) };

export const richText: Check = shape(
  {
    block_id: characters(255),
    elements: list(
      variants({
        rich_text_section: section,
        rich_text_list: shape(
          {
            ...bordered,
            elements: list(variants({ rich_text_section: section }), 1000, 1),
            style: oneOf("bullet", "ordered"),
            indent: wholeNumber(0, 8),
            offset: anything,
          },
          ["elements", "style"],
        ),
        rich_text_quote: shape({ ...bordered, elements: list(inline, 1000) }, ["elements"]),
        rich_text_preformatted: shape({ ...bordered, elements: list(inline, 1000), language: anything }, ["elements"]),
      }),
      1000,
    ),
  },
  ["elements"],
);
