import type { SlackDouble } from "./workspace.ts";

/** What `look` finds in the workspace, as soon as it finds something: looks again after every change. */
export async function until<T>(slack: SlackDouble, look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => {
      const stop = slack.onChange(() => {
        stop();
        resolve();
      });
    });
  }
}
