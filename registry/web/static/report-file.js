// Begins a report file: it follows figures.js in the same module. On paper a figure that is too high for a page is made
// smaller than the stylesheet makes all, as long as it can still be read.
const PAGE_PX = 800;
const USUAL = 0.71;
const SMALLEST = 0.55;

const canvases = [...document.querySelectorAll("[data-figure]")];

function printedSize(canvas) {
  const { layout } = JSON.parse(document.getElementById(canvas.dataset.figure).textContent);
  return Math.max(SMALLEST, Math.min(USUAL, PAGE_PX / (layout.meta?.wide?.height ?? layout.height)));
}

addEventListener("beforeprint", () => canvases.forEach((canvas) => canvas.style.setProperty("zoom", printedSize(canvas))));
addEventListener("afterprint", () => canvases.forEach((canvas) => canvas.style.removeProperty("zoom")));
startFigures();
drawFigures(document);
