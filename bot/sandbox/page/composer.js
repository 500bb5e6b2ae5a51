/** Where a person writes: draft, reply, edit, commands, attachments. Enter sends, Shift+Enter breaks the line. */

import { button, el, icon, setText } from "./dom.js";
import { CommandList } from "./commands.js";
import { openMenu } from "./menu.js";
import { summary } from "./bubble.js";

const SAMPLES = [
  ["Bild", "send_photo"],
  ["Film", "send_video"],
  ["Röstmeddelande", "send_voice"],
  ["Dokument", "send_document"],
  ["Klistermärke", "send_sticker"],
  ["Omröstning", "send_poll"],
  ["Kontakt", "send_contact"],
  ["Plats", "send_location"],
  ["Album", "send_album"],
];

let serial = 0;

export class Composer {
  /** `draft` is kept by the phone between visits: {text, reply, edit, askedBy}, the last three are messages or ids. */
  constructor(town, personId, chatId, thread, draft) {
    Object.assign(this, { town, personId, chatId, thread, draft });
    this.commands = new CommandList((one) => this.sendCommand(one.command));
    this.context = el("div", { class: "context", hidden: true, data: { part: "context" } });
    this.contextTitle = el("strong");
    this.contextText = el("span");
    const drop = button(
      { class: "round", "aria-label": "Avbryt svaret eller ändringen", onclick: () => this.clear() },
      icon("close"),
    );
    this.context.append(el("p", {}, this.contextTitle, this.contextText), drop);
    this.field = el("textarea", {
      id: `write-${++serial}`,
      rows: 1,
      "aria-autocomplete": "list",
      "aria-controls": this.commands.id,
      autocomplete: "off",
      data: { part: "composer" },
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
      onblur: () => this.commands.hide(),
    });
    this.field.value = draft.text;
    const label = el("label", { class: "visually-hidden", for: this.field.id }, `Skriv som ${town.nameOf(personId)}`);
    const slash = button(
      {
        class: "round",
        "aria-label": "Kommandon",
        data: { part: "command-menu" },
        onclick: () => this.toggleCommands(),
      },
      icon("slash"),
    );
    const attach = button(
      {
        class: "round",
        "aria-label": "Bifoga",
        "aria-haspopup": "menu",
        data: { part: "attach" },
        onclick: () => this.attach(attach),
      },
      icon("attach"),
    );
    this.send = el(
      "button",
      { type: "submit", class: "round send", "aria-label": "Skicka", data: { part: "send" } },
      icon("send"),
    );
    const submit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.element = el(
      "form",
      { class: "composer", onsubmit: submit },
      this.commands.element,
      this.context,
      el("div", { class: "line" }, attach, slash, label, this.field, this.send),
    );
    this.render();
  }

  get chat() {
    return this.town.chat(this.chatId);
  }

  focus() {
    this.field.focus({ preventScroll: true });
  }

  /** Answers to `message`; `placeholder` is what the bot suggests when it asked for the answer. */
  reply(message, placeholder = "") {
    Object.assign(this.draft, { reply: message, edit: null, placeholder });
    this.render();
  }

  edit(message) {
    Object.assign(this.draft, { reply: null, edit: message, text: message.text });
    this.field.value = message.text;
    this.render();
  }

  clear() {
    if (this.draft.edit) this.setText("");
    this.drop();
    this.focus();
  }

  /** What is written next answers nothing. */
  drop() {
    Object.assign(this.draft, { reply: null, edit: null, placeholder: "" });
    this.render();
  }

  setText(text) {
    this.field.value = text;
    this.draft.text = text;
    this.fit();
  }

  render() {
    const { reply, edit } = this.draft;
    this.context.hidden = !reply && !edit;
    if (edit) setText(this.contextTitle, "Ändra meddelandet");
    else if (reply) setText(this.contextTitle, `Svar till ${reply.from.name}`);
    if (edit || reply) setText(this.contextText, summary(edit ?? reply));
    this.field.placeholder = this.draft.placeholder || "Meddelande";
    this.fit();
  }

  fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 140)}px`;
  }

  typed() {
    this.draft.text = this.field.value;
    this.fit();
    const match = /^\/(\w*)$/.exec(this.field.value);
    if (match) this.commands.show(this.town.commands(this.personId, this.chat), match[1].toLowerCase());
    else this.commands.hide();
    this.announceCommands();
  }

  toggleCommands() {
    if (this.commands.open) this.commands.hide();
    else this.commands.show(this.town.commands(this.personId, this.chat), "");
    this.announceCommands();
    this.focus();
  }

  announceCommands() {
    this.field.setAttribute("aria-activedescendant", this.commands.activeId);
  }

  key(event) {
    if (event.isComposing) return;
    if (this.commands.key(event)) {
      event.preventDefault();
      event.stopPropagation();
      this.announceCommands();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && !this.context.hidden) {
      event.stopPropagation();
      this.clear();
    }
  }

  async submit() {
    const { text, reply, edit } = this.draft;
    if (!text.trim()) return;
    this.setText("");
    Object.assign(this.draft, { reply: null, edit: null, placeholder: "" });
    this.render();
    const done = edit
      ? await this.act("edit_text", { message_id: edit.id, text: text.trim() })
      : await this.sendText(text.trim(), reply);
    if (!done && !this.field.value) {
      Object.assign(this.draft, { reply, edit });
      this.setText(text);
      this.render();
    }
  }

  sendText(text, reply) {
    return this.act("send_text", { text, thread: this.thread ?? undefined, reply_to: reply?.id });
  }

  /** In a group a command is addressed to the bot, as the apps do when one chooses from the list. */
  sendCommand(command) {
    this.commands.hide();
    this.setText("");
    this.announceCommands();
    this.sendText(this.chat.type === "private" ? `/${command}` : `/${command}@${this.town.bot.username}`);
  }

  act(action, details = {}) {
    return this.town.act(this.personId, action, { chat: this.chat.id, ...details });
  }

  attach(at) {
    const { chat } = this;
    const items = SAMPLES.map(([label, action]) => ({
      label,
      run: () => this.act(action, { thread: this.thread ?? undefined }),
    }));
    const disguise = (label, action) => ({ label, run: () => this.disguised(action) });
    if (chat.type === "supergroup" && this.town.isAdmin(chat, this.personId))
      items.push(disguise("Skriv som anonym administratör", "send_as_anonymous_admin"));
    if (chat.type === "supergroup") items.push(disguise("Skriv som kanal", "send_as_channel"));
    openMenu(at, "Bifoga ett prov", items);
  }

  /** Sends what is written, with a sender that hides the person. */
  async disguised(action) {
    const text = this.draft.text.trim() || "Hej!";
    if (await this.act(action, { text })) this.setText("");
  }
}
