// The lines of a table of a dossier (templates/applications/_table.html): added, removed, moved, filled from a spreadsheet.
// By keyboard: Enter goes to the same cell of the next line (and adds it), Alt + up or down arrow moves the line.
// What is pasted in the drawer is read by the server; without this script, everything else is too.

const CELLS = "input, textarea, select";
const fold = (text) => text.trim().toLocaleLowerCase("fr").normalize("NFD").replace(/\p{M}/gu, "");
const cellsOf = (line) => [...line.querySelectorAll(CELLS)];
const isBlank = (line) => cellsOf(line).every((cell) => (cell.type === "checkbox" ? !cell.checked : !cell.value.trim()));

function makeButton(text, icon) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `fr-btn fr-btn--sm fr-btn--tertiary-no-outline ${icon}`;
  button.textContent = text;
  button.title = text;
  return button;
}

function fill(cell, text) {
  if (cell.type === "checkbox") {
    cell.checked = ["oui", "x", "1", "vrai"].includes(fold(text));
  } else if (cell.tagName === "SELECT") {
    const option = [...cell.options].find((choice) => choice.value && fold(choice.textContent) === fold(text));
    cell.value = option ? option.value : "";
  } else if (cell.type === "date") {
    const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text.trim()) ?? [];
    cell.value = year ? `${year}-${month}-${day}` : text.trim();
  } else {
    cell.value = text.trim();
  }
}

class Lines {
  constructor(zone) {
    this.zone = zone;
    this.list = zone.querySelector("[data-gen-lines-list]");
    this.model = zone.querySelector("[data-gen-lines-model]");
    this.status = zone.querySelector("[data-gen-lines-status]");
    this.most = Number(zone.dataset.genMost);
    this.lines.filter((line) => line.matches("[data-gen-line-free]")).forEach((line) => line.remove());
    this.lines.forEach((line) => this.equip(line));
    if (!this.lines.length) {
      this.add();
    }
    zone.querySelector("[data-gen-lines-plain]").hidden = true;
    this.renumber();
    this.listen();
  }

  get lines() {
    return [...this.list.children];
  }

  listen() {
    const add = this.zone.querySelector("[data-gen-lines-add]");
    add.type = "button";
    add.firstChild.textContent = "Ajouter une ligne";
    add.addEventListener("click", () => this.add() && cellsOf(this.lines.at(-1))[0].focus());
    // The drawer is sent with the form only when one saves: saved by itself, its lines would be added each time.
    const pasted = this.zone.querySelector("[data-gen-lines-pasted]");
    const { name } = pasted;
    pasted.removeAttribute("name");
    pasted.form.addEventListener("submit", () => {
      pasted.name = name;
    });
    this.list.addEventListener("keydown", (event) => this.answerKey(event));
    this.list.addEventListener("paste", (event) => this.takePaste(event));
  }

  // A name and an id hold the number of their line; labels and descriptions point at the id.
  renumber() {
    const name = this.zone.dataset.genLines;
    const pattern = new RegExp(`${name}-(\\d+|__row__)-`);
    this.lines.forEach((line, index) => {
      line.setAttribute("aria-label", `${this.zone.dataset.genNoun} ${index + 1}`);
      line.querySelector("[data-gen-line-number]").textContent = index + 1;
      line.querySelectorAll("[id], [name], [for], [aria-describedby]").forEach((part) => {
        ["id", "name", "for", "aria-describedby"].filter((key) => part.hasAttribute(key)).forEach((key) => {
          part.setAttribute(key, part.getAttribute(key).replace(pattern, `${name}-${index}-`));
        });
      });
      line.querySelector("[data-gen-line-up]").disabled = index === 0;
      line.querySelector("[data-gen-line-down]").disabled = index === this.lines.length - 1;
    });
    this.zone.querySelector("[data-gen-lines-add]").disabled = this.lines.length >= this.most;
  }

  equip(line) {
    const tools = document.createElement("div");
    tools.className = "gen-line__tools";
    const up = makeButton("Monter la ligne", "fr-icon-arrow-up-line");
    const down = makeButton("Descendre la ligne", "fr-icon-arrow-down-line");
    const remove = makeButton("Retirer la ligne", "fr-icon-delete-line");
    up.dataset.genLineUp = down.dataset.genLineDown = "";
    up.addEventListener("click", () => this.move(line, -1, up));
    down.addEventListener("click", () => this.move(line, 1, down));
    remove.addEventListener("click", () => this.remove(line));
    tools.append(up, down, remove);
    line.append(tools);
  }

  add() {
    if (this.lines.length >= this.most) {
      return false;
    }
    const line = this.model.content.querySelector("[data-gen-line]").cloneNode(true);
    this.equip(line);
    this.list.append(line);
    this.renumber();
    return true;
  }

  remove(line) {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    if (!this.lines.length) {
      this.add();
    }
    this.changed("Ligne retirée.");
    cellsOf(next?.isConnected ? next : this.lines[0])[0].focus();
  }

  move(line, step, origin) {
    const other = step < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (!other) {
      return;
    }
    if (step < 0) {
      other.before(line);
    } else {
      other.after(line);
    }
    this.changed(`Ligne déplacée à la place ${this.lines.indexOf(line) + 1}.`);
    const kept = origin.disabled ? cellsOf(line)[0] : origin;
    kept.focus();
  }

  changed(text) {
    this.renumber();
    this.status.textContent = text;
    this.list.dispatchEvent(new Event("input", { bubbles: true }));
  }

  answerKey(event) {
    const line = event.target.closest("[data-gen-line]");
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key) && event.target.tagName !== "SELECT") {
      event.preventDefault();
      this.move(line, event.key === "ArrowUp" ? -1 : 1, event.target);
    } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
      event.preventDefault();
      const position = cellsOf(line).indexOf(event.target);
      if (line.nextElementSibling || (!isBlank(line) && this.add())) {
        cellsOf(line.nextElementSibling)[position].focus();
      }
    }
  }

  // Several cells copied from a spreadsheet fill the lines from this one on, and its column on.
  takePaste(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    if (!text.includes("\t") && (event.target.tagName === "TEXTAREA" || !text.includes("\n"))) {
      return;
    }
    event.preventDefault();
    const rows = text.split("\n").filter((row) => row.trim()).map((row) => row.split("\t"));
    const first = event.target.closest("[data-gen-line]");
    const column = cellsOf(first).indexOf(event.target);
    let line = first;
    let taken = 0;
    for (const row of rows) {
      const target = taken === 0 ? line : (line.nextElementSibling ?? (this.add() ? this.lines.at(-1) : null));
      if (!target) {
        break;
      }
      line = target;
      row.forEach((value, index) => cellsOf(line)[column + index] && fill(cellsOf(line)[column + index], value));
      taken += 1;
    }
    const left = rows.length - taken;
    this.changed(left ? `${taken} lignes collées ; ${left} n'ont pas trouvé de place.` : `${taken} lignes collées.`);
  }
}

document.querySelectorAll("[data-gen-lines]").forEach((zone) => new Lines(zone));
