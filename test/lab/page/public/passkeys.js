import { el, icon, setText } from "./element.js";
import { whileBusy } from "./interactive.js";

/**
 * The passkeys of a person's browser that count, and the way to one more. `link()` resolves to the product's own
 * one-time link, or throws a fault in words.
 */
export function createPasskeys(link) {
  const said = el("b", {});
  const newest = el("code", {});
  const button = el("button", {
    type: "button",
    class: "passkey-register",
    data: { testid: "phone-passkey" },
    on: { click: () => press() },
  });
  const fault = el("p", { class: "fault", role: "alert" });
  const registered = el(
    "p",
    { class: "passkeys-said", role: "status", data: { testid: "phone-passkeys" } },
    said,
    newest,
  );
  const node = el("div", { class: "phone-passkeys", hidden: true }, icon("key"), registered, button, fault);
  let owner;

  async function press() {
    if (button.getAttribute("aria-disabled") === "true") return;
    setText(fault, "");
    const words = await whileBusy(button, () => openInTab(link));
    if (words) setText(fault, words);
  }

  return {
    node,
    /** `passkeys` is undefined where nobody can register one. */
    show(person, passkeys) {
      // What went wrong is told to the person it happened to.
      if (owner !== person.id) setText(fault, "");
      owner = person.id;
      node.hidden = passkeys === undefined;
      const { length: count } = passkeys ?? [];
      registered.hidden = count === 0;
      setText(said, count > 1 ? `${count} passkeys` : "Passkey registered");
      setText(newest, passkeys?.at(-1)?.fingerprint ?? "");
      setText(button, count > 0 ? "+" : "Register a passkey");
      button.classList.toggle("another", count > 0);
      button.ariaLabel = count > 0 ? "Register another passkey" : "Register a passkey";
    },
  };
}

/** The tab is opened by the click itself, which no blocker stops; the pages' opener policies cut what leads back. */
async function openInTab(link) {
  const tab = window.open("about:blank", "_blank");
  if (!tab) return "Your browser opened no tab. Let this page open pop-ups.";
  try {
    tab.location.replace(await link());
    return undefined;
  } catch (fault) {
    tab.close();
    return fault.message;
  }
}
