import { el, icon, setText } from "./element.js";
import { whileBusy } from "./interactive.js";
import { createPasskeys } from "./passkeys.js";
import { createPushes } from "./pushes.js";
import { reconcile } from "./reconcile.js";
import { createRing } from "./ring.js";
import { clockTime } from "./time.js";

/**
 * The person's phone. `enrol()` resolves to a fault's words or nothing, `typeIt(code)` writes a code into the form that
 * is open, `renew()` asks for the codes again, `answer(id, yes)` answers a push, `passkeyLink()` resolves to a link.
 */
export function createPhone(node, { enrol, typeIt, renew, answer, passkeyLink }) {
  const owner = el("h2", { class: "phone-owner" });
  const codes = el("ul", { class: "phone-codes" });
  const none = notEnrolled(enrol);
  const clock = el("span", { class: "phone-clock" });
  const typing = { possible: false };
  const entries = new Map();
  const pushes = createPushes({ answer, typeIt });
  const passkeys = createPasskeys(passkeyLink);
  const screen = el("div", { class: "phone-screen" }, statusBar(clock), owner, pushes.node, codes, none, passkeys.node);
  node.replaceChildren(el("div", { class: "phone-body" }, screen));
  let renewing = 0;

  function tick() {
    setText(clock, clockTime());
    for (const entry of entries.values()) entry.tick();
    const over = [...entries.values()].some(({ secondsLeft }) => secondsLeft() <= 0);
    if (!over || Date.now() - renewing < 1500) return;
    renewing = Date.now();
    renew();
  }
  setInterval(tick, 250);

  return {
    show(person, { codes: shown, pushes: pushed, passkeys: listed }) {
      pushes.show(person, pushed);
      passkeys.show(person, listed);
      // The screen is narrow: nobody here shares a first name.
      setText(owner, `${person.name.split(" ")[0]}’s phone`);
      none.hidden = shown.length > 0;
      reconcile(codes, shown, {
        keyOf: ({ label }) => `${person.id} ${label}`,
        signatureOf: ({ code }) => `${person.id} ${code}`,
        build: (item) => {
          const entry = codeEntry(item, typeIt, typing);
          entries.set(`${person.id} ${item.label}`, entry);
          return entry.node;
        },
      });
      const standing = new Set(shown.map(({ label }) => `${person.id} ${label}`));
      for (const key of entries.keys()) if (!standing.has(key)) entries.delete(key);
      for (const item of shown) entries.get(`${person.id} ${item.label}`)?.set(item.secondsLeft);
      tick();
    },
    /** Offers to type the code where a form asks for one. */
    offerTyping(possible) {
      typing.possible = possible;
      node.classList.toggle("wanted", possible);
      for (const button of node.querySelectorAll(".type-it")) button.hidden = !possible;
    },
  };
}

function statusBar(clock) {
  return el("p", { class: "phone-status", "aria-hidden": "true" }, clock, el("span", { class: "phone-island" }), "5G");
}

function codeEntry({ label, code }, typeIt, typing) {
  const ring = createRing();
  const said = el("span", { class: "code-said", role: "status" });
  const spaced = [code.slice(0, code.length / 2), code.slice(code.length / 2)];
  // A label of an authenticator app is an issuer, a colon, and whose it is.
  const [, issuer, account] = /^([^:]*):?\s*(.*)$/s.exec(label);
  let until = 0;
  const secondsLeft = () => Math.ceil((until - Date.now()) / 1000);

  async function copy() {
    try {
      await navigator.clipboard.writeText(code);
      said.textContent = "Copied";
    } catch {
      said.textContent = "Not copied";
    }
    setTimeout(() => setText(said, ""), 1500);
  }

  const node = el(
    "li",
    { class: "code-card" },
    el("p", { class: "code-label" }, el("b", {}, issuer), said),
    el(
      "button",
      {
        type: "button",
        class: "code",
        title: "Copy the code",
        on: { click: copy },
        "aria-label": `Code ${code}, copy`,
      },
      el(
        "span",
        { class: "digits", data: { testid: "phone-code", code } },
        spaced.map((part) => el("span", {}, part)),
      ),
      ring.node,
    ),
    account && el("p", { class: "code-account", title: account }, account),
    el(
      "button",
      {
        type: "button",
        class: "button primary type-it",
        hidden: !typing.possible,
        data: { testid: "phone-type" },
        on: { click: () => typeIt(code) },
      },
      "Type it for me",
    ),
  );
  return {
    node,
    secondsLeft,
    set(seconds) {
      until = Date.now() + seconds * 1000;
    },
    tick: () => ring.show(Math.max(0, (until - Date.now()) / 1000)),
  };
}

function notEnrolled(enrol) {
  const fault = el("p", { class: "fault", role: "alert" });
  const button = el(
    "button",
    { type: "button", class: "button primary large", data: { testid: "phone-enrol" }, on: { click: () => press() } },
    "Enrol this phone",
  );
  async function press() {
    fault.textContent = "";
    const words = await whileBusy(button, enrol);
    if (words) fault.textContent = words;
  }
  return el(
    "div",
    { class: "phone-none" },
    icon("phone"),
    el("p", {}, "This phone makes no codes yet. Enrolling opens the product’s own one-time link."),
    button,
    fault,
  );
}
