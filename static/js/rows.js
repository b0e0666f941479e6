// Lines of a form to add and to remove, in a zone marked data-gen-rows="prefix" (templates/applications/_rows.html).
// A removed line stays in the page, folded, with its « Supprimer » box ticked: it can be put back until the page is saved.
// Without this script, free lines stand at the end and the boxes are shown.

function isBlank(row) {
  const typed = row.querySelectorAll("[data-gen-row-body] :is(input:not([type=checkbox], [type=hidden]), textarea, select)");
  return [...typed].every((field) => !field.value);
}

function dress(row) {
  const box = row.querySelector("[data-gen-row-delete] input");
  const body = row.querySelector("[data-gen-row-body]");
  const zone = row.querySelector("[data-gen-row-delete]");
  if (!box) {
    return;
  }
  row.querySelector("[data-gen-row-hint]")?.remove();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fr-btn fr-btn--sm fr-btn--tertiary-no-outline";
  const name = () => row.querySelector("[data-gen-row-legend]").textContent.trim();
  const show = () => {
    body.hidden = box.checked;
    row.classList.toggle("gen-row--removed", box.checked);
    button.textContent = box.checked ? "Rétablir" : "Retirer";
    button.setAttribute("aria-label", `${button.textContent} : ${name()}`);
  };
  button.addEventListener("click", () => {
    box.checked = !box.checked;
    show();
    row.dispatchEvent(new CustomEvent("gen:rows", { bubbles: true, detail: `${name()} ${box.checked ? "retiré" : "rétabli"}` }));
  });
  zone.hidden = true;
  zone.before(button);
  show();
}

function equip(zone) {
  const total = zone.querySelector(`[name="${zone.dataset.genRows}-TOTAL_FORMS"]`);
  const list = zone.querySelector("[data-gen-rows-list]");
  const template = zone.querySelector("[data-gen-rows-template]");
  const most = Number(zone.querySelector(`[name="${zone.dataset.genRows}-MAX_NUM_FORMS"]`).value);
  const add = zone.querySelector("[data-gen-rows-add]");
  const status = zone.querySelector("[data-gen-rows-status]");
  const rows = () => list.querySelectorAll("[data-gen-row]");

  while (rows().length > 1 && list.lastElementChild.matches("[data-gen-row-free]") && isBlank(list.lastElementChild)) {
    list.lastElementChild.remove();
  }
  total.value = rows().length;
  rows().forEach(dress);
  zone.addEventListener("gen:rows", (event) => {
    status.textContent = event.detail;
  });
  add.addEventListener("click", () => {
    const index = rows().length;
    const holder = document.createElement("div");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", String(index));
    const row = holder.querySelector("[data-gen-row]");
    row.querySelector("[data-gen-row-legend]").textContent = `${zone.dataset.genNoun} ${index + 1}`;
    list.append(row);
    dress(row);
    total.value = index + 1;
    add.disabled = index + 1 >= most;
    row.querySelector("[data-gen-row-body] :is(input, textarea, select)").focus();
  });
}

document.querySelectorAll("[data-gen-rows]").forEach(equip);
