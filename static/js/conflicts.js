// What somebody else wrote meanwhile in a section: the choice between two texts, put under the answer without leaving
// the page, and the answers one did not touch, brought up to date. The server writes the panel (_conflict.html).
const form = document.querySelector("form[data-gen-autosave]");
const zoneOf = (name) => form.querySelector(`[data-gen-answer="${name}"]`);
const controlsOf = (name) => [...form.querySelectorAll(`[name="${name}"]`)];

function showConflicts(conflicts) {
  for (const panel of form.querySelectorAll(".gen-conflict")) {
    if (!(panel.parentElement.dataset.genAnswer in conflicts)) {
      panel.remove();
    }
  }
  for (const [name, conflict] of Object.entries(conflicts)) {
    const present = zoneOf(name).querySelector(".gen-conflict");
    if (present?.querySelector(`[name="against-${name}"]`).value === conflict.version) {
      continue;
    }
    present?.remove();
    const holder = document.createElement("template");
    holder.innerHTML = conflict.html;
    zoneOf(name).prepend(holder.content);
  }
}

function isChosen(control, value) {
  if (Array.isArray(value)) {
    return value.map(String).includes(control.value);
  }
  if (control.type === "checkbox") {
    return Boolean(value);
  }
  const words = { true: "True", false: "False", null: "" };
  return control.value === (words[String(value)] ?? String(value));
}

function write(control, value) {
  if (control.type === "checkbox" || control.type === "radio") {
    control.checked = isChosen(control, value);
  } else {
    control.value = value ?? "";
    control.dispatchEvent(new Event("gen:written", { bubbles: true }));
  }
}

// Whether an answer is still as it was sent, and nobody is in it.
function isAtRest(name, sent) {
  const now = new FormData(form).getAll(name).join("\n");
  return now === sent.getAll(name).join("\n") && !controlsOf(name).includes(document.activeElement);
}

// An answer made of several lines has no control of its own name: the page is read again, once nothing is being typed.
function overtake(answers, { sent, isQuiet }) {
  for (const [name, answer] of Object.entries(answers)) {
    if (controlsOf(name).length === 0) {
      if (isQuiet) {
        location.reload();
      }
    } else if (isAtRest(name, sent)) {
      controlsOf(name).forEach((control) => write(control, answer.value));
      form.elements[`seen-${name}`].value = answer.version;
    }
  }
}

// Both texts in the field, to make one of them: nothing is sent until the writer says that it is their answer.
function join(event) {
  if (event.target.type !== "radio" || event.target.value !== "both") {
    return;
  }
  const panel = event.target.closest(".gen-conflict");
  const theirs = panel.dataset.genTheirs;
  const [control] = controlsOf(panel.parentElement.dataset.genAnswer);
  if (theirs === undefined || !control) {
    return;
  }
  event.stopPropagation();
  event.target.checked = false;
  control.value = `${theirs}\n\n${control.value}`;
  control.focus();
}

if (form) {
  form.addEventListener("gen:saved", ({ detail }) => {
    if (detail.outcome.conflicts) {
      showConflicts(detail.outcome.conflicts);
      overtake(detail.outcome.overtaken, detail);
    }
  });
  form.addEventListener("input", join, { capture: true });
}
