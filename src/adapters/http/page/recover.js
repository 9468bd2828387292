const at = (id) => document.getElementById(id);

function say(text) {
  at("notice").textContent = text;
  at("notice").className = "notice bad";
  at("notice").hidden = text === "";
}

at("recover").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  const response = await fetch("/recover/begin", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ subject: at("subject").value.trim(), code: at("code").value }),
  });
  const answer = await response.json();
  // Behind the #, so that the link's secret is in no request line, no server's log and no referrer.
  if (response.ok) location.replace(`/enrol#${answer.link}`);
  else say([answer.says, answer.remedy].filter(Boolean).join(" "));
});
