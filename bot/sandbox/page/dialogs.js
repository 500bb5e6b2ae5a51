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

/** Asks for a title and some of `people`. Answers {title, members} or null. */
export function askGroup({ title, people, ok }) {
  const input = el("input", {
    id: `field-${++serial}`,
    name: "title",
    required: true,
    maxlength: 128,
    autocomplete: "off",
  });
  const boxes = people.map((person) => el("input", { type: "checkbox", value: person.id, checked: true }));
  const list = el("fieldset", {}, el("legend", {}, "Vilka är med? Den översta äger gruppen."));
  people.forEach((person, index) => list.append(el("label", { class: "check" }, boxes[index], person.name)));
  const read = () => ({
    title: input.value.trim(),
    members: boxes.filter((box) => box.checked).map((box) => Number(box.value)),
  });
  return show(title, [el("label", { for: input.id }, "Gruppens namn"), input, list], ok, read);
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
