import type { Request } from "../../request/request.ts";
import { bold, lines, moment, raw } from "./blocks.ts";
import type { Reply } from "./end-replies.ts";
import type { Surface } from "./surface.ts";
import { elevationEnd } from "./words.ts";

/** How an elevation came to its end, or what keeps it from ending. */
export function elevationReplies(request: Request, reply: Reply): readonly Surface[] {
  const elevation = "elevation" in request ? request.elevation : undefined;
  if (!elevation) return [];
  const { revoked, overdue, ended } = elevation;
  return [
    ...(revoked
      ? [
          reply("revoked", `${revoked.by} ends it early`, [
            lines([bold(`${revoked.by} ends it early: `), raw(`${revoked.why}, `), moment(revoked.at)]),
          ]),
        ]
      : []),
    ...(overdue
      ? [
          {
            ...reply("still-elevated", `Still elevated: ${overdue.why}`, [
              lines([bold("Still elevated: "), raw(`${overdue.why}. It is tried until the role is taken away.`)]),
            ]),
            once: false,
            broadcast: true as const,
          },
        ]
      : []),
    ...(ended
      ? [
          reply("elevation-ended", elevationEnd(ended.how), [
            lines([bold(elevationEnd(ended.how)), raw(" "), moment(ended.at)]),
          ]),
        ]
      : []),
  ];
}
