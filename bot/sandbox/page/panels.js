/** The town's own controls beside the phones: groups, clock, the others, faults, and the log of calls. */

import * as api from "./api.js";
import { button, el, icon, keyed, setText } from "./dom.js";
import { askGroup } from "./dialogs.js";
import { openGroup } from "./group.js";
import { Happened } from "./happened.js";
import { openWindow } from "./windows.js";
import { countOf, longDate, secondOf } from "./words.js";

const part = (id) => document.getElementById(id);

/** The faults a visitor can switch on: what it does, in the words of the page, and in those of the server. */
const FAULTS = [
  { key: "drop", label: "Tappa vart femte anrop", on: 0.2 },
  { key: "error", label: "Serverfel på vart femte anrop", on: 0.2 },
  { key: "delay", label: "Segt nät, två sekunder per anrop", on: 2 },
  { key: "duplicate", label: "Leverera allt två gånger", on: 1 },
];

export class Panels {
  /** `visible` answers whose phones show, `open(person, chat, message)` opens a chat, `say(text, way, stays)` tells something in passing, with a `way` ({label, run}) to it. */
  constructor(town, { visible, open, say }) {
    Object.assign(this, { town, visible, open, say, winding: false });
    this.happened = new Happened(town, open);
    for (const step of document.querySelectorAll("#clock .steps button")) {
      step.addEventListener("click", () => this.wind(step));
    }
    const others = part("others");
    others.addEventListener("click", () => this.letOthers(others));
    part("mail").addEventListener("click", () => openWindow(this.town, 0));
    part("add-group").addEventListener("click", () => this.addGroup());
    part("calls").addEventListener("toggle", () => this.renderCalls());
  }

  render() {
    const { world, now } = this.town;
    setText(part("now"), longDate(now));
    part("now").setAttribute("datetime", now.toISOString());
    this.renderGroups();
    this.happened.render();
    keyed(
      part("fault-list"),
      FAULTS,
      (fault) => fault.key,
      (fault) => this.faultSwitch(fault),
      (item, fault) => {
        item.querySelector("input").checked = Boolean(world.faults[fault.key]);
      },
    );
    setText(part("call-count"), world.calls.length ? String(world.calls.at(-1).n) : "");
    this.renderCalls();
  }

  /** While the clock goes it shows where it is; then stands what happened on the way. */
  async wind(step) {
    this.happened.begin();
    this.winding = true;
    await this.busy(step, api.wind(readStep(step)), "Tiden går …");
    this.winding = false;
    this.happened.end();
  }

  /** What comes of it in a group, or to whom one plays, is listed; a button leads to the group. */
  async letOthers(others) {
    const spared = this.spared();
    this.happened.begin((chat) => chat.type !== "private" || spared.includes(chat.person));
    const meanwhile = "De andra svarar …";
    const over = this.say(meanwhile, null, true); // the button is out of sight on a narrow screen
    const answer = await this.busy(others, api.playOthers(spared), meanwhile);
    over();
    const people = answer?.result?.people;
    if (!people) return;
    const group = this.town.groups.find((chat) => this.town.isIn(chat, spared[0]));
    const way = group && { label: "Se gruppen", run: () => this.open(spared[0], group.id, "newest") };
    this.say(`${countOf(people, "person", "personer")} har svarat.`, way);
  }

  /** Whom the visitor plays; before anything has been done, the one whose phone stands first. */
  spared() {
    return this.town.played.size ? [...this.town.played] : this.visible().slice(0, 1);
  }

  /** Keeps a button from being pressed again until the town has answered; `meanwhile` is what it says until then. */
  async busy(pressed, request, meanwhile = pressed.textContent) {
    const label = pressed.textContent;
    pressed.disabled = true;
    setText(pressed, meanwhile);
    const answer = await this.town.ask(request);
    setText(pressed, label);
    pressed.disabled = false;
    if (document.activeElement === document.body) pressed.focus();
    return answer;
  }

  renderGroups() {
    const create = (chat) =>
      el(
        "li",
        {},
        button(
          { class: "group", data: { group: chat.id }, onclick: () => this.open(this.viewer(chat.id), chat.id) },
          icon("people"),
          el("span", { class: "name" }),
        ),
        button(
          { class: "round", data: { care: chat.id }, onclick: () => openGroup(this.town, chat.id) },
          icon("more"),
        ),
      );
    keyed(
      part("groups"),
      this.town.groups,
      (chat) => chat.id,
      create,
      (item, chat) => {
        setText(item.querySelector(".name"), chat.title);
        item.lastElementChild.setAttribute("aria-label", `Hantera ${chat.title}`);
      },
    );
  }

  /** On whose phone a group is opened: one that shows, else its owner's. */
  viewer(chatId) {
    const chat = this.town.chat(chatId);
    const owner = chat.members.find((member) => member.status === "creator")?.id;
    return this.visible().find((id) => this.town.isIn(chat, id)) ?? owner ?? this.town.people[0].id;
  }

  async addGroup() {
    const { people, groups } = this.town;
    const free = people.filter((person) => !groups.some((chat) => this.town.isIn(chat, person.id)));
    const likely = free.map((person) => person.id);
    const answer = await askGroup({ title: "Ny grupp", people, likely, ok: "Skapa gruppen" });
    if (!answer) return;
    const [owner, ...members] = answer.members;
    const made = await this.town.ask(api.addGroup(answer.title, owner, members));
    if (!made) return;
    await this.town.onDepth(); // the group is there
    this.open(owner, made.result.id);
  }

  faultSwitch(fault) {
    const change = (event) => this.town.ask(api.setFaults({ [fault.key]: event.target.checked ? fault.on : 0 }));
    const box = el("input", { type: "checkbox", role: "switch", data: { fault: fault.key }, onchange: change });
    return el("li", {}, el("label", { class: "check" }, box, fault.label));
  }

  renderCalls() {
    if (!part("calls").open) return;
    const calls = this.town.world.calls.toReversed();
    keyed(
      part("call-list"),
      calls,
      (call) => call.n,
      (call) => callRow(call, this.town),
    );
  }
}

function readStep(step) {
  return step.dataset.to ? { to: step.dataset.to } : { seconds: Number(step.dataset.seconds) };
}

function callRow(call, town) {
  const chat = call.chat ? town.chat(call.chat) : null;
  const where = chat && (chat.type === "private" ? town.nameOf(chat.id) : chat.title);
  return el(
    "li",
    { class: call.ok ? null : "failed" },
    el("code", {}, call.method),
    el("time", {}, secondOf(new Date(call.time))),
    where && el("span", { class: "where" }, where),
    !call.ok && el("span", { class: "error" }, call.error),
  );
}
