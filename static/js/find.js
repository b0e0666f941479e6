// Search in a long text of the page (data-gen-searched): every place found is marked, Enter leads to the next one, Shift + Enter
// to the one before. Accents and capitals are folded, which the browser's own search may not do; that one works as ever.
const field = document.querySelector("[data-gen-find]");
const text = document.querySelector("[data-gen-searched]");
const said = document.querySelector("[data-gen-found]");
const LEAST = 2;
let found = [];
let current = -1;

// One character for one character, so that places in the folded text are places in the text.
const fold = (words) => [...words].map((letter) => letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()[0] ?? " ").join("");

function clear() {
  for (const mark of text.querySelectorAll("mark.gen-find__mark")) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
  found = [];
  current = -1;
}

function textNodes() {
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("[role=search], script, .fr-sr-only") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes = [];
  while (walker.nextNode()) {
    nodes.push(walker.currentNode);
  }
  return nodes;
}

function markIn(node, wanted) {
  const places = [];
  const letters = [...node.data];
  const folded = fold(node.data);
  for (let at = folded.indexOf(wanted); at !== -1; at = folded.indexOf(wanted, at + wanted.length)) {
    places.push(letters.slice(0, at).join("").length);
  }
  const marks = [];
  for (const place of places.reverse()) { // from the end: what comes before keeps its place
    const length = letters.slice(fold(node.data.slice(0, place)).length).slice(0, wanted.length).join("").length;
    const range = document.createRange();
    range.setStart(node, place);
    range.setEnd(node, place + length);
    const mark = document.createElement("mark");
    mark.className = "gen-find__mark";
    range.surroundContents(mark);
    marks.unshift(mark);
  }
  return marks;
}

function show(index) {
  found[current]?.classList.remove("gen-find__mark--current");
  current = (index + found.length) % found.length;
  found[current].classList.add("gen-find__mark--current");
  for (let parent = found[current].closest("details"); parent; parent = parent.parentElement.closest("details")) {
    parent.open = true;
  }
  found[current].scrollIntoView({ block: "center" });
  said.textContent = `${current + 1} sur ${found.length}`;
}

function search() {
  clear();
  const wanted = fold(field.value.trim());
  if (wanted.length < LEAST) {
    said.textContent = "";
    return;
  }
  found = textNodes().flatMap((node) => markIn(node, wanted));
  said.textContent = found.length ? `${found.length} passage${found.length > 1 ? "s" : ""} : Entrée pour aller de l'un à l'autre` : "Rien de tel dans le dossier";
}

if (field && text) {
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (found.length) {
        show(current + (event.shiftKey ? -1 : 1));
      }
    } else if (event.key === "Escape") {
      field.value = "";
      search();
      text.focus();
    }
  });
}
