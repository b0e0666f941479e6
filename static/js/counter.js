// Tells how many characters are left in a text area marked data-gen-counter="2000".
// Counts as the server does: a line break is two characters (CR LF), an emoji is one.
const format = new Intl.NumberFormat("fr-FR");

function phrase(left) {
  const count = Math.abs(left);
  const noun = `caractère${count > 1 ? "s" : ""}`;
  return left >= 0 ? `${format.format(count)} ${noun} restant${count > 1 ? "s" : ""}` : `${format.format(count)} ${noun} de trop`;
}

function watch(area) {
  const hint = document.getElementById(`${area.id}_limit`);
  if (!hint) {
    return;
  }
  const limit = Number(area.dataset.genCounter);
  const initial = hint.textContent;
  const live = document.createElement("p");
  live.className = "fr-sr-only";
  live.setAttribute("role", "status");
  hint.after(live);
  let timer;
  const update = () => {
    const left = limit - [...area.value.replace(/\r?\n/g, "\r\n")].length;
    hint.textContent = `${initial} – ${phrase(left)}`;
    hint.classList.toggle("gen-limit--over", left < 0);
    clearTimeout(timer);
    timer = setTimeout(() => {
      live.textContent = left < limit / 10 ? phrase(left) : "";
    }, 1000);
  };
  area.addEventListener("input", update);
  if (area.value) {
    update();
  }
}

document.querySelectorAll("textarea[data-gen-counter]").forEach(watch);
