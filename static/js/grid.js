// The scoring grid by keyboard (the letters are switched by shortcuts.js): a digit marks the criterion one is at, S and P lead
// to the next and the previous one, C to its comment, F, R and U choose the opinion. Escape leaves a text for its criterion.
// Each is also done by Tab and the arrows: without this script nothing is lost.
const grid = document.querySelector("[data-gen-grid]");
const lines = grid ? [...grid.querySelectorAll("fieldset.gen-grid__line")] : [];
const OPINIONS = { f: "favourable", r: "reserved", u: "unfavourable" };
let current = 0;

function radio(line, value) {
  return line.querySelector(`input[type=radio][value="${value}"]`);
}

function goTo(index) {
  current = Math.min(Math.max(index, 0), lines.length - 1);
  const line = lines[current];
  (line.querySelector("input[type=radio]:checked") ?? line.querySelector("input[type=radio]")).focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

// Focus alone leaves a field under the buttons, which lie over the foot of the grid.
function show(field) {
  field.focus();
  field.scrollIntoView({ block: "nearest" });
}

function choose(input) {
  input.focus({ preventScroll: true });
  if (!input.checked) {
    input.click();
  }
}

function answer(event) {
  const { key } = event.detail;
  if (/^[0-5]$/.test(key)) {
    choose(radio(lines[current], key));
  } else if (key === "s" || key === "p") {
    goTo(current + (key === "s" ? 1 : -1));
  } else if (key === "c") {
    show(lines[current].querySelector("textarea"));
  } else if (OPINIONS[key]) {
    choose(grid.querySelector(`input[name=recommendation][value=${OPINIONS[key]}]`));
  } else {
    return;
  }
  event.preventDefault();
}

if (lines.length) {
  grid.addEventListener("focusin", (event) => {
    const index = lines.findIndex((line) => line.contains(event.target));
    current = index === -1 ? current : index;
  });
  grid.addEventListener("keyup", (event) => {
    if (event.key === "Tab" && event.target.closest(".gen-grid__line")) {
      show(event.target);
    }
  });
  grid.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches("textarea")) {
      const line = event.target.closest("fieldset.gen-grid__line");
      (line?.querySelector("input[type=radio]:checked") ?? line?.querySelector("input[type=radio]") ?? document.querySelector("#grille")).focus();
    }
  });
  document.addEventListener("gen:key", answer);
}
