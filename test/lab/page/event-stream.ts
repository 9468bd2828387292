import { get, type IncomingMessage } from "node:http";

/** Opens /events as a browser's EventSource does. */
export async function listen(url: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(`${url}events`, resolve).on("error", reject),
  );
  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  // A page that is closed cuts its streams.
  response.on("error", () => undefined);
  const events = () => [...text.matchAll(/^event: (\w+)$/gm)].map(([, topic]) => topic);
  const until = async (found: (text: string) => boolean) => {
    while (!found(text)) await new Promise((resolve) => response.once("data", resolve));
  };
  return {
    response,
    events,
    until,
    heard: (topic: string, times = 1) => until(() => events().filter((one) => one === topic).length >= times),
    leave: () => response.destroy(),
  };
}
