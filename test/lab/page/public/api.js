// What the page asks of its server; every answer is JSON, every refusal an Error with its words.

async function ask(path, init) {
  const response = await fetch(path, init);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? `The lab answered ${response.status}.`);
  return body;
}

function post(path, body) {
  return ask(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

const as = (person) => new URLSearchParams({ as: person });

export const people = () => ask("/people");
export const state = (person) => ask(`/state?${as(person)}`);
export const phone = (person) => ask(`/phone?${as(person)}`);
export const cluster = () => ask("/cluster");
export const audit = () => ask("/audit");
export const answerPush = (person, push, yes) => post("/phone/answer", { as: person, push, yes });
export const passkeyLink = async (person) => (await post("/phone/passkey", { as: person })).link;
export const enrol = (person) => post("/phone/enrol", { as: person });

/** Does something as a person; resolves to Slack's answer, which is also given when the lab itself is in trouble. */
export async function act(person, doing) {
  try {
    return await post("/act", { as: person, ...doing });
  } catch (fault) {
    return { ok: false, error: `The lab did not take this: ${fault.message}` };
  }
}

/** Listens for what changed, by topic; `onConnection` hears true when the line stands and false when it broke. */
export function listen(topics, onConnection) {
  const events = new EventSource("/events");
  events.addEventListener("open", () => onConnection(true));
  events.addEventListener("error", () => onConnection(false));
  for (const [topic, listener] of Object.entries(topics)) events.addEventListener(topic, listener);
}

/**
 * Wraps a fetching function so that it runs one at a time, and once more when it was asked for meanwhile. What goes
 * wrong is told to `onFault`, and tried again with the next change.
 */
export function latest(work, onFault = () => undefined) {
  let running = false;
  let again = false;
  return async function run() {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      await work();
    } catch (fault) {
      onFault(fault);
    } finally {
      running = false;
    }
    if (again) {
      again = false;
      await run();
    }
  };
}
