// Who was logged out while a form stood open keeps the page: a dialog says how to go on. The form's secret
// stays good when the same person logs in again with this browser.
import { openDialog } from "./dialogs.js";

export function startLoggedOut() {
  document.addEventListener("htmx:responseError", (event) => {
    const page = event.detail.xhr.getResponseHeader("X-Signed-Out");
    if (!page) return;
    const dialog = openDialog("logged-out");
    const link = dialog?.querySelector("a");
    if (!link) return;
    link.href = `${page}?next=/login/done`;
    dialog.addEventListener("click", (click) => click.target === link && dialog.close(), { once: true });
    link.focus();
  });
}
