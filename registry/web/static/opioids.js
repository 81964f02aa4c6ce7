// Keys of the opioid rows: "=" in them, or Alt+S anywhere in their form, takes over the last regimen; Enter in the
// text box reads it into rows (Shift+Enter begins a line). Each presses the button that does it without script, too.
function press(form, step) {
  const button = form?.querySelector(`button[name="step"][value="${step}"]`);
  button?.click();
  return Boolean(button);
}

function stepOf(event) {
  const { target, key } = event;
  if (event.altKey && event.code === "KeyS") return "opioids-last";
  if (event.ctrlKey || event.metaKey || event.altKey || !target.closest?.("#opioids")) return null;
  if (target.matches("textarea")) return key === "Enter" && !event.shiftKey ? "opioids-read" : null;
  return key === "=" ? "opioids-last" : null;
}

function onKey(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const step = stepOf(event);
  const form = event.target.form ?? document.querySelector("form:has(#opioids)");
  if (step && press(form, step)) event.preventDefault();
}

// Where to go on: at what was not understood, else at the first dose to check.
function onRows(event) {
  if (event.detail.target?.id !== "opioid-rows") return;
  const rows = document.getElementById("opioid-rows");
  const text = rows.querySelector("textarea");
  const next = text.value ? text : rows.querySelector('input[name$="-dose"]');
  next?.focus();
}

export function startOpioids() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:afterSwap", onRows);
}
