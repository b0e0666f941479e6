// Shows, while one types, the totals of a budget, its balance, the share of the grant, the costs and the ceiling of the
// call. The server computes and checks the same again.
const figures = document.querySelector("[data-gen-budget-figures]");
const form = figures?.closest("form");
const amount = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 2 });
const percent = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1 });
const euros = (value) => `${amount.format(value)}\u00a0€`;

// An amount as France writes it, rounded to the euro; null when it is empty or not a number.
function read(text) {
  let compact = text.replace(/[\s€]/g, "");
  if (compact.includes(",")) {
    compact = compact.replaceAll(".", "").replace(",", ".");
  } else if (/^\d{1,3}(\.\d{3}){2,}$/.test(compact)) {
    compact = compact.replaceAll(".", "");
  }
  return compact === "" || Number.isNaN(Number(compact)) ? null : Math.floor(Number(compact) + 0.5);
}

function sum(table) {
  const amounts = [...form.querySelectorAll(`[name^="${table}-"][name$="-amount_euros"]`)].map((input) => read(input.value));
  const known = amounts.filter((value) => value !== null);
  return known.length ? known.reduce((total, value) => total + value, 0) : null;
}

// The part of the expenses that the share is a share of: all of them unless the call names the eligible heads.
function counted(total) {
  const heads = figures.dataset.genEligibleHeads?.split(" ");
  if (!heads) {
    return total;
  }
  const rows = [...form.querySelectorAll('[name^="expenses-"][name$="-amount_euros"]')];
  const eligible = rows.filter((input) => heads.includes(form.elements[input.name.replace("amount_euros", "head")]?.value));
  return eligible.reduce((sum, input) => sum + (read(input.value) ?? 0), 0);
}

function ceiling(total) {
  const { genPerLabel, genMaxShare } = figures.dataset;
  const limits = [];
  if (genPerLabel) {
    limits.push(Number(genPerLabel));
  }
  if (genMaxShare) {
    limits.push(Math.floor((counted(total) * Number(genMaxShare)) / 100));
  }
  return limits.length ? Math.min(...limits) : null;
}

function show(name, text) {
  const cell = figures.querySelector(`[data-gen-${name}]`);
  if (cell.textContent !== text) {
    cell.textContent = text;
  }
}

function balance(total, resources) {
  if (total === null) {
    return "";
  }
  if (resources === total) {
    return "Le budget est équilibré.";
  }
  const gap = euros(Math.abs(total - resources));
  return `Budget à équilibrer : ${resources < total ? `il manque ${gap} de ressources` : `les ressources dépassent de ${gap}`}`;
}

function update() {
  const total = sum("expenses");
  const requested = read(form.elements.requested_grant_euros.value);
  const resources = (requested ?? 0) + (read(form.elements.own_funds_euros.value) ?? 0) + (sum("resources") ?? 0);
  const learners = Number(figures.dataset.genLearners);
  const hours = learners * Number(figures.dataset.genHours);
  const unknown = "à calculer";
  show("total", total === null ? unknown : euros(total));
  show("resources", euros(resources));
  show("share", total > 0 && requested !== null ? `${percent.format((100 * requested) / total)}\u00a0%` : unknown);
  show("cost", total !== null && learners > 0 ? euros(total / learners) : unknown);
  show("hourly", total !== null && hours > 0 ? `${precise.format(total / hours)}\u00a0€` : unknown);
  show("balance", balance(total, resources));
  const limit = total === null ? null : ceiling(total);
  const isOver = limit !== null && requested > limit;
  show("ceiling", isOver ? `Pour ce budget, l'appel permet de demander ${euros(limit)} au plus.` : "");
}

form?.addEventListener("input", update);
