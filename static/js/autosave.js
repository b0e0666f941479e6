// Saves a section of a dossier a few seconds after the last change, and says so. When it cannot, it says why and leaves
// everything on the page: the buttons stay the sure way.
const DELAY = 4000;
const form = document.querySelector("form[data-gen-autosave]");

function watch() {
  const said = form.querySelector("[data-gen-saved]");
  let timer;
  let isStopped = false;
  let isSending = false;
  let isDirty = false;

  const say = (text, stopped = false) => {
    said.textContent = text;
    said.classList.toggle("gen-saved--stopped", stopped);
  };

  const save = async () => {
    if (isStopped || isSending) {
      return;
    }
    isSending = true;
    isDirty = false;
    try {
      const answer = await fetch(location.pathname, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) {
        throw new TypeError("not an answer of the autosave");
      }
      const outcome = await answer.json();
      isStopped = Boolean(outcome.is_stopped);
      say(outcome.said, isStopped);
      if (outcome.version) {
        form.elements.version.value = outcome.version;
      }
    } catch {
      isDirty = true;
      say("L'enregistrement automatique n'a pas abouti. Votre texte reste sur cette page : enregistrez-le avec le bouton.", true);
    }
    isSending = false;
    if (isStopped) {
      isDirty = true; // what is on the page is nowhere else: leaving it asks first
    } else if (isDirty) {
      plan();
    }
  };

  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(save, DELAY);
  };

  form.addEventListener("input", () => {
    isDirty = true;
    plan();
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    isStopped = true;
    isDirty = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isDirty) {
      event.preventDefault();
    }
  });
}

if (form) {
  watch();
}
