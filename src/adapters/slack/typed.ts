/**
 * Command text as the person typed it. With `should_escape` Slack sends `<@U1|name>`, `<#C1|name>`, `<https://x|x>` and
 * entities for `& < >`; of a person or channel only the id is kept, for a name proves nothing.
 */
export function typedText(text: string): string {
  return text
    .replace(/<([@#!])([^<>|]*)(?:\|[^<>]*)?>/g, (_, mark: string, id: string) => `${mark}${id}`)
    .replace(/<([^<>|]*)\|([^<>]*)>/g, (_, _link: string, label: string) => label)
    .replace(/<((?:https?|mailto):[^<>|]*)>/g, (_, link: string) => link)
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}
