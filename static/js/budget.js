// Shows, while one types, the share of the grant in the budget, the cost per learner and the ceiling of the call.
// The server computes and checks the same again.
const form = document.querySelector("form[data-gen-budget]");
const figures = form?.querySelector("[data-gen-budget-figures]");
const amount = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1 });

function value(name) {
  const text = form.elements[name].value.trim();
  return text === "" ? null : Number(text);
}

function ceiling(total) {
  const { genPerLabel, genMaxShare } = figures.dataset;
  const limits = [];
  if (genPerLabel) {
    limits.push(Number(genPerLabel));
  }
  if (genMaxShare) {
    limits.push(Math.floor((total * Number(genMaxShare)) / 100));
  }
  return limits.length ? Math.min(...limits) : null;
}

function update() {
  const total = value("total_budget_euros");
  const requested = value("requested_grant_euros");
  const learners = Number(figures.dataset.genLearners);
  const isShareKnown = total > 0 && requested !== null;
  figures.querySelector("[data-gen-share]").textContent = isShareKnown
    ? `${percent.format((100 * requested) / total)}\u00a0%`
    : "à calculer";
  figures.querySelector("[data-gen-cost]").textContent =
    total !== null && learners > 0 ? `${amount.format(total / learners)}\u00a0€` : "à calculer";
  const limit = total === null ? null : ceiling(total);
  const isOver = limit !== null && requested > limit;
  const text = isOver ? `Pour ce budget, l'appel permet de demander ${amount.format(limit)}\u00a0€ au plus.` : "";
  const said = figures.querySelector("[data-gen-ceiling]");
  if (said.textContent !== text) {
    said.textContent = text;
  }
}

form?.addEventListener("input", update);
