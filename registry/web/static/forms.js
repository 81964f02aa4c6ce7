// Forms for fast hands: Enter moves on, Ctrl+Enter saves, one press is one record, the errors get the focus.
// Nothing typed is kept in the browser's storage: on a shared ward computer it would outlive the session. A
// guarded form asks before it is left half-filled instead.
const BUSY_MS = 10000;

let unsaved = null;

function stops(form) {
  const seen = new Set();
  return [...form.elements].filter((element) => {
    if (!element.matches("input, select, textarea, button.button-primary")) return false;
    if (element.disabled || element.type === "hidden" || element.tabIndex < 0) return false;
    if (!element.getClientRects().length || element.closest("details:not([open])")) return false;
    if (element.type !== "radio") return true;
    if (seen.has(element.name)) return false;
    seen.add(element.name);
    return true;
  });
}

function nextStop(form, from) {
  const all = stops(form);
  const group = from.type === "radio" ? all.findIndex((element) => element.name === from.name) : all.indexOf(from);
  const next = all[group + 1];
  if (next?.type !== "radio") return next;
  return form.querySelector(`input[type="radio"][name="${CSS.escape(next.name)}"]:checked`) ?? next;
}

function save(form) {
  form.requestSubmit(form.querySelector('button[type="submit"].button-primary') ?? undefined);
}

function onKey(event) {
  const form = event.target.form;
  if (event.key !== "Enter" || event.defaultPrevented || !form) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    save(form);
  } else if ("enterMovesOn" in form.dataset && event.target.matches("input, select")) {
    event.preventDefault();
    const next = nextStop(form, event.target);
    next?.focus();
    if (next?.matches('input[type="text"]')) next.select();
  }
}

function release(form) {
  delete form.dataset.busy;
  form.removeAttribute("aria-busy");
}

function onSubmit(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if ("busy" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form === unsaved) unsaved = null;
  form.dataset.busy = "";
  form.setAttribute("aria-busy", "true");
  // A download leaves the page standing, so the form can't stay shut for good.
  setTimeout(() => release(form), BUSY_MS);
}

// In the summary a message stands apart from its field, so it is put behind the field's name.
function nameErrors(summary) {
  for (const link of summary.querySelectorAll("a[href^='#f-']:not([data-named])")) {
    const control = document.getElementById(link.hash.slice(1));
    const group = control?.closest("fieldset:has(> .choice-legend)");
    const label = group?.querySelector(".choice-legend") ?? control?.labels?.[0];
    if (!label) continue;
    link.dataset.named = "";
    const name = label.firstChild.textContent.trim();
    link.prepend(name.endsWith("?") ? `${name} ` : `${name}: `);
  }
}

export function focusErrors(root) {
  const summary = root.matches?.("#error-summary") ? root : root.querySelector?.("#error-summary");
  if (!summary) return;
  nameErrors(summary);
  summary.focus();
  unsaved = document.querySelector("form[data-guard]");
}

// After a row was added the first of its fields gets the focus; after one was removed, the Add button.
function onRows(event) {
  const before = event.detail.target;
  const after = before?.dataset?.repeat && document.getElementById(before.id);
  if (!after) return;
  const added = Number(after.dataset.count) > Number(before.dataset.count);
  const lastRow = [...after.querySelectorAll(".repeat-row")].at(-1);
  const wanted = added ? lastRow?.querySelector("input, select") : after.querySelector('button[value$="-add"]');
  wanted?.focus();
}

export function startForms() {
  document.addEventListener("keydown", onKey);
  // Capture: a second press must not reach htmx either.
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("input", (event) => {
    if (event.target.form?.matches("[data-guard]")) unsaved = event.target.form;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt?.closest?.("form");
    if (form) release(form);
  });
  document.addEventListener("htmx:afterSwap", onRows);
  addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(release));
  addEventListener("beforeunload", (event) => {
    if (unsaved?.isConnected) event.preventDefault();
  });
}
