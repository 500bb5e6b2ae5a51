/** Who lives in the town: the list beside the phones, the row of names on a narrow screen, and which phones show. */

import * as api from "./api.js";
import { avatar, button, el, icon, keyed, setText } from "./dom.js";
import { askText } from "./dialogs.js";
import { openMenu } from "./menu.js";
import { openWindow } from "./windows.js";

const PHONE_WIDTH = 340; // pixels that a phone needs to be pleasant
const WIDE_PHONE = 460; // pixels of one whose lines are as long as on a desktop
const MOST_PHONES = 3;
const WIDE = "provstaden.wide";

export class People {
  /** `onChange` is called when other phones are to be shown. */
  constructor(town, onChange) {
    Object.assign(this, { town, onChange });
    this.shown = []; // people whose phones show, left to right
    this.recent = []; // the same people, the longest shown first
    this.list = document.getElementById("people");
    this.switcher = document.getElementById("switcher");
    this.wide = localStorage.getItem(WIDE) !== null;
    this.width = document.getElementById("width");
    this.width.addEventListener("click", () => this.widen(!this.wide));
    document.getElementById("add-person").addEventListener("click", () => this.add());
    addEventListener("resize", () => this.onChange());
  }

  get room() {
    const width = document.getElementById("phone-row").clientWidth;
    return Math.max(1, Math.min(MOST_PHONES, Math.floor(width / (this.wide ? WIDE_PHONE : PHONE_WIDTH))));
  }

  widen(wide) {
    this.wide = wide;
    if (wide) localStorage.setItem(WIDE, "yes");
    else localStorage.removeItem(WIDE);
    this.onChange();
  }

  /** Whom the visitor plays stays: the one longest unused makes room. */
  used(id) {
    if (this.recent.includes(id)) this.recent = [...this.recent.filter((one) => one !== id), id];
  }

  /** Nobody shows, and the lists are drawn anew. */
  forget() {
    this.shown = this.recent = [];
    for (const list of [this.list, this.switcher]) keyed(list, [], (person) => person.id);
  }

  /** These phones, in this order, and no others. */
  showOnly(ids) {
    this.shown = [...ids];
    this.recent = [...ids].reverse();
    this.onChange();
  }

  /** The people whose phones fit, in the order in which they stand. */
  get visible() {
    const kept = new Set(this.recent.slice(-this.room));
    return this.shown.filter((id) => kept.has(id) && this.town.person(id));
  }

  show(id) {
    const visible = this.visible;
    if (!visible.includes(id)) {
      const leaving = visible.length >= this.room ? this.recent.find((one) => visible.includes(one)) : null;
      this.shown = this.shown.filter((one) => one !== id);
      if (leaving) this.shown[this.shown.indexOf(leaving)] = id;
      else this.shown.push(id);
      this.recent = this.recent.filter((one) => one !== leaving);
    }
    this.recent = [...this.recent.filter((one) => one !== id), id];
    this.onChange();
  }

  hide(id) {
    this.shown = this.shown.filter((one) => one !== id);
    this.recent = this.recent.filter((one) => one !== id);
    this.onChange();
  }

  toggle(id) {
    if (this.visible.includes(id)) this.hide(id);
    else this.show(id);
  }

  render() {
    const visible = this.visible;
    document.body.classList.toggle("wide-phones", this.wide);
    setText(this.width, this.wide ? "Tre smala telefoner" : "Två breda telefoner");
    keyed(
      this.list,
      this.town.people,
      (person) => person.id,
      (person) => this.row(person),
      (row, person) => {
        const [choose] = row.children;
        setText(choose.querySelector(".name"), person.name);
        setText(choose.querySelector(".about"), this.about(person));
        this.mark(choose, person, visible, "aria-pressed");
        row.lastElementChild.setAttribute("aria-label", `Meny för ${person.name}`);
      },
    );
    keyed(
      this.switcher,
      this.town.people,
      (person) => person.id,
      (person) => this.chip(person),
      (chip, person) => {
        setText(chip.querySelector(".name"), person.name.split(" ")[0]);
        this.mark(chip, person, visible, "aria-pressed");
      },
    );
  }

  about(person) {
    if (person.blocked_bot) return "har blockerat boten";
    const work = this.town.workOf(person.name);
    return this.town.played.has(person.id) ? [work, "spelas av dig"].filter(Boolean).join(" – ") : work;
  }

  mark(node, person, visible, attribute) {
    node.setAttribute(attribute, String(visible.includes(person.id)));
    const unread = this.town.unreadOf(person.id);
    const badge = node.querySelector(".badge");
    setText(badge, unread ? String(unread) : "");
    if (unread) badge.setAttribute("aria-label", `${unread} olästa`);
    else badge.removeAttribute("aria-label");
  }

  row(person) {
    const choose = button(
      { class: "person", data: { person: person.id }, onclick: () => this.toggle(person.id) },
      avatar(person.id, person.name),
      el("span", { class: "name" }),
      el("span", { class: "about" }),
      el("span", { class: "badge" }),
    );
    const more = button(
      {
        class: "round",
        "aria-haspopup": "menu",
        data: { part: "person-menu" },
        onclick: () => this.openMenu(person.id, more),
      },
      icon("more"),
    );
    return el("li", {}, choose, more);
  }

  chip(person) {
    return button(
      { data: { person: person.id }, onclick: () => this.show(person.id) },
      avatar(person.id, person.name),
      el("span", { class: "name" }),
      el("span", { class: "badge" }),
    );
  }

  openMenu(id, at) {
    const person = this.town.person(id);
    openMenu(at, person.name, [
      { label: "Öppna i en webbläsare", run: () => openWindow(this.town, id) },
      { label: "Byt namn", run: () => this.rename(person) },
      this.town.played.has(id) && { label: "Låt personen svara själv", run: () => this.release(id) },
      person.blocked_bot
        ? { label: "Häv blockeringen av boten", run: () => this.town.act(id, "unblock_bot") }
        : { label: "Blockera boten", run: () => this.town.act(id, "block_bot"), danger: true },
    ]);
  }

  release(id) {
    this.town.play(id, false);
    this.render();
  }

  async add() {
    const name = await askText({ title: "Ny person", label: "Namn", ok: "Lägg till" });
    if (!name) return;
    const answer = await this.town.ask(api.addPerson(name));
    if (answer) this.show(answer.result.id);
  }

  async rename(person) {
    const name = await askText({ title: "Byt namn", label: "Namn", value: person.name, ok: "Spara" });
    if (name) await this.town.ask(api.renamePerson(person.id, name));
  }
}
