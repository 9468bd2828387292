import { at, demandPasskeys, post, say, words } from "./page.js";

const deeds = {
  prove: (who, means) => `Prove as ${who} ${means}`,
  approve: (who, means) => `Approve as ${who} ${means}`,
  ran: (who, means) => `Say as ${who} that it ran, ${means}`,
  "did-not-run": (who, means) => `Say as ${who} that it did not run, ${means}`,
  reviewed: (who, means) => `Close the review as ${who} ${means}`,
};

/** What the page can take, strongest first: how a button says it, and what it does. */
const ways = {
  passkey: { means: () => "with a passkey", go: byPasskey },
  login: { means: ({ provider }) => `by logging in at ${provider}`, go: byLogin },
};

let offered;

function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

/** A text of the cluster's, its moments (RFC 3339) on the reader's clock. */
function dated(text) {
  return text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (moment) => new Date(moment).toLocaleString());
}

function show(offer) {
  const { subject, purpose, sheet, toType } = offer;
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
  const change = live?.lastChange ? ` Last change: ${dated(live.lastChange)}.` : "";
  at("live").textContent = live ? `${live.says}, ${new Date(live.readAt).toLocaleString()}.${change}` : "";
  at("identity").textContent = `Request ${sheet.request} · plan ${sheet.digest}`;
  at("name").textContent = toType ?? "";
  at("typing").hidden = toType === undefined;
  const says = purpose !== "prove" && purpose !== "approve";
  at("knowing").hidden = !says;
  at("asked").textContent = purpose === "reviewed" ? "What did you find?" : "How do you know?";
  at("why").required = says;
  at("ways").replaceChildren(
    ...Object.entries(ways)
      .filter(([name]) => offer.ways.includes(name))
      .map(([name, { means }]) =>
        Object.assign(element("button", deeds[purpose](subject, means(offer))), { type: "submit", value: name }),
      ),
  );
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

async function byPasskey(filled) {
  const assertion = await sign(offered);
  const { says } = await post("/step-up/passkey", { assertion, ...filled });
  at("says").textContent = says;
  at("offer").hidden = true;
  at("done").hidden = false;
}

/** The provider leads back to /login, which says what became of it. */
async function byLogin(filled) {
  const { address } = await post("/step-up/login", filled);
  location.assign(address);
}

at("offer").addEventListener("submit", async (event) => {
  event.preventDefault();
  say("");
  for (const button of at("ways").children) button.disabled = true;
  try {
    const typed = at("typed").value.trim();
    if (offered.toType !== undefined && typed !== offered.toType)
      throw new Error(`That is not its name. Type ${offered.toType}, letter by letter.`);
    await ways[event.submitter.value].go({ typed, why: at("why").value });
  } catch (fault) {
    say(words(fault));
  } finally {
    for (const button of at("ways").children) button.disabled = false;
  }
});

post("/step-up/offer").then(
  (offer) => {
    offered = offer;
    show(offer);
  },
  (fault) => say(fault.message),
);
