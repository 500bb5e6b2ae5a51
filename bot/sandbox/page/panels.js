/** The town's own controls beside the phones: groups, clock, the others, faults, and the log of calls. */

import * as api from "./api.js";
import { button, el, icon, keyed, setText } from "./dom.js";
import { askGroup } from "./dialogs.js";
import { openGroup } from "./group.js";
import { longDate, secondOf } from "./words.js";

const part = (id) => document.getElementById(id);

/** The faults a visitor can switch on: what it does, in the words of the page, and in those of the server. */
const FAULTS = [
  { key: "drop", label: "Tappa vart femte anrop", on: 0.2 },
  { key: "error", label: "Serverfel på vart femte anrop", on: 0.2 },
  { key: "delay", label: "Segt nät, två sekunder per anrop", on: 2 },
  { key: "duplicate", label: "Leverera allt två gånger", on: 1 },
];

export class Panels {
  /** `visible` answers whose phones show. */
  constructor(town, visible) {
    Object.assign(this, { town, visible });
    for (const step of document.querySelectorAll("#clock button")) {
      step.addEventListener("click", () => this.busy(step, api.wind(readStep(step))));
    }
    const others = part("others");
    others.addEventListener("click", () => this.busy(others, api.playOthers(this.spared()), "De andra svarar …"));
    part("add-group").addEventListener("click", () => this.addGroup());
    part("calls").addEventListener("toggle", () => this.renderCalls());
  }

  render() {
    const { world, now } = this.town;
    setText(part("now"), longDate(now));
    part("now").setAttribute("datetime", now.toISOString());
    this.renderGroups();
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

  /** Whom the visitor plays; before anything has been done, the one whose phone stands first. */
  spared() {
    return this.town.played.size ? [...this.town.played] : this.visible().slice(0, 1);
  }

  /** Keeps a button from being pressed again until the town has answered; `meanwhile` is what it says until then. */
  async busy(pressed, request, meanwhile = pressed.textContent) {
    const label = pressed.textContent;
    pressed.disabled = true;
    setText(pressed, meanwhile);
    await this.town.ask(request);
    setText(pressed, label);
    pressed.disabled = false;
    if (document.activeElement === document.body) pressed.focus();
  }

  renderGroups() {
    const create = (chat) =>
      el(
        "li",
        {},
        button(
          { data: { group: chat.id }, onclick: () => openGroup(this.town, chat.id) },
          icon("people"),
          el("span", { class: "name" }),
        ),
      );
    keyed(
      part("groups"),
      this.town.groups,
      (chat) => chat.id,
      create,
      (item, chat) => setText(item.querySelector(".name"), chat.title),
    );
  }

  async addGroup() {
    const answer = await askGroup({ title: "Ny grupp", people: this.town.people, ok: "Skapa gruppen" });
    if (!answer?.members.length) return;
    const [owner, ...members] = answer.members;
    await this.town.ask(api.addGroup(answer.title, owner, members));
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
