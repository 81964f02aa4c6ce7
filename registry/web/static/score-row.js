// Keys for a row of score buttons: digits choose ("1" then "0" within a moment is ten), Backspace or Delete
// clears. Arrow keys are the radio buttons' own.
const TEN_WITHIN_MS = 800;

let lastOne = { row: null, at: 0 };

function choose(row, value) {
  const radio = row.querySelector(`input[type="radio"][value="${value}"]`);
  if (!radio) return;
  radio.focus();
  if (!radio.checked) radio.click();
}

function onKey(event) {
  const row = event.target.closest?.("[data-scores]");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Backspace" || event.key === "Delete") {
    event.preventDefault();
    choose(row, "");
  } else if (/^[0-9]$/.test(event.key)) {
    event.preventDefault();
    const ten = event.key === "0" && lastOne.row === row && event.timeStamp - lastOne.at < TEN_WITHIN_MS;
    choose(row, ten ? "10" : event.key);
    lastOne = event.key === "1" ? { row, at: event.timeStamp } : { row: null, at: 0 };
  }
}

export function startScoreRows() {
  document.addEventListener("keydown", onKey);
}
