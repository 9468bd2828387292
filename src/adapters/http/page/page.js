// The link's secret stands behind the #, so it is in no request line, no server's log and no referrer.
export const link = location.hash.slice(1);
export const at = (id) => document.getElementById(id);

/** Sends the link with what else is given; throws what was wrong, and what would be right. */
export async function post(path, body = {}) {
  if (link === "") throw new Error("The link is not whole. Open it again, exactly as you were given it.");
  return send(path, { link, ...body });
}

/** Sends what is given, and answers what comes of it; throws what was wrong, and what would be right. */
export async function send(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error([answer.says, answer.remedy].filter(Boolean).join(" "));
  return answer;
}

/** Shows what went wrong; "" takes it away. */
export function say(text) {
  at("notice").textContent = text;
  at("notice").className = "notice bad";
  at("notice").hidden = text === "";
}

/** Whether this browser can do anything with passkeys in the form that we need. */
export function demandPasskeys() {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON)
    throw new Error("This browser cannot use passkeys here. Use a newer one, or the code of your authenticator app.");
}

/** What a browser says when there was no passkey, no yes, or no time, in words of ours. */
export function words(fault) {
  if (fault.name === "NotAllowedError")
    return "Your browser brought no passkey: none of yours is on this device, or you said no. Nothing was done; try again.";
  return fault.message;
}
