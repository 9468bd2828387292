import { at, say, send } from "./page.js";

at("recover").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  try {
    const { link } = await send("/recover/begin", { subject: at("subject").value.trim(), code: at("code").value });
    // Behind the #, so that the link's secret is in no request line, no server's log and no referrer.
    location.replace(`/enrol#${link}`);
  } catch (fault) {
    say(fault.message);
    at("code").select();
  }
});
