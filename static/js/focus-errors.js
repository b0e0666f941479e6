// After a refused form, the reader starts at the summary of its errors, and the title of the page says so.
const summary = document.querySelector("[data-gen-errors]");
if (summary) {
  document.title = `Erreur – ${document.title}`;
  summary.focus();
}
