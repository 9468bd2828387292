/** On a small screen one thing is seen at a time; `go(tab)` shows another. */
export function createTabs(node) {
  const buttons = [...node.querySelectorAll("button")];
  function go(tab) {
    document.body.dataset.tab = tab;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.tab === tab));
  }
  for (const button of buttons) button.addEventListener("click", () => go(button.dataset.tab));
  return {
    go,
    /** A dot on a tab: something there wants attention. */
    hint(tab, wanted) {
      buttons.find((button) => button.dataset.tab === tab)?.classList.toggle("hinted", wanted);
    },
  };
}
