/** The care of a group: who is in, who may do what, the bot's place, topics. Follows the town while it is open. */

import { avatar, botAvatar, button, el, keyed, setText } from "./dom.js";
import { askText } from "./dialogs.js";

const ROLES = { creator: "ägare", administrator: "administratör", member: "medlem", restricted: "begränsad" };

let current = null;

/** Opens the dialog; `actorId` is the person in whose name things are done (the owner, unless another is given). */
export function openGroup(town, chatId, actorId = null) {
  const owner = town.chat(chatId).members.find((member) => member.status === "creator");
  current = new GroupDialog(town, chatId, actorId ?? owner?.id ?? town.people[0].id);
}

/** Brings the open dialog, if there is one, up to date. */
export function renderGroup() {
  current?.render();
}

class GroupDialog {
  constructor(town, chatId, actorId) {
    Object.assign(this, { town, chatId, actorId });
    this.title = el("h2", { id: "group-title" });
    this.kind = el("p", { class: "hint" });
    this.actor = el("select", { id: "group-actor", onchange: () => this.choose() });
    this.members = el("ul", { class: "members" });
    this.outside = el("ul", { class: "members" });
    this.outsideTitle = el("h3", {}, "Inte med i gruppen");
    this.actions = el("div", { class: "actions" });
    const close = button({ onclick: () => this.element.close(), data: { part: "close" } }, "Stäng");
    this.element = el(
      "dialog",
      { id: "group-dialog", class: "group", "aria-labelledby": "group-title" },
      this.title,
      this.kind,
      el("p", { class: "actor" }, el("label", { for: "group-actor" }, "Du agerar som"), this.actor),
      el("h3", {}, "Med i gruppen"),
      this.members,
      this.outsideTitle,
      this.outside,
      el("h3", {}, "Gruppen"),
      this.actions,
      el("div", { class: "buttons" }, close),
    );
    this.element.addEventListener("close", () => {
      this.element.remove();
      current = null;
    });
    document.body.append(this.element);
    this.render();
    this.element.showModal();
  }

  get chat() {
    return this.town.chat(this.chatId);
  }

  choose() {
    this.actorId = Number(this.actor.value);
    this.render();
  }

  act(action, details = {}) {
    return this.town.act(this.actorId, action, { chat: this.chat.id, ...details });
  }

  render() {
    const { chat, town } = this;
    if (!chat) {
      this.element.close();
      return;
    }
    const held = document.activeElement?.closest("li[data-who]")?.dataset.who;
    const isIn = (person) => town.isIn(chat, person.id);
    setText(this.title, chat.title);
    setText(this.kind, chat.type === "group" ? "Vanlig grupp" : chat.forum ? "Supergrupp med ämnen" : "Supergrupp");
    keyed(
      this.actor,
      town.people.filter(isIn),
      (one) => one.id,
      (one) => el("option", { value: one.id }),
      (node, one) => setText(node, one.name),
    );
    this.actor.value = this.actorId;
    const create = (who) => this.row(who);
    const update = (row, who) => this.updateRow(row, who);
    const bot = { id: town.bot.id, name: town.bot.name, bot: true };
    const inside = [...town.people.filter(isIn), ...(town.botIsIn(chat) ? [bot] : [])];
    const outside = [...town.people.filter((person) => !isIn(person)), ...(town.botIsIn(chat) ? [] : [bot])];
    keyed(this.members, inside, (who) => who.id, create, update);
    keyed(this.outside, outside, (who) => who.id, create, update);
    this.outsideTitle.hidden = outside.length === 0;
    keyed(
      this.actions,
      this.groupActions(chat),
      (one) => one.label,
      (one) => button({ data: { act: one.act }, onclick: one.run }, one.label),
    );
    if (held) this.keepFocus(held);
  }

  /** What was pressed may be gone: the keyboard stays with the same person, or else at the way out. */
  keepFocus(who) {
    if (this.element.contains(document.activeElement)) return;
    (this.element.querySelector(`[data-who="${who}"] button`) ?? this.element.querySelector(".buttons button")).focus();
  }

  row(who) {
    return el(
      "li",
      { data: { who: who.id } },
      who.bot ? botAvatar() : avatar(who.id, who.name),
      el("strong"),
      el("span", { class: "role" }),
      el("span", { class: "deeds" }),
    );
  }

  updateRow(row, who) {
    const [, name, role, deeds] = row.children;
    const status = who.bot ? this.chat.bot_status : this.town.status(this.chat, who.id);
    setText(name, who.name);
    setText(role, (who.bot ? "bot, " : "") + (ROLES[status] ?? "inte med"));
    keyed(
      deeds,
      this.deeds(who, status),
      (one) => one.act,
      (one) => button({ data: { act: one.act }, onclick: one.run }, one.label),
    );
    for (const one of deeds.children) one.setAttribute("aria-label", `${one.textContent}: ${who.name}`);
  }

  /** What can be done with one person (or the bot) now. */
  deeds(who, status) {
    const deed = (act, label, run) => ({ act, label, run });
    const on = (action) => () => this.act(action, { who: who.id });
    if (!(status in ROLES)) {
      return [deed("add", "Lägg till", on("add"))];
    }
    if (status === "creator") return [];
    const rank =
      status === "administrator"
        ? deed("demote", "Gör till medlem", on("demote"))
        : deed("promote", "Gör till administratör", on("promote"));
    return [rank, deed("remove", "Ta bort", on("remove"))];
  }

  groupActions(chat) {
    const actions = [{ act: "rename_group", label: "Byt namn", run: () => this.rename() }];
    if (chat.type === "group")
      actions.push({ act: "make_supergroup", label: "Gör till supergrupp", run: () => this.act("make_supergroup") });
    if (!chat.forum) actions.push({ act: "make_forum", label: "Dela in i ämnen", run: () => this.act("make_forum") });
    else actions.push({ act: "create_topic", label: "Nytt ämne", run: () => this.addTopic() });
    return actions;
  }

  async rename() {
    const title = await askText({ title: "Byt gruppens namn", label: "Namn", value: this.chat.title, ok: "Spara" });
    if (title) await this.act("rename_group", { title });
  }

  async addTopic() {
    const name = await askText({ title: "Nytt ämne", label: "Namn", ok: "Skapa" });
    if (name) await this.act("create_topic", { name });
  }
}
