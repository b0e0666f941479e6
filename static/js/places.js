// Suggests communes in a native list while one types where to look. Without this script the page itself offers the choice.
const DELAY = 200;

function suggest(form, input) {
  const list = document.createElement("datalist");
  list.id = `${input.id}_communes`;
  input.after(list);
  input.setAttribute("list", list.id);
  let timer;
  let asked = 0;

  const ask = async () => {
    const number = (asked += 1);
    const answer = await fetch(`${form.dataset.genCommunes}?q=${encodeURIComponent(input.value)}`).catch(() => null);
    if (answer?.ok && number === asked) {
      const { communes } = await answer.json();
      list.replaceChildren(...communes.map((name) => new Option(name, name)));
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked += 1;
    const isChosen = [...list.options].some((option) => option.value === input.value);
    if (input.value.trim().length > 1 && !isChosen) {
      timer = setTimeout(ask, DELAY);
    }
  });
}

for (const form of document.querySelectorAll("form[data-gen-communes]")) {
  suggest(form, form.querySelector("[data-gen-places]"));
}
