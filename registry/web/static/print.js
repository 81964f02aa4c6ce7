// A button that prints the page; it shows only where script can do it.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
