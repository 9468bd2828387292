import { at, demandPasskeys, post, say, words } from "./page.js";

const deeds = {
  prove: (who) => `Prove as ${who} with a passkey`,
  approve: (who) => `Approve as ${who} with a passkey`,
  ran: (who) => `Say as ${who} that it ran, with a passkey`,
  "did-not-run": (who) => `Say as ${who} that it did not run, with a passkey`,
  reviewed: (who) => `Close the review as ${who} with a passkey`,
};

let offered;

function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

function show({ subject, purpose, sheet, toType }) {
  at("headline").textContent = sheet.headline;
  at("subject").textContent = subject;
  at("requester").textContent = sheet.requester;
  at("command").textContent = sheet.command;
  const facts = [...sheet.facts, ["Reason", sheet.reason], ["Asked at", new Date(sheet.askedAt).toLocaleString()]];
  at("facts").replaceChildren(...facts.flatMap(([label, value]) => [element("dt", label), element("dd", value)]));
  at("sections").replaceChildren(
    ...sheet.sections.flatMap(([title, items]) => {
      const list = document.createElement("ul");
      list.replaceChildren(...items.map((item) => element("li", item)));
      return [element("h2", title), list];
    }),
  );
  const { live } = sheet;
  const change = live?.lastChange ? ` Last change: ${live.lastChange}` : "";
  at("live").textContent = live ? `${live.says}, ${new Date(live.readAt).toLocaleString()}.${change}` : "";
  at("identity").textContent = `Request ${sheet.request} · plan ${sheet.digest}`;
  at("name").textContent = toType ?? "";
  at("typing").hidden = toType === undefined;
  const says = purpose !== "prove" && purpose !== "approve";
  at("knowing").hidden = !says;
  at("asked").textContent = purpose === "reviewed" ? "What did you find?" : "How do you know?";
  at("why").required = says;
  at("deed").textContent = deeds[purpose](subject);
  at("offer").hidden = false;
}

async function sign({ challenge, passkeys }) {
  demandPasskeys();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON({
    challenge,
    allowCredentials: passkeys.map((id) => ({ id, type: "public-key" })),
    userVerification: "required",
  });
  const credential = await navigator.credentials.get({ publicKey });
  return JSON.stringify(credential.toJSON());
}

at("offer").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  at("deed").disabled = true;
  try {
    const typed = at("typed").value.trim();
    if (offered.toType !== undefined && typed !== offered.toType)
      throw new Error(`That is not its name. Type ${offered.toType}, letter by letter.`);
    const assertion = await sign(offered);
    const { says } = await post("/step-up/passkey", { assertion, typed, why: at("why").value });
    at("says").textContent = says;
    at("offer").hidden = true;
    at("done").hidden = false;
  } catch (fault) {
    say(words(fault));
  } finally {
    at("deed").disabled = false;
  }
});

post("/step-up/offer").then(
  (offer) => {
    offered = offer;
    show(offer);
  },
  (fault) => say(fault.message),
);
