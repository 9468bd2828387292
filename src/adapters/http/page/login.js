import { at, say, send } from "./page.js";

// The provider's answer stands behind the #, so its code is in no request line, no server's log and no referrer.
const answer = new URLSearchParams(location.hash.slice(1));
history.replaceState(null, "", location.pathname);

async function finish() {
  const [code, state, iss, error] = ["code", "state", "iss", "error"].map((name) => answer.get(name) ?? "");
  if (state === "") throw new Error("Nothing came back from your provider. Begin again from the form in Slack.");
  return send("/login/back", { code, state, iss, error });
}

finish()
  .then(({ says }) => {
    at("says").textContent = says;
    at("done").hidden = false;
  })
  .catch((fault) => say(fault.message))
  .finally(() => {
    at("waiting").hidden = true;
  });
