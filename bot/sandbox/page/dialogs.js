/** Questions to the visitor, asked in the browser's own modal dialog (focus stays inside, Escape closes). */

import { button, el } from "./dom.js";

let serial = 0;

/** Asks for one line of text. Answers the trimmed text, or null if the visitor closed the dialog. */
export function askText({ title, label, value = "", ok }) {
  const input = el("input", {
    id: `field-${++serial}`,
    name: "value",
    value,
    required: true,
    maxlength: 128,
    autocomplete: "off",
  });
  return show(title, [el("label", { for: input.id }, label), input], ok, () => input.value.trim());
}

/**
 * Asks for a title, an owner and some more of `people`, of whom those in `likely` are ticked. Answers
 * {title, members}, the owner first, or null.
 */
export function askGroup({ title, people, likely, ok }) {
  const input = el("input", {
    id: `field-${++serial}`,
    name: "title",
    required: true,
    maxlength: 128,
    autocomplete: "off",
  });
  const owner = el("select", { id: `field-${++serial}`, name: "owner" });
  for (const person of people) owner.append(el("option", { value: person.id }, person.name));
  const owns = () => Number(owner.value);
  const rows = people.map((person) => {
    const box = el("input", { type: "checkbox", value: person.id, checked: likely.includes(person.id) });
    return { box, row: el("label", { class: "check" }, box, person.name) };
  });
  const hideOwner = () => {
    for (const { box, row } of rows) row.hidden = Number(box.value) === owns();
  };
  owner.value = likely[0] ?? people[0].id;
  owner.addEventListener("change", hideOwner);
  hideOwner();
  const list = el("fieldset", {}, el("legend", {}, "Vilka fler är med?"), ...rows.map(({ row }) => row));
  const read = () => {
    const more = rows.filter(({ box, row }) => box.checked && !row.hidden).map(({ box }) => Number(box.value));
    return { title: input.value.trim(), members: [owns(), ...more] };
  };
  const name = el("label", { for: input.id }, "Gruppens namn");
  return show(title, [name, input, el("label", { for: owner.id }, "Vem skapar gruppen?"), owner, list], ok, read);
}

/** Lets the visitor choose one of `options` ({label, value}). Answers its value or null. */
export function choose({ title, options }) {
  return new Promise((resolve) => {
    const dialog = frame(title, resolve);
    const list = el("div", { class: "options" });
    for (const option of options) {
      list.append(button({ onclick: () => finish(dialog, option.value) }, option.label));
    }
    dialog.append(list, el("div", { class: "buttons" }, button({ onclick: () => dialog.close() }, "Avbryt")));
    dialog.showModal();
  });
}

function show(title, content, ok, read) {
  return new Promise((resolve) => {
    const dialog = frame(title, resolve);
    const submit = (event) => {
      event.preventDefault();
      finish(dialog, read());
    };
    const cancel = button({ onclick: () => dialog.close() }, "Avbryt");
    const confirm = el("button", { type: "submit", class: "primary" }, ok);
    dialog.append(el("form", { onsubmit: submit }, ...content, el("div", { class: "buttons" }, cancel, confirm)));
    dialog.showModal();
  });
}

function frame(title, resolve) {
  const id = `dialog-${++serial}`;
  const dialog = el("dialog", { "aria-labelledby": id }, el("h2", { id }, title));
  dialog.answer = null;
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.answer);
  });
  document.body.append(dialog);
  return dialog;
}

function finish(dialog, answer) {
  dialog.answer = answer;
  dialog.close();
}
