// While a letter is written, its preview follows: the page of the preview is asked again and its part replaces this one.
// Without it, the button « Voir l'aperçu » shows the same.
const form = document.querySelector("[data-gen-letter]");
const PAUSE = 700;
let waiting;
let turn = 0;

async function refresh() {
  turn += 1;
  const mine = turn;
  const answer = await fetch(form.dataset.genLetter, { method: "POST", body: new FormData(form) }).catch(() => null);
  if (!answer?.ok || mine !== turn) {
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = page.querySelector("[data-gen-letter-shown]");
  const isSound = page.querySelector("[aria-invalid=true], .fr-error-text") === null;
  if (shown && isSound && mine === turn) {
    document.querySelector("[data-gen-letter-shown]").replaceWith(document.adoptNode(shown));
  }
}

form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, PAUSE);
});
