// Says, while one types, how many people each share of the learners is. The server says the same.
const zone = document.querySelector("[data-gen-audience]");
const format = new Intl.NumberFormat("fr-FR");

function update(form) {
  zone.querySelectorAll("[data-gen-share-of]").forEach((cell) => {
    const share = Number.parseInt(form.elements[cell.dataset.genShareOf].value, 10);
    const count = Math.round((share * Number(zone.dataset.genLearners)) / 100);
    const text = `${format.format(count)} personne${count > 1 ? "s" : ""}`;
    cell.textContent = share >= 0 && share <= 100 ? text : "à calculer";
  });
}

zone?.closest("form").addEventListener("input", (event) => update(event.currentTarget));
