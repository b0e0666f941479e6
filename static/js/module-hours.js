// Adds up the hours of the modules while one types, and compares them with those of the training (the server says the same).
const zone = document.querySelector("[data-gen-hours]");
const format = new Intl.NumberFormat("fr-FR");

function said(sum, total) {
  if (!total || !sum) {
    return "";
  }
  if (sum === total) {
    return "Le compte est bon.";
  }
  const gap = format.format(Math.abs(total - sum));
  return sum < total ? `Il reste ${gap}\u00a0h à décrire, périodes en entreprise comprises.` : `Les modules dépassent de ${gap}\u00a0h.`;
}

function update(form) {
  const inputs = form.querySelectorAll('[name^="modules-"][name$="-hours"]');
  const sum = [...inputs].reduce((hours, input) => hours + (Number(input.value.replace(/\s/g, "")) || 0), 0);
  zone.querySelector("[data-gen-hours-sum]").textContent = `${format.format(sum)}\u00a0h`;
  const text = said(sum, Number(zone.dataset.genTotal));
  const shown = zone.querySelector("[data-gen-hours-said]");
  if (shown.textContent !== text) {
    shown.textContent = text;
  }
}

zone?.closest("form").addEventListener("input", (event) => update(event.currentTarget));
