// Single keys and pairs ("g" then "w"), declared in the page as data-shortcut on the link or input they stand
// for. Never while a form control has the focus or a dialog is open, and anyone can turn them off (the choice
// is all that is stored). "?" always lists them, on pages that have the list.
import { openDialog } from "./dialogs.js";

const PAIR_WITHIN_MS = 1200;
const OFF = "assuage-shortcuts-off";

let first = { key: "", at: 0 };

function isOff() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function remember(off) {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

function target(keys) {
  return document.querySelector(`[data-shortcut="${CSS.escape(keys)}"]`);
}

function use(element) {
  if (element.matches("input")) {
    element.focus();
    element.select();
  } else {
    element.click();
  }
}

function isBusy(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  return typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]");
}

function onKey(event) {
  if (event.defaultPrevented || isBusy(event)) return;
  const switchBox = document.getElementById("shortcuts-on");
  if (event.key === "?") {
    if (openDialog("shortcuts")) event.preventDefault();
    return;
  }
  if (!switchBox?.checked) return;
  const pair = event.timeStamp - first.at < PAIR_WITHIN_MS ? target(`${first.key} ${event.key}`) : null;
  const element = pair ?? target(event.key);
  first = element ? { key: "", at: 0 } : { key: event.key, at: event.timeStamp };
  if (!element) return;
  event.preventDefault();
  use(element);
}

export function startShortcuts() {
  const switchBox = document.getElementById("shortcuts-on");
  if (!switchBox) return;
  switchBox.checked = !isOff();
  switchBox.addEventListener("change", () => remember(!switchBox.checked));
  document.addEventListener("keydown", onKey);
}
