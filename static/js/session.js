// Five minutes before the session ends, says so and offers to stay (WCAG 2.2.1). Another tab may have pushed the end back,
// so the portal is asked first. What other people left unsaved in this browser is forgotten.
const zone = document.querySelector("[data-gen-session]");
const WARNING = 300;

function forgetOthers(person) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("gen:typed:") && !key.startsWith(`gen:typed:${person}:`)) {
      localStorage.removeItem(key);
    }
  }
}

async function ask(method) {
  const body = method === "POST" ? new FormData(zone.querySelector("form")) : undefined;
  const answer = await fetch(zone.dataset.genSession, { method, body, headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : { seconds: 0, can_last_longer: false };
}

function show(state) {
  const text = zone.querySelector("[data-gen-session-text]");
  zone.querySelector("form").hidden = !state.can_last_longer;
  if (state.seconds <= 0) {
    text.textContent = "Votre session a pris fin. Ce que vous avez écrit dans un dossier est gardé : connectez-vous pour le retrouver.";
  } else if (state.can_last_longer) {
    text.textContent = "Votre session prend fin dans moins de cinq minutes, faute d'activité.";
  } else {
    text.textContent = "Votre session prend fin dans moins de cinq minutes. Enregistrez ce que vous faites, puis reconnectez-vous.";
  }
  zone.hidden = false;
}

function wait(seconds) {
  setTimeout(look, Math.max(seconds, 1) * 1000);
}

async function look() {
  const state = await ask("GET").catch(() => null);
  if (state === null) {
    wait(30); // the network fails: the text of the page says so by itself
  } else if (state.seconds > WARNING) {
    zone.hidden = true;
    wait(state.seconds - WARNING);
  } else {
    show(state);
    if (state.seconds > 0) {
      wait(state.seconds + 1);
    }
  }
}

if (zone) {
  forgetOthers(zone.dataset.genPerson);
  document.querySelector('form[action$="/deconnexion/"]')?.addEventListener("submit", () => forgetOthers(""));
  zone.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    await ask("POST").catch(() => null);
    look();
  });
  wait(Number(zone.dataset.genSeconds) - WARNING);
}
