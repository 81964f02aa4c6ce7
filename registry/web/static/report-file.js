// Draws the figures of a report file one after the other, so that a long one can be read from its head at once.
// It follows figures.js in the same module. For print every figure is drawn as on a wide screen, and made smaller so
// that it fits on a page with its words, as long as it can still be read.
const PRINTING = "is-printing";
const PRINTED_PX = 800;
const LARGEST = 0.7;
const SMALLEST = 0.55;

const canvases = [...document.querySelectorAll("[data-figure]")];

function printedSize(canvas) {
  const { layout } = JSON.parse(document.getElementById(canvas.dataset.figure).textContent);
  const height = layout.meta?.wide?.height ?? layout.height;
  return Math.max(SMALLEST, Math.min(LARGEST, PRINTED_PX / height));
}

addEventListener("beforeprint", () => {
  document.documentElement.classList.add(PRINTING);
  canvases.forEach((canvas) => canvas.style.setProperty("zoom", printedSize(canvas)));
});
addEventListener("afterprint", () => {
  document.documentElement.classList.remove(PRINTING);
  canvases.forEach((canvas) => canvas.style.removeProperty("zoom"));
});
startFigures();

for (const canvas of canvases) {
  await drawFigures(canvas);
  await new Promise((resume) => setTimeout(resume));
}
document.documentElement.dataset.drawn = "";
