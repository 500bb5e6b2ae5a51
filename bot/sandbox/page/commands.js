/** The list of the bot's commands above the writing field, filtered as one types. */

import { el } from "./dom.js";

let serial = 0;

export class CommandList {
  /** `onChoose(command)` gets the chosen {command, description}. */
  constructor(onChoose) {
    this.onChoose = onChoose;
    this.id = `commands-${++serial}`;
    this.element = el("ul", {
      id: this.id,
      class: "commands",
      role: "listbox",
      "aria-label": "Botens kommandon",
      hidden: true,
      data: { part: "commands" },
    });
    this.shown = [];
    this.at = 0;
  }

  get open() {
    return !this.element.hidden;
  }

  /** Shows those of `commands` whose name begins with `prefix`; hides the list when there are none. */
  show(commands, prefix) {
    this.shown = commands.filter((one) => one.command.startsWith(prefix));
    this.at = 0;
    this.element.replaceChildren(...this.shown.map((one, index) => this.option(one, index)));
    this.element.hidden = this.shown.length === 0;
    this.mark();
  }

  hide() {
    this.element.hidden = true;
  }

  option(one, index) {
    const choose = (event) => {
      event.preventDefault(); // the writing field keeps the focus
      this.onChoose(one);
    };
    return el(
      "li",
      { id: `${this.id}-${index}`, role: "option", data: { command: one.command }, onmousedown: choose },
      el("strong", {}, `/${one.command}`),
      el("span", {}, one.description),
    );
  }

  mark() {
    [...this.element.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    this.element.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  get activeId() {
    return this.open ? `${this.id}-${this.at}` : "";
  }

  /** Takes a key pressed in the writing field; answers whether the list used it. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.at = (this.at + step + this.shown.length) % this.shown.length;
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Enter" || event.key === "Tab") this.onChoose(this.shown[this.at]);
    else return false;
    this.mark();
    return true;
  }
}
