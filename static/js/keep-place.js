// After a dossier was moved by a button of the table, comes back to that dossier, where it now stands: same button, same
// height in the window. Without it, the page comes back at its top, where what changed is said.
const table = document.querySelector("[data-gen-keep-place]");
const KEY = "gen-keep-place";
const wide = window.matchMedia("(min-width: 78em)");

function remember(event) {
  const button = event.submitter;
  if (button?.dataset.genMoves) {
    const { top } = button.getBoundingClientRect();
    sessionStorage.setItem(KEY, JSON.stringify({ row: button.dataset.genMoves, name: button.title, top }));
  }
}

function comeBack() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
  sessionStorage.removeItem(KEY);
  const row = kept && document.getElementById(`d-${kept.row}`);
  if (row && wide.matches) {
    const button = row.querySelector(`button[title="${kept.name}"]`) ?? row.querySelector(".gen-move");
    button.focus({ preventScroll: true });
    window.scrollBy(0, button.getBoundingClientRect().top - kept.top);
  }
}

table?.addEventListener("submit", remember);
if (table) {
  comeBack();
}
