// Says, while one types, whether a follow-up report adds up. The server checks the same again.
const form = document.querySelector("[data-gen-arithmetic]");
const said = form?.querySelector("[data-gen-arithmetic-said]");

function value(name) {
  const field = form.querySelector(`[data-gen-figure="${name}"]`);
  return field.value.trim() === "" ? null : Number(field.value);
}

function sentence() {
  const started = value("started_count");
  const flows = ["in_progress_count", "finished_count", "dropped_count"].map(value);
  if (started === null || flows.includes(null)) {
    return "";
  }
  const sum = flows.reduce((total, count) => total + count, 0);
  const terms = `${flows.join(" + ")} = ${sum}`;
  if (sum !== started) {
    return `En formation, terminées et abandons font ${terms}, mais vous indiquez ${started} personnes entrées.`;
  }
  const tooMany = ["women_count", "under_26_count", "priority_area_count"].some((name) => value(name) > started);
  return tooMany ? `Une partie dépasse les ${started} personnes entrées.` : `Le compte est bon : ${terms}.`;
}

form?.addEventListener("input", () => {
  said.textContent = sentence();
});
