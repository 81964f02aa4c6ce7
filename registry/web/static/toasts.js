// Toasts get a Dismiss button; good news leaves by itself unless someone is reading it, bad news stays.
const GOOD_NEWS_MS = 8000;

function dress(toast) {
  toast.dataset.dressed = "";
  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "button button-quiet button-small";
  dismiss.textContent = "Dismiss";
  dismiss.addEventListener("click", () => toast.remove());
  toast.append(dismiss);
  if (["ok", "info"].includes(toast.dataset.toast)) leaveLater(toast);
}

function leaveLater(toast) {
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) leaveLater(toast);
    else toast.remove();
  }, GOOD_NEWS_MS);
}

// The server's own words for why, when its answer has any.
function reason(answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  return page.querySelector(".notice p:last-of-type")?.textContent ?? "Something went wrong on the server. Nothing was saved; try again.";
}

function tell(text) {
  const toast = document.createElement("div");
  toast.className = "toast toast-danger";
  toast.dataset.toast = "danger";
  toast.append(Object.assign(document.createElement("p"), { textContent: text }));
  dress(toast);
  document.getElementById("toasts").append(toast);
}

// An answer that can't be shown in place must not pass in silence.
export function startToasts() {
  document.addEventListener("htmx:responseError", (event) => tell(reason(event.detail.xhr.responseText)));
  document.addEventListener("htmx:sendError", () => tell("The server can't be reached. Nothing was saved; try again."));
}

export function enhanceToasts(root) {
  const found = [...root.querySelectorAll("[data-toast]:not([data-dressed])")];
  if (root.matches?.("[data-toast]:not([data-dressed])")) found.push(root);
  found.forEach(dress);
}
