// Keeps `data-gen-live` (seconds; 0 means never) as the server shows it, while the page is looked at. Without it, one reloads.
const zone = document.querySelector("[data-gen-live]");
const seconds = Number(zone?.dataset.genLive ?? 0);

// What one reads, and whether it may be acted upon: not the keys of forms, which are new each time.
const words = (element) => element.textContent.replace(/\s+/g, " ");

async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-gen-live]");
  if (fresh && words(fresh) !== words(zone)) {
    zone.replaceChildren(...fresh.childNodes);
  }
}

if (seconds > 0) {
  setInterval(() => {
    if (!document.hidden) {
      refresh().catch(() => {});
    }
  }, seconds * 1000);
}
