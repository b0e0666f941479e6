// Saves a form a few seconds after the last change, and says so. In a section of a dossier each answer has its version:
// when somebody else wrote one meanwhile, both texts are shown under it and everything else is saved. When the network
// fails it tries again, later each time, and the text stays on the page: the buttons stay the sure way. What the server
// answers is told to other scripts by the event gen:saved.
const DELAY = 2000;
const LONGEST_DELAY = 60_000;
const form = document.querySelector("form[data-gen-autosave]");

function watch() {
  const said = form.querySelector("[data-gen-saved]");
  let timer;
  let failures = 0;
  let isStopped = false;
  let isSending = false;
  let isDirty = false; // changed since it was last sent
  let isUnsaved = false; // refused by the server: disputed, or to correct

  const say = (text, stopped = false) => {
    said.textContent = text;
    said.classList.toggle("gen-saved--stopped", stopped);
  };

  const plan = (wait = DELAY) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  const hear = (outcome, sent) => {
    isStopped = Boolean(outcome.is_stopped);
    isUnsaved = Boolean(outcome.is_unsaved) || isStopped;
    say(outcome.said, isUnsaved);
    for (const [name, version] of Object.entries(outcome.seen ?? {})) {
      form.elements[`seen-${name}`].value = version;
    }
    form.dispatchEvent(new CustomEvent("gen:saved", { detail: { outcome, sent, isQuiet: !isDirty && !isUnsaved } }));
  };

  // Signed out: typed-text.js keeps the text, so leaving for the sign-in page asks nothing.
  const signOut = (outcome) => {
    isStopped = true;
    isDirty = isUnsaved = false;
    say(outcome.said, true);
    const link = document.createElement("a");
    link.href = outcome.sign_in_url;
    link.textContent = "Se connecter pour continuer";
    said.append(" ", link);
  };

  const fail = () => {
    isDirty = true;
    failures += 1;
    const wait = Math.min(DELAY * 2 ** failures, LONGEST_DELAY);
    say(`Non enregistré : le portail ne répond pas. Votre texte reste sur cette page ; nouvel essai dans ${wait / 1000} secondes.`, true);
    plan(wait);
  };

  const save = async () => {
    if (isStopped || isSending) {
      return;
    }
    isSending = true;
    isDirty = false;
    const sent = new FormData(form);
    try {
      const answer = await fetch(location.pathname, {
        method: "POST",
        body: sent,
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) {
        throw new TypeError("not an answer of the autosave");
      }
      const outcome = await answer.json();
      failures = 0;
      if (answer.status === 401) {
        signOut(outcome);
      } else {
        hear(outcome, sent);
      }
    } catch {
      fail();
    }
    isSending = false;
    if (isDirty && !isStopped && !failures) {
      plan();
    }
  };

  form.addEventListener("input", () => {
    isDirty = true;
    plan();
  });
  addEventListener("online", () => {
    if (failures) {
      plan(0);
    }
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    isStopped = true;
    isDirty = isUnsaved = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isDirty || isSending || isUnsaved) {
      event.preventDefault();
    }
  });
}

if (form) {
  watch();
}
