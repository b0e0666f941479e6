// Adds up the weights typed in a form marked data-gen-weights and says how far they are from 100 %. The server checks too.
const form = document.querySelector("[data-gen-weights]");

function phrase(total) {
  const gap = Math.abs(100 - total);
  const points = `${gap} point${gap > 1 ? "s" : ""}`;
  if (total === 100) {
    return "Somme des poids : 100 %.";
  }
  return `Somme des poids : ${total} %. ${total < 100 ? `Il manque ${points}.` : `Il y a ${points} de trop.`}`;
}

function watch() {
  const sum = form.querySelector("[data-gen-weight-sum]");
  const update = () => {
    const fields = [...form.querySelectorAll("[data-gen-weight]")];
    const kept = fields.filter((field) => !field.closest("[data-gen-row]").querySelector("[data-gen-row-delete] input").checked);
    const total = kept.reduce((added, field) => added + (Number.parseInt(field.value, 10) || 0), 0);
    sum.textContent = phrase(total);
    sum.classList.toggle("gen-weight-sum--whole", total === 100);
  };
  sum.setAttribute("role", "status");
  sum.hidden = false;
  form.addEventListener("input", update);
  form.addEventListener("change", update);
  form.addEventListener("gen:rows", update);
  update();
}

if (form) {
  watch();
}
