// Draws every [data-figure] with Plotly from the JSON beside it. Numbers, shapes and words come from the server;
// font, grid and paper come from the stylesheet's tokens, and so may any colour written "var(--token)". Plotly
// is fetched when the page has a figure. Each is drawn when it comes near the screen, its room kept until then: a
// page of twenty must not hold up a phone. Figures are redrawn when the colour scheme changes and, all of them and
// in light colours, for print (with the definitions opened) and for downloads.
const DRAWN = "is-drawn";
const NARROW_PX = 960;
// Paper takes the wide drawing, whatever the screen; the stylesheet scales it to the page.
const PAPER_PX = 960;
// A download is higher by its title, and by its legend at the foot.
const STANDALONE_PX = 96;
// How far beyond the screen a figure is near: it is drawn before one has scrolled to it.
const NEAR = "75%";
const LINE_PX = 18;
const CHARACTER_PX = 7;
const TOKEN = /^var\((--[\w-]+)\)$/;

// The map library inside Plotly adds a style element, which the Content-Security-Policy refuses with a report,
// unless something of this id is there already. We draw no maps.
const MAP_STYLE = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

let plotly = null;

function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    if (window.Plotly) {
      resolve(window.Plotly);
      return;
    }
    document.head.append(Object.assign(document.createElement("meta"), { id: MAP_STYLE }));
    const script = document.createElement("script");
    script.src = document.body.dataset.plotly;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return plotly;
}

function inLight(work) {
  const root = document.documentElement;
  const before = root.dataset.theme;
  root.dataset.theme = "light";
  try {
    return work();
  } finally {
    if (before === undefined) delete root.dataset.theme;
    else root.dataset.theme = before;
  }
}

function resolved(value, token) {
  if (typeof value === "string") return TOKEN.test(value) ? token(TOKEN.exec(value)[1]) : value;
  if (Array.isArray(value)) return value.map((item) => resolved(item, token));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, token)]));
}

function template(base, token) {
  const line = { gridcolor: token("--line"), linecolor: token("--line-strong"), zerolinecolor: token("--line-strong"), tickcolor: token("--line-strong"), automargin: true };
  const axis = (own) => ({ ticklabelstandoff: 4, ...own, ...line, title: { ...own?.title, font: { size: 13, ...own?.title?.font } } });
  const text = { family: token("--font"), color: token("--ink") };
  return {
    ...base,
    layout: {
      dragmode: false,
      margin: { l: 56, r: 16, t: 24, b: 48 },
      legend: { traceorder: "normal" },
      ...base?.layout,
      font: { size: 13, ...base?.layout?.font, ...text },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: axis(base?.layout?.xaxis),
      yaxis: axis(base?.layout?.yaxis),
      modebar: { bgcolor: "rgba(0,0,0,0)", color: token("--ink-faint"), activecolor: token("--accent") },
      hoverlabel: { ...base?.layout?.hoverlabel, bgcolor: token("--surface"), bordercolor: token("--line-strong"), font: { ...text, size: 13 } },
    },
  };
}

function themed(canvas) {
  const spec = JSON.parse(document.getElementById(canvas.dataset.figure).textContent);
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const { data, layout = {} } = resolved(spec, token);
  return { data, layout: { ...layout, template: template(layout.template, token), autosize: true, width: undefined } };
}

// The legend over the whole width, at the figure's top or bottom edge: Plotly then makes room for it.
function legendAt(edge, layout) {
  const place = { orientation: "h", xref: "container", x: 0, xanchor: "left", yref: "container", y: edge === "top" ? 1 : 0, yanchor: edge };
  return { ...layout.legend, ...place };
}

// What a trace or a layout says under `meta.wide` holds on a wide screen; objects are merged, lists replaced.
function widened(spec) {
  const wide = spec.meta?.wide ?? {};
  const merged = Object.entries(wide).map(([key, value]) => [key, Array.isArray(value) || typeof value !== "object" ? value : { ...spec[key], ...value }]);
  return { ...spec, ...Object.fromEntries(merged) };
}

// On a phone the legend stands above the plot, whatever its place on a wide screen.
function fitted({ data, layout }, width) {
  if (width < NARROW_PX) return { data, layout: { ...layout, legend: legendAt("top", layout) } };
  return { data: data.map(widened), layout: widened(layout) };
}

// SVG breaks no lines by itself.
function wrapped(text, characters) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length > characters) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

// A downloaded figure stands alone: light, on paper, with its title and room around it.
function standalone(canvas, width) {
  const figure = canvas.closest(".figure");
  const say = (selector) => figure?.querySelector(selector)?.textContent ?? "";
  const { data, layout } = fitted(inLight(() => themed(canvas)), width);
  const margin = { ...layout.template.layout.margin, ...layout.margin };
  const subtitle = wrapped(say(".figure-subtitle"), width / CHARACTER_PX);
  const more = (subtitle.length - 1) * LINE_PX;
  return {
    data,
    layout: {
      ...layout,
      height: layout.height + STANDALONE_PX + more,
      paper_bgcolor: "#ffffff",
      margin: { ...margin, t: margin.t + 64 + more, l: margin.l + 20, r: margin.r + 12 },
      legend: legendAt("bottom", layout),
      title: { text: say(".figure-title"), subtitle: { text: subtitle.join("<br>") }, x: 0.02, xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 18 } },
    },
  };
}

function downloadButton(Plotly, canvas, format) {
  return {
    name: format,
    title: `Download as ${format.toUpperCase()}`,
    icon: format === "png" ? Plotly.Icons.camera : Plotly.Icons.disk,
    click: () => {
      const width = Math.max(canvas.clientWidth, NARROW_PX);
      const drawing = standalone(canvas, width);
      const size = { width, height: drawing.layout.height };
      Plotly.downloadImage(drawing, { format, filename: canvas.dataset.name, scale: format === "png" ? 2 : 1, ...size });
    },
  };
}

function draw(Plotly, canvas, paper = null) {
  const { data, layout } = fitted(themed(canvas), paper ?? canvas.clientWidth);
  if (paper) Object.assign(layout, { width: paper, autosize: false });
  const modeBarButtons = [["png", "svg"].map((format) => downloadButton(Plotly, canvas, format))];
  Plotly.react(canvas, data, layout, { responsive: true, displaylogo: false, displayModeBar: "hover", modeBarButtons });
  canvas.classList.add(DRAWN);
  // The drawing is one picture with one sentence; the buttons over it must stay reachable.
  canvas.setAttribute("role", "group");
  canvas.querySelectorAll(".main-svg").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
}

function redrawAll() {
  document.querySelectorAll(`[data-figure].${DRAWN}`).forEach((canvas) => draw(window.Plotly, canvas));
}

// Draw every figure for paper, near or not; there is no waiting for a library that is not there.
function drawForPaper() {
  if (!window.Plotly) return;
  document.querySelectorAll("[data-figure]").forEach((canvas) => drawNow(window.Plotly, canvas, PAPER_PX));
}

const near = new IntersectionObserver(
  (entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => drawNow(window.Plotly, entry.target)),
  { rootMargin: `${NEAR} 0px` },
);

function drawNow(Plotly, canvas, paper) {
  near.unobserve(canvas);
  draw(Plotly, canvas, paper);
  canvas.style.minHeight = "";
}

// What is below keeps its place when a figure is drawn.
function reserve(canvas) {
  const { layout = {} } = JSON.parse(document.getElementById(canvas.dataset.figure).textContent);
  const height = (canvas.clientWidth < NARROW_PX ? layout : widened(layout)).height;
  if (height) canvas.style.minHeight = `${height}px`;
}

export async function drawFigures(root) {
  const found = [...root.querySelectorAll("[data-figure]")];
  if (root.matches?.("[data-figure]")) found.push(root);
  const undrawn = found.filter((canvas) => !canvas.classList.contains(DRAWN));
  if (!undrawn.length) return;
  undrawn.forEach(reserve);
  await loadPlotly();
  undrawn.filter((canvas) => canvas.isConnected).forEach((canvas) => near.observe(canvas));
}

export function startFigures() {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawAll);
  matchMedia("(min-width: 66rem)").addEventListener("change", redrawAll);
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.theme = "light";
    document.querySelectorAll(".figure-definition:not([open])").forEach((definition) => {
      definition.open = true;
      definition.dataset.opened = "";
    });
    drawForPaper();
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset.theme;
    document.querySelectorAll(".figure-definition[data-opened]").forEach((definition) => {
      definition.open = false;
      delete definition.dataset.opened;
    });
    redrawAll();
  });
  document.addEventListener("htmx:beforeCleanupElement", (event) => {
    if (!event.detail.elt.matches?.("[data-figure]")) return;
    near.unobserve(event.detail.elt);
    if (event.detail.elt.classList.contains(DRAWN)) window.Plotly.purge(event.detail.elt);
  });
}
