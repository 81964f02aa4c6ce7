// The page's behaviour, wired once. Every module works on what the server drew and on what htmx swaps in,
// and the page does its work without any of them.
import { catchUpWithTyping, enhanceCombos } from "./combo.js";
import { startCopying } from "./copy.js";
import { startDialogs } from "./dialogs.js";
import { drawFigures, startFigures } from "./figures.js";
import { focusErrors, startForms } from "./forms.js";
import { startLoggedOut } from "./logged-out.js";
import { startMenus } from "./menus.js";
import { startOpioids } from "./opioids.js";
import { startScoreRows } from "./score-row.js";
import { startShortcuts } from "./shortcuts.js";
import { enhanceToasts, startToasts } from "./toasts.js";

document.documentElement.classList.add("scripted");

function enhance(root) {
  enhanceCombos(root);
  enhanceToasts(root);
  drawFigures(root);
}

startCopying();
startDialogs();
startForms();
startLoggedOut();
startMenus();
startOpioids();
startScoreRows();
startShortcuts();
startFigures();
startToasts();
enhance(document);
focusErrors(document);

// `htmx:load` fires for each piece of new content, out-of-band pieces included.
document.addEventListener("htmx:load", (event) => {
  enhance(event.detail.elt);
  catchUpWithTyping(event.detail.elt);
});
document.addEventListener("htmx:afterSettle", (event) => focusErrors(event.detail.elt));
