// One-letter shortcuts of a page: a link or a button marked data-gen-key="s" answers to its letter. They can be switched off
// (WCAG 2.1.4), are silent while one types or holds a modifier key, and say their letter to assistive technology while they
// work; a letter that no element answers is told to other scripts by the event gen:key. The choice is kept on this device. Everything is also a link or a button: without this script nothing is lost.
const sheet = document.querySelector("[data-gen-shortcuts]");
const box = sheet?.querySelector("[data-gen-shortcuts-switch]");
const targets = [...document.querySelectorAll("[data-gen-key]")];
const NAME = "gen-shortcuts";

function stored() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null; // storage is refused: the choice lasts for this page
  }
}

function keep(value) {
  try {
    localStorage.setItem(NAME, value);
  } catch {
    // same
  }
}

function show() {
  sheet.classList.toggle("gen-shortcuts--off", !box.checked);
  targets.forEach((target) => {
    if (box.checked) {
      target.setAttribute("aria-keyshortcuts", target.dataset.genKey.toUpperCase());
    } else {
      target.removeAttribute("aria-keyshortcuts");
    }
  });
}

function isTyping(element) {
  return element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]") !== null;
}

function answer(event) {
  const isChord = event.ctrlKey || event.altKey || event.metaKey;
  if (!box.checked || isChord || event.repeat || event.isComposing || event.defaultPrevented || isTyping(event.target)) {
    return;
  }
  const target = targets.find((one) => one.dataset.genKey === event.key.toLowerCase());
  const told = new CustomEvent("gen:key", { detail: { key: event.key.toLowerCase() }, cancelable: true });
  if (target) {
    event.preventDefault();
    target.matches("input") ? target.focus() : target.click();
  } else if (!document.dispatchEvent(told)) {
    event.preventDefault(); // another script of the page has answered
  }
}

if (box) {
  box.checked = stored() !== "off";
  box.addEventListener("change", () => {
    keep(box.checked ? "on" : "off");
    show();
  });
  show();
  document.addEventListener("keydown", answer);
}
