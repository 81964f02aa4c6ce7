// Dialogs open from links marked with the dialog's id; without script the link's own page does the same.
export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) {
    dialog.showModal();
    dialog.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea)")?.focus();
  }
  return dialog;
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener && openDialog(opener.dataset.dialog)) event.preventDefault();
    // A click on the backdrop lands on the dialog itself, outside its contents.
    if (event.target.matches("dialog[open]") && !event.target.querySelector("form[data-guard]")) {
      const box = event.target.getBoundingClientRect();
      const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) event.target.close();
    }
  });
}
