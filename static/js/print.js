// The button marked data-gen-print opens the browser's print dialog; without it, the browser's own menu does.
document.querySelectorAll("[data-gen-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});
