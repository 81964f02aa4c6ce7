// The phone-call mode by keyboard: digits fill the average and then the worst pain wherever the focus is, a
// letter presses what carries it (data-key), Enter saves. Whoever turned single keys off, types into a field or
// walks through a score row by Tab keeps the page's usual keys. Everything here can be clicked instead.
const ROWS = ["average_pain", "worst_pain"];

const form = document.getElementById("call");

function score(row) {
  return form.querySelector(`input[name="${row}"]:checked`)?.value ?? "";
}

function choose(row, value) {
  form.querySelector(`input[name="${row}"][value="${value}"]`).click();
  markNext();
}

function lastGiven() {
  return [...ROWS].reverse().find((row) => score(row) !== "");
}

function nextAsked() {
  return ROWS.find((row) => score(row) === "");
}

// A 0 after a 1 makes it ten: worst pain can't be 0 where the average is 1, so nothing else could be meant.
function takeDigit(digit) {
  const last = lastGiven();
  if (digit === "0" && last && score(last) === "1") choose(last, "10");
  else if (nextAsked()) choose(nextAsked(), digit);
}

function markNext() {
  for (const row of ROWS) {
    const frame = form.querySelector(`input[name="${row}"]`).closest(".score-row");
    frame.classList.toggle("is-next", row === nextAsked());
  }
}

function isElsewhere(event) {
  const at = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return true;
  if (at.closest("textarea, select, input:not([type=radio], [type=checkbox])")) return true;
  return Boolean(at.closest("[data-scores]")) && at.matches(":focus-visible");
}

function press(key) {
  const named = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  named?.click();
  return Boolean(named);
}

function handle(key, at) {
  if (form && /^[0-9]$/.test(key)) takeDigit(key);
  else if (form && key === "x") nextAsked() && choose(nextAsked(), "10");
  else if (form && key === "Backspace") lastGiven() && choose(lastGiven(), "");
  else if (form && key === "y") form.querySelector('input[name="confirmed"]:not(:checked)')?.click();
  else if (form && key === "Enter" && !at.closest("a, button, summary")) form.requestSubmit(form.querySelector(".button-primary"));
  else return press(key);
  return true;
}

let before = "";

// Before the page's own shortcuts and score rows: here n means no answer. What follows a g is theirs.
document.addEventListener(
  "keydown",
  (event) => {
    const off = document.getElementById("shortcuts-on")?.checked === false;
    const goes = before === "g";
    before = event.key;
    if (off || goes || event.repeat || isElsewhere(event) || !handle(event.key, event.target)) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

if (form) {
  form.addEventListener("change", markNext);
  markNext();
}
