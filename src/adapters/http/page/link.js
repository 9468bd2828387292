import { at, post, say } from "./page.js";

at("offer").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  try {
    const { address } = await post("/link/login");
    location.assign(address);
  } catch (fault) {
    say(fault.message);
  }
});

post("/link/offer").then(
  ({ account: { name, user, workspace }, provider, known }) => {
    at("account").textContent = `@${name} (${user})`;
    at("workspace").textContent = workspace;
    at("provider").textContent = provider;
    at("subject").textContent = known ?? "";
    at("known").hidden = known === undefined;
    at("unknown").hidden = known !== undefined;
    at("after").hidden = known !== undefined;
    at("offer").hidden = false;
  },
  (fault) => say(fault.message),
);
