// Sends the file of a form marked data-gen-upload while showing how far it is, and says a refusal beside the field.
// Without it, the form is sent as any other.
const SPOKEN_EVERY = 25; // percent: more often would only be noise

function watch(form) {
  const input = form.querySelector('input[type="file"]');
  const button = form.querySelector('button[type="submit"]');
  const box = form.querySelector("[data-gen-upload-progress]");
  const bar = box.querySelector("progress");
  const shown = form.querySelector("[data-gen-upload-shown]");
  const said = form.querySelector("[data-gen-upload-said]");
  let spoken = 0;

  const show = (percent) => {
    bar.value = percent;
    shown.textContent = percent < 100 ? `Envoi : ${percent} %` : "Envoyé. Vérification du fichier en cours…";
    if (percent === 100 || percent >= spoken + SPOKEN_EVERY) {
      spoken = percent;
      said.textContent = shown.textContent;
    }
  };

  const refuse = (sentence) => {
    box.hidden = true;
    button.disabled = false;
    said.textContent = "";
    tell(input, sentence);
  };

  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) {
      return;
    }
    event.preventDefault();
    if (file.size > Number(form.dataset.genMaxBytes)) {
      refuse(form.dataset.genTooBig);
      return;
    }
    forget(input);
    spoken = 0;
    box.hidden = false;
    button.disabled = true;
    show(0);
    send(form, show, refuse);
  });
}

function send(form, show, refuse) {
  const request = new XMLHttpRequest();
  request.open("POST", location.pathname);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) {
      show(Math.floor((100 * event.loaded) / event.total));
    }
  });
  request.addEventListener("load", () => {
    const answer = request.response;
    if (answer?.url) {
      history.replaceState(null, "", answer.url);
      location.reload();
    } else {
      refuse(answer?.sentence ?? "L'envoi n'a pas abouti : rechargez la page, reconnectez-vous si elle le demande, puis recommencez.");
    }
  });
  request.addEventListener("error", () => {
    refuse("L'envoi a été interrompu : vérifiez votre connexion, puis recommencez. Rien d'autre n'est perdu.");
  });
  request.send(new FormData(form));
}

// The sentence stands where the server would have put it; that place is read aloud as it changes.
function tell(input, sentence) {
  forget(input);
  const line = document.createElement("p");
  line.className = "fr-message fr-message--error";
  line.textContent = sentence;
  document.getElementById(`${input.id}_error`).append(line);
  input.closest(".fr-upload-group").classList.add("fr-upload-group--error");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${input.id}_helptext ${input.id}_error`);
  input.focus();
}

function forget(input) {
  document.getElementById(`${input.id}_error`).replaceChildren();
  input.closest(".fr-upload-group").classList.remove("fr-upload-group--error");
  input.removeAttribute("aria-invalid");
  input.setAttribute("aria-describedby", `${input.id}_helptext`);
}

document.querySelectorAll("form[data-gen-upload]").forEach(watch);
