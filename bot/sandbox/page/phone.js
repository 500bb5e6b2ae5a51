/** One person's phone: the list of chats or one open chat, with the toasts and alerts that the bot shows. */

import { avatar, button, el, icon, keyed, setText } from "./dom.js";
import { summary } from "./bubble.js";
import { ChatView, chatAvatar } from "./chat.js";
import { messageTime, topicOf } from "./town.js";
import { possessive, shorten, shortWhen } from "./words.js";

const TOAST_SHOWN = 3500; // milliseconds, and more for a long text

export class Phone {
  constructor(town, personId, { onHide, onRead, onOpen }) {
    Object.assign(this, { town, personId, onRead, onOpen });
    this.drafts = new Map();
    this.heard = new Map();
    this.pendingStart = null;
    this.view = null;
    this.name = el("h2");
    this.work = el("span", { class: "work" });
    const hide = button(
      { class: "round", "aria-label": "Göm telefonen", data: { part: "hide" }, onclick: onHide },
      icon("close"),
    );
    this.strip = el("header", { class: "strip" }, avatar(personId, town.nameOf(personId)), this.name, this.work, hide);
    this.chatList = el("ul", { class: "chat-list", "aria-label": "Chattar", data: { part: "chat-list" } });
    this.list = el("section", { class: "list" }, el("h3", {}, "Chattar"), this.chatList);
    this.screen = el("div", { class: "screen" }, this.list);
    this.toast = el("p", { class: "toast", role: "status", hidden: true, data: { part: "toast" } });
    this.live = el("p", { class: "visually-hidden", "aria-live": "polite", data: { part: "live" } });
    this.element = el(
      "section",
      { class: "phone", data: { person: personId }, onkeydown: (event) => this.key(event) },
      this.strip,
      this.screen,
      this.toast,
      this.live,
    );
  }

  render() {
    const name = this.town.nameOf(this.personId);
    setText(this.name, name);
    setText(this.work, this.town.workOf(name));
    this.element.setAttribute("aria-label", `${possessive(name)} telefon`);
    if (this.view && !this.town.isIn(this.view.chat ?? { members: [] }, this.personId)) {
      this.back();
      this.showToast("Du är inte med i gruppen längre.");
    }
    if (this.view && this.view.chat.id !== this.view.chatId) this.open(this.view.chat.id); // it became a supergroup
    this.view?.render();
    this.renderList();
    this.listen();
  }

  renderList() {
    keyed(
      this.chatList,
      this.town.chatsOf(this.personId),
      (chat) => chat.id,
      (chat) => this.chatRow(chat),
      (row, chat) => this.updateRow(row, chat),
    );
  }

  chatRow(chat) {
    const open = button(
      { data: { chat: chat.id }, onclick: () => this.open(chat.id) },
      chatAvatar(this.town, chat),
      el("strong"),
      el("time"),
      el("span", { class: "preview" }),
      el("span", { class: "badge" }),
    );
    return el("li", {}, open);
  }

  updateRow(row, chat) {
    const [, title, when, preview, badge] = row.firstElementChild.children;
    const last = chat.messages.at(-1);
    setText(title, this.town.titleOf(chat));
    setText(when, last ? shortWhen(new Date(messageTime(last)), this.town.now) : "");
    setText(preview, chat.typing ? "skriver…" : this.preview(chat, last));
    const unread = this.town.unread(this.personId, chat);
    setText(badge, unread ? String(unread) : "");
    if (unread) badge.setAttribute("aria-label", `${unread} olästa`);
    else badge.removeAttribute("aria-label");
  }

  preview(chat, last) {
    if (!last) return "Tryck för att börja";
    const text = shorten(summary(last), 90);
    if (last.service || chat.type === "private") return text;
    return `${last.from.id === this.personId ? "Du" : last.from.name}: ${text}`;
  }

  /** Opens a chat (and topic). A deep link's `payload` waits in the private chat for the Start button. */
  open(chatId, { thread = null, payload = null } = {}) {
    const focus = this.element.contains(document.activeElement);
    this.pendingStart = payload;
    this.view = new ChatView(this, chatId, thread);
    this.screen.replaceChildren(this.view.element);
    this.view.messages.settle();
    if (focus) this.view.enter();
    this.onOpen();
  }

  openMessage(chatId, messageId) {
    const chat = this.town.chat(chatId);
    const message = chat?.messages.find((one) => one.id === messageId);
    if (!message || !this.town.isIn(chat, this.personId)) {
      this.showToast("Meddelandet går inte att visa.");
      return;
    }
    this.open(chat.id, { thread: topicOf(chat, message) });
    requestAnimationFrame(() => this.view?.messages.show(messageId));
  }

  back() {
    const focus = this.element.contains(document.activeElement);
    const from = this.view?.chatId;
    this.view = null;
    this.screen.replaceChildren(this.list);
    this.onOpen();
    if (focus) (this.chatList.querySelector(`[data-chat="${from}"]`) ?? this.chatList.querySelector("button")).focus();
  }

  key(event) {
    if (event.key === "Escape" && this.view && !this.screen.inert) this.back();
  }

  draft(chatId, thread) {
    const key = `${chatId}/${thread ?? ""}`;
    if (!this.drafts.has(key))
      this.drafts.set(key, { text: "", reply: null, edit: null, placeholder: "", askedBy: null });
    return this.drafts.get(key);
  }

  markRead(chat, thread) {
    if (this.town.markRead(this.personId, chat, thread)) this.onRead();
  }

  say(text) {
    setText(this.live, text);
  }

  /** Tells a screen reader what has come since the last look. */
  listen() {
    const news = [];
    for (const chat of this.town.chatsOf(this.personId)) {
      const heard = this.heard.get(chat.id);
      const fresh = chat.messages.filter(
        (message) => message.id > (heard ?? Infinity) && message.from?.id !== this.personId,
      );
      this.heard.set(chat.id, chat.messages.at(-1)?.id ?? 0);
      if (!fresh.length) continue;
      if (this.view?.chatId !== chat.id) news.push(`Nytt i ${this.town.titleOf(chat)}`);
      else
        news.push(
          ...fresh.map(
            (message) => `${message.service ? "" : `${message.from.name}: `}${shorten(summary(message), 300)}`,
          ),
        );
    }
    if (news.length) this.say(news.join(". "));
  }

  showToast(text) {
    this.toast.hidden = false;
    setText(this.toast, text);
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toast.hidden = true), TOAST_SHOWN + 50 * text.length);
  }

  /** An alert keeps the phone until it has been read. */
  showAlert(text) {
    const before = document.activeElement;
    const wasHere = this.element.contains(before);
    const close = () => {
      alert.remove();
      this.screen.inert = false;
      if (wasHere) (before.isConnected ? before : this.view?.composer?.field)?.focus();
    };
    const ok = button({ class: "primary", onclick: close }, "OK");
    const keys = (event) => event.key === "Escape" && (event.stopPropagation(), close());
    const id = `alert-${this.personId}`;
    const box = el(
      "div",
      { role: "alertdialog", "aria-label": "Boten säger", "aria-describedby": id, onkeydown: keys },
      el("p", { id }, text),
      ok,
    );
    const alert = el("div", { class: "alert", data: { part: "alert" } }, box);
    this.element.querySelector(".alert")?.remove();
    this.element.append(alert);
    this.screen.inert = true;
    if (wasHere || before === document.body) ok.focus();
  }
}
