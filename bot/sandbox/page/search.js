/** Searching in the open chat: the words, how many messages hold them, and the way from one to the next. */

import { button, el, icon, setText } from "./dom.js";
import { plain } from "./words.js";

export class Search {
  /** `find` answers the ids of the messages that hold some words; `show` brings one of them into sight. */
  constructor({ find, show, onClose }) {
    Object.assign(this, { find, show, found: [], here: -1 });
    this.count = el("span", { role: "status" });
    this.field = el("input", {
      type: "search",
      "aria-label": "Sök i chatten",
      placeholder: "Sök i chatten",
      data: { part: "search" },
      oninput: () => this.look(),
      onkeydown: (event) => this.key(event, onClose),
    });
    const round = (label, sign, run) => button({ class: "round", "aria-label": label, onclick: run }, icon(sign));
    this.element = el(
      "div",
      { class: "search", role: "search" },
      this.field,
      this.count,
      round("Tidigare träff", "up", () => this.step(-1)),
      round("Senare träff", "down", () => this.step(1)),
      round("Stäng sökningen", "close", onClose),
    );
  }

  look() {
    const words = plain(this.field.value.trim());
    this.found = words ? this.find(words) : [];
    this.here = this.found.length;
    if (this.found.length) this.step(-1);
    else setText(this.count, words ? "Inget hittat" : "");
  }

  step(by) {
    if (!this.found.length) return;
    this.here = (this.here + by + this.found.length) % this.found.length;
    setText(this.count, `${this.here + 1} av ${this.found.length}`);
    this.show(this.found[this.here]);
  }

  key(event, close) {
    if (event.key === "Enter") this.step(event.shiftKey ? 1 : -1);
    else if (event.key === "Escape") close();
    else return;
    event.stopPropagation();
    event.preventDefault();
  }
}
