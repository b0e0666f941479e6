// Suggests communes under the address field while one types their name or postcode (a combobox, ARIA 1.2). Choosing one
// fills the hidden field; typing again empties it. Without this script the form offers the choice in a second step.
const DELAY = 200;

function combobox(form, input) {
  const hidden = form.elements.commune;
  if (!hidden || hidden.type !== "hidden") {
    return; // the second step without suggestions is on the page
  }
  const list = document.createElement("ul");
  list.className = "gen-suggest__list";
  list.id = `${input.id}_suggestions`;
  list.role = "listbox";
  list.ariaLabel = "Communes proposées";
  list.hidden = true;
  const live = document.createElement("p");
  live.className = "fr-sr-only";
  live.role = "status";
  const frame = document.createElement("div");
  frame.className = "gen-suggest";
  input.replaceWith(frame);
  frame.append(input, list, live);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }

  let communes = [];
  let active = -1;
  let timer;
  let asked = 0;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (index) => {
    active = index;
    [...list.children].forEach((option, position) => {
      option.setAttribute("aria-selected", String(position === index));
    });
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  };

  const choose = (commune) => {
    input.value = commune.name;
    hidden.value = commune.code;
    live.textContent = `${commune.label} choisie.`;
    close();
  };

  const show = () => {
    list.replaceChildren(
      ...communes.map((commune, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}_${index}`;
        option.role = "option";
        option.setAttribute("aria-selected", "false");
        option.textContent = commune.label;
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(commune);
        });
        return option;
      }),
    );
    list.hidden = communes.length === 0;
    input.setAttribute("aria-expanded", String(communes.length > 0));
    active = -1;
    live.textContent = communes.length ? `${communes.length} communes proposées, flèche bas pour choisir.` : "Aucune commune.";
  };

  const ask = async () => {
    const number = (asked += 1);
    const answer = await fetch(`${form.dataset.genCommuneForm}?q=${encodeURIComponent(input.value)}`).catch(() => null);
    if (answer?.ok && !answer.redirected && number === asked) {
      communes = (await answer.json()).communes;
      show();
    }
  };

  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    asked += 1;
    if (input.value.trim().length < 2) {
      close();
      return;
    }
    timer = setTimeout(ask, DELAY);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + communes.length) % communes.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(communes[active]);
    } else if (event.key === "Escape") {
      close();
    }
  });
}

for (const form of document.querySelectorAll("form[data-gen-commune-form]")) {
  combobox(form, form.querySelector("[data-gen-commune]"));
}
