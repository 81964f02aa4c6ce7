// The list under a combo field, after the WAI-ARIA combobox pattern: the focus stays in the input, arrow keys
// move through the matches, Enter or Tab takes the marked one, Escape closes. htmx fetches the matches.
const open = "combo:open";

function parts(box) {
  const input = box.querySelector('[role="combobox"]');
  return {
    input,
    picksFirst: "pickFirst" in box.dataset,
    taken: null,
    list: document.getElementById(input.getAttribute("aria-controls")),
    status: box.querySelector(".combo-status"),
  };
}

const options = (list) => [...list.querySelectorAll('[role="option"]')];
const marked = (list) => list.querySelector('[aria-selected="true"]');

function mark({ input, list }, option) {
  marked(list)?.setAttribute("aria-selected", "false");
  if (!option) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function close(combo) {
  combo.status.textContent = "";
  mark(combo, null);
  combo.list.hidden = true;
  combo.input.setAttribute("aria-expanded", "false");
}

function say({ input, list, status }) {
  const shown = options(list).length;
  const total = Number(options(list)[0]?.getAttribute("aria-setsize") ?? 0);
  if (!input.value && !shown) status.textContent = "";
  else if (!shown) status.textContent = "Nothing matches. Try fewer letters or another name.";
  else if (total > shown) status.textContent = `${total} match; the first ${shown} are listed. Type more to narrow.`;
  else status.textContent = total === 1 ? "1 matches" : `${total} match`;
}

// What Enter would take unasked: the first match, or only the very thing that was typed.
function expected({ input, list, picksFirst }) {
  const typed = input.value.trim().toLowerCase();
  if (!typed) return null;
  return options(list).find((option, index) => (picksFirst && index === 0) || option.dataset.text.toLowerCase() === typed);
}

function showMatches(combo) {
  options(combo.list).forEach((option, index) => (option.id = `${combo.list.id}-${index}`));
  if (document.activeElement !== combo.input) return;
  const any = options(combo.list).length > 0;
  combo.list.hidden = !any;
  combo.input.setAttribute("aria-expanded", String(any));
  say(combo);
  mark(combo, expected(combo));
}

function take(combo, option) {
  combo.taken = combo.input.value = option.dataset.text;
  combo.status.textContent = "";
  close(combo);
  combo.input.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(combo, step) {
  const all = options(combo.list);
  if (combo.list.hidden) {
    combo.taken = null;
    combo.input.dispatchEvent(new CustomEvent(open));
    return;
  }
  const at = all.indexOf(marked(combo.list));
  mark(combo, all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
}

function onKey(combo, event) {
  const choice = combo.list.hidden ? null : marked(combo.list);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(combo, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && choice && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    take(combo, choice);
  } else if (event.key === "Tab" && choice && combo.input.value) {
    take(combo, choice);
  } else if (event.key === "Escape" && !combo.list.hidden) {
    event.preventDefault();
    close(combo);
  }
}

function enhance(box) {
  const combo = parts(box);
  box.dataset.enhanced = "";
  combo.input.addEventListener("keydown", (event) => onKey(combo, event));
  combo.input.addEventListener("blur", () => close(combo));
  // The browser tells of the change again when the field is left; what was taken has been told already.
  box.addEventListener("change", (event) => {
    if (event.isTrusted && event.target === combo.input && combo.input.value === combo.taken) event.stopPropagation();
  }, true);
  combo.input.addEventListener("htmx:configRequest", (event) => {
    // A request still waiting when a match was taken would open the list again.
    if (combo.input.value === combo.taken) event.preventDefault();
    delete event.detail.parameters[combo.input.name];
    event.detail.parameters.q = combo.input.value;
  });
  combo.list.addEventListener("htmx:afterSwap", (event) => event.target === combo.list && showMatches(combo));
  // Keep the focus in the input while a match is pressed.
  combo.list.addEventListener("mousedown", (event) => event.preventDefault());
  combo.list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) take(combo, option);
  });
}

// Who types before the scripts have come has typed nothing that htmx saw: the matches are fetched once it listens.
export function catchUpWithTyping(root) {
  for (const input of root.querySelectorAll("[data-combo] [role='combobox']")) {
    if (document.activeElement === input && input.value !== input.defaultValue) input.dispatchEvent(new CustomEvent(open));
  }
}

export function enhanceCombos(root) {
  root.querySelectorAll("[data-combo]:not([data-enhanced])").forEach(enhance);
  if (root.matches?.("[data-combo]:not([data-enhanced])")) enhance(root);
}
