// Says, while one types, whether the figures of a follow-up report add up: a total or a sentence under each group.
// The rules and their sentences come from the server, which checks the same again.
const form = document.querySelector("[data-gen-arithmetic]");
const rules = form ? JSON.parse(form.dataset.genRules) : [];
const FLOWS = ["in_progress_count", "finished_count", "dropped_count"];

function field(name) {
  return form.querySelector(`[data-gen-figure="${name}"]`);
}

function total(names) {
  const texts = names.map((name) => field(name).value.trim());
  return texts.includes("") ? null : texts.reduce((sum, text) => sum + Number(text), 0);
}

function brokenRules(group) {
  return rules
    .filter((rule) => group.contains(field(rule.field)))
    .map((rule) => [rule, total(rule.parts), total(rule.wholes)])
    .filter(([, part, whole]) => part !== null && whole !== null && part > whole)
    .map(([rule, part, whole]) => rule.sentence.replace("{part}", part).replace("{whole}", whole));
}

function falls(group) {
  return [...group.querySelectorAll("[data-gen-before]")]
    .filter((input) => input.dataset.genBefore !== "" && input.value.trim() !== "")
    .filter((input) => Number(input.value) < Number(input.dataset.genBefore))
    .map((input) => `${input.labels[0].firstChild.textContent.trim()} : ${input.dataset.genBefore} → ${input.value}, une baisse à expliquer plus bas.`);
}

function flowSentence(started) {
  const sum = total(FLOWS);
  if (sum === null || started === null) {
    return ["", false];
  }
  const terms = `${FLOWS.map((name) => field(name).value.trim()).join(" + ")} = ${sum}`;
  return sum === started
    ? [`Le compte est bon : ${terms}.`, false]
    : [`En formation, terminées et abandons font ${terms}, mais vous indiquez ${started} personnes entrées.`, true];
}

function exitSentence(inputs) {
  const names = inputs.map((input) => input.dataset.genFigure).filter((name) => name.startsWith("exits_"));
  const sum = names.length ? total(names) : null;
  return sum === null ? "" : `Total des situations : ${sum}.`;
}

function say(group) {
  const said = group.querySelector("[data-gen-said]");
  const inputs = [...group.querySelectorAll("[data-gen-figure]")];
  const wrong = brokenRules(group);
  let right = exitSentence(inputs);
  if (inputs.some((input) => input.dataset.genFigure === FLOWS[0])) {
    const [sentence, isWrong] = flowSentence(total(["started_count"]));
    if (isWrong) {
      wrong.push(sentence);
    }
    right = isWrong ? "" : sentence;
  }
  const text = [...wrong, ...falls(group), wrong.length ? "" : right].filter(Boolean).join(" ");
  if (said.textContent !== text) {
    said.textContent = text;
  }
  said.classList.toggle("gen-report__said--wrong", wrong.length > 0);
}

function sayAll() {
  form.querySelectorAll("[data-gen-group]").forEach(say);
}

form?.addEventListener("input", sayAll);
if (form) {
  sayAll();
}
