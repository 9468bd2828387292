const TYPING = "input, textarea, select";

/** The page's keys, as the guide lists them; those of the composer and of forms are at home there. */
export function listenToKeys({ people, become, modals, composer, closeThread, showChat }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return modals.isOpen ? modals.close() : closeThread();
    if (event.target.matches?.(TYPING)) return;
    const person = /^[1-9]$/.test(event.key) ? people[Number(event.key) - 1] : undefined;
    if (person) return become(person.id);
    if (event.key !== "/" || modals.isOpen) return;
    event.preventDefault();
    showChat();
    composer.begin("/");
  });
}
