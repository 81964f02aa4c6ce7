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

export function enhanceToasts(root) {
  const found = [...root.querySelectorAll("[data-toast]:not([data-dressed])")];
  if (root.matches?.("[data-toast]:not([data-dressed])")) found.push(root);
  found.forEach(dress);
}
