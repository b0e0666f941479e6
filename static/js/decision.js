// While a decision is typed: what does not go with the chosen outcome is greyed out (and not sent), and the grant is
// compared with its ceiling; what the reviews say is taken up as a reason. The server checks the same again.
const form = document.querySelector("[data-gen-decision]");
const said = form?.querySelector("[data-gen-grant-said]");
const labelling = ["labelled", "conditional"];
const euros = new Intl.NumberFormat("fr-FR", { style: "currency", currency: "EUR", maximumFractionDigits: 0 });

function outcome() {
  return form.querySelector('[name="outcome"]:checked')?.value ?? "";
}

function allow(name, allowed) {
  form.elements[name].disabled = !allowed;
}

function sentence() {
  const field = form.elements.grant_euros;
  const ceiling = field.dataset.genCeiling;
  if (field.disabled || field.value === "" || ceiling === undefined) {
    return "";
  }
  const left = Number(ceiling) - Number(field.value);
  return left < 0 ? `C'est ${euros.format(-left)} de trop : ${euros.format(ceiling)} au plus.` : `Sous le plafond de ${euros.format(ceiling)}.`;
}

function update() {
  const chosen = outcome();
  if (chosen) {
    allow("grant_euros", labelling.includes(chosen));
    allow("conditions", chosen === "conditional");
    allow("conditions_due_on", chosen === "conditional");
  }
  said.textContent = sentence();
}

function take(event) {
  const button = event.target.closest("[data-gen-take]");
  const field = button && document.getElementById(button.dataset.genTake);
  if (field) {
    field.value = [field.value.trim(), button.dataset.genText].filter(Boolean).join("\n");
    field.focus();
  }
}

if (form) {
  form.addEventListener("click", take);
  form.addEventListener("input", update);
  update();
}
