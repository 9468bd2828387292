import { at, say, send } from "./page.js";

// The provider's answer stands behind the #, so its code is in no request line, no server's log and no referrer.
const answer = new URLSearchParams(location.hash.slice(1));
history.replaceState(null, "", location.pathname);

async function finish() {
  const [code, state, iss, error] = ["code", "state", "iss", "error"].map((name) => answer.get(name) ?? "");
  if (state === "") throw new Error("Nothing came back from your provider. Begin again in Slack.");
  return send("/login/back", { code, state, iss, error });
}

/** What came of it, in words of ours. */
function done(says, shown) {
  at("says").textContent = says;
  at("shown").hidden = !shown;
  at("done").hidden = false;
}

/** Nothing is linked before the person has seen which account it is, and said yes. */
function askToLink({ subject, account: { name, user, workspace } }) {
  at("subject").textContent = subject;
  at("account").textContent = `@${name} (${user})`;
  at("workspace").textContent = workspace;
  at("link").hidden = false;
}

at("link").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("link").hidden = true;
  try {
    const { says } = await send("/link/confirm", {});
    done(says, false);
  } catch (fault) {
    say(fault.message);
  }
});

at("no").addEventListener("click", () => {
  at("link").hidden = true;
  say("Nothing was linked. If somebody sent you that link, tell the security team.");
});

finish()
  .then(({ says, confirm }) => (confirm ? askToLink(confirm) : done(says, true)))
  .catch((fault) => say(fault.message))
  .finally(() => {
    at("waiting").hidden = true;
  });
