/** The sheet that says how it goes, and which keys there are. */
export function prepareGuide(sheet, opener) {
  opener.addEventListener("click", () => sheet.showModal());
  sheet.addEventListener("click", (event) => {
    // The sheet's own edge is its backdrop; what is inside has other targets.
    if (event.target === sheet) sheet.close();
  });
}
