// Keeps what is typed in a section on this computer until it is saved, for the person who typed it, and gives it back
// after a lost session, a closed window or a long network failure. Taking it back sends it as the button would have:
// with the versions that were seen then, so that what others wrote since is compared, not overwritten.
const form = document.querySelector("form[data-gen-autosave]");
const offer = document.querySelector("[data-gen-typed-offer]");
const person = document.querySelector("[data-gen-person]")?.dataset.genPerson;
const key = `gen:typed:${person}:${location.pathname}`;
const LEFT_OUT = ["csrfmiddlewaretoken", "writer"];

function fieldsOf(aForm) {
  return [...new FormData(aForm)].filter(([name, value]) => typeof value === "string" && !LEFT_OUT.includes(name));
}

function answersIn(fields) {
  const answers = fields.filter(([name]) => !/^(seen|keep|against)-/.test(name));
  return JSON.stringify(answers.map(([name, value]) => [name, value.replaceAll("\r\n", "\n").trim()]).sort());
}

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: fieldsOf(form) }));
  } catch {
    // no room, or a browser that keeps nothing: the autosave and the button remain
  }
}

function forget() {
  localStorage.removeItem(key);
  offer.hidden = true;
}

function giveBack(kept) {
  const again = form.cloneNode(false);
  again.removeAttribute("data-gen-autosave");
  again.hidden = true;
  const fresh = [...new FormData(form)].filter(([name]) => LEFT_OUT.includes(name));
  for (const [name, value] of [...fresh, ...kept.fields]) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    again.append(field);
  }
  document.body.append(again);
  again.submit();
}

function propose() {
  const kept = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!kept || answersIn(kept.fields) === answersIn(fieldsOf(form))) {
    forget();
    return;
  }
  const at = new Date(kept.at).toLocaleString("fr-FR", { dateStyle: "long", timeStyle: "short" });
  offer.querySelector("[data-gen-typed-at]").textContent = at;
  offer.querySelector("[data-gen-typed-take]").addEventListener("click", () => giveBack(kept));
  offer.querySelector("[data-gen-typed-drop]").addEventListener("click", forget);
  offer.hidden = false;
}

if (form && offer && person) {
  propose();
  form.addEventListener("input", keep);
  form.addEventListener("submit", keep);
  form.addEventListener("gen:saved", ({ detail }) => {
    if (detail.isQuiet) {
      forget();
    }
  });
}
