// Reloads the page every `data-gen-refresh` seconds, while it is looked at; 0 means never. Without it, one reloads by hand.
const zone = document.querySelector("[data-gen-refresh]");
const seconds = Number(zone?.dataset.genRefresh ?? 0);

if (seconds > 0) {
  setInterval(() => {
    if (!document.hidden) {
      location.reload();
    }
  }, seconds * 1000);
}
