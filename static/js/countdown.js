// Keeps « Il reste 2 jours et 3 heures » right while the page stays open, by the server's clock: only the time spent on
// the page is measured here. `data-gen-now` and `data-gen-until` are instants given by the server.
const units = [
  [86_400, "jour"],
  [3600, "heure"],
  [60, "minute"],
  [1, "seconde"],
];

function phrase(seconds) {
  const words = [];
  let rest = seconds;
  for (const [size, name] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count && (name !== "seconde" || seconds < 600)) {
      words.push(`${count}\u00a0${name}${count > 1 ? "s" : ""}`);
    }
  }
  return words.slice(0, 2).join(" et ");
}

function run(element) {
  const total = (Date.parse(element.dataset.genUntil) - Date.parse(element.dataset.genNow)) / 1000;
  const update = () => {
    const left = Math.floor(total - performance.now() / 1000);
    element.textContent = left > 0 ? `Il reste ${phrase(left)}.` : "Cette échéance est passée.";
    if (left > 0) {
      setTimeout(update, left < 600 ? 1000 : 20_000);
    }
  };
  update();
}

document.querySelectorAll("[data-gen-countdown]").forEach(run);
