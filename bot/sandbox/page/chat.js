/** One open chat on one phone: heading, topics, pinned message, messages, and the place to write. */

import { avatar, botAvatar, button, el, icon, keyed, setText } from "./dom.js";
import { summary } from "./bubble.js";
import { Composer } from "./composer.js";
import { choose } from "./dialogs.js";
import { openGroup } from "./group.js";
import { readLink } from "./links.js";
import { openMenu } from "./menu.js";
import { MessageList } from "./messages.js";
import { Search } from "./search.js";
import { viewPictures } from "./viewer.js";
import { countOf, plain, shorten } from "./words.js";

const OLDER = 200; // messages that are fetched at a time

/** The sign of a chat as its members see it: a private chat shows the bot. */
export function chatAvatar(town, chat) {
  return chat.type === "private" ? botAvatar() : avatar(chat.id, town.titleOf(chat));
}

export class ChatView {
  constructor(phone, chatId, thread) {
    Object.assign(this, { phone, town: phone.town, personId: phone.personId, chatId, thread });
    this.title = el("h3", { tabindex: "-1", data: { part: "title" } });
    this.status = el("p", { class: "status", data: { part: "status" } });
    this.topics = el("nav", { class: "topics", "aria-label": "Ämnen", hidden: true, data: { part: "topics" } });
    this.pinnedText = el("span");
    this.pinned = button(
      { class: "pinned", hidden: true, data: { part: "pinned" }, onclick: () => this.showMessage(this.chat.pinned) },
      icon("pin"),
      el("strong", {}, "Fäst"),
      this.pinnedText,
    );
    this.messages = new MessageList(this.personId, {
      showNames: this.chat.type !== "private",
      emptyText: this.emptyText(),
      onPress: (message, row, column, key) => this.press(message, row, column, key),
      onMore: (message, at) => this.openMessageMenu(message, at),
      onQuote: (id) => this.showMessage(id),
      onOlder: () => this.town.deepen(this.chat, OLDER),
      onPicture: (id) => this.viewPicture(id),
      onCommand: (text) => this.composer?.sendText(text),
      onChanged: (message) => this.phone.say(`Ändrat: ${shorten(summary(message), 300)}`),
      onBottom: () => this.seen(),
    });
    this.foot = el("div", { class: "foot" });
    this.invite = button(
      {
        class: "invite",
        hidden: true,
        data: { part: "invite" },
        onclick: () => this.town.act(this.personId, "add_bot", { chat: this.chat.id }),
      },
      "Lägg till boten",
    );
    this.element = el(
      "section",
      { class: "chat", data: { chat: chatId }, onclick: (event) => this.followLink(event) },
      this.heading(),
      this.topics,
      this.pinned,
      this.messages.element,
      this.invite,
      this.foot,
    );
    this.render();
  }

  get chat() {
    return this.town.chat(this.chatId);
  }

  heading() {
    const back = button(
      { class: "round", "aria-label": "Till chattlistan", data: { part: "back" }, onclick: () => this.phone.back() },
      icon("back"),
    );
    const more = button(
      {
        class: "round",
        "aria-label": "Chattens meny",
        "aria-haspopup": "menu",
        data: { part: "chat-menu" },
        onclick: () => this.openChatMenu(more),
      },
      icon("more"),
    );
    return el(
      "header",
      {},
      back,
      chatAvatar(this.town, this.chat),
      el("div", { class: "titles" }, this.title, this.status),
      more,
    );
  }

  render() {
    const { chat, town } = this;
    setText(this.title, town.titleOf(chat));
    setText(this.status, this.statusText(chat));
    this.renderTopics(chat);
    this.pinned.hidden = !chat.pinned;
    if (chat.pinned) setText(this.pinnedText, shorten(chat.pinned_text, 120));
    this.renderFoot();
    this.invite.hidden = town.botIsIn(chat);
    this.messages.render(town.messages(chat, this.thread), {
      unread: town.unread(this.personId, chat, this.thread),
      firstUnread: town.firstUnread(this.personId, chat, this.thread)?.id,
      older: chat.older ?? 0,
    });
    if (this.messages.stuck) this.seen();
    this.noticeForceReply();
  }

  /** Scrolls to a message, which is fetched first where it is older than what shows. */
  async showMessage(id) {
    if (this.messages.show(id)) return;
    if (this.chat.older) await this.town.deepen(this.chat);
    if (!this.messages.show(id)) this.phone.showToast("Meddelandet finns inte längre.");
  }

  viewPicture(id) {
    const shown = this.town.messages(this.chat, this.thread).filter((message) => message.media?.kind === "photo");
    const pictures = shown.map((message) => ({ url: message.media.url, caption: shorten(message.text, 300) }));
    viewPictures(
      pictures,
      shown.findIndex((message) => message.id === id),
    );
  }

  /** Words are looked for in the whole chat, so all of it is fetched. */
  async search() {
    if (this.searching) return;
    if (this.chat.older) await this.town.deepen(this.chat);
    const find = (words) =>
      this.town
        .messages(this.chat, this.thread)
        .filter((message) => plain(summary(message)).includes(words))
        .map((message) => message.id);
    const close = () => {
      this.searching.element.remove();
      this.searching = null;
      this.focus();
    };
    this.searching = new Search({ find, show: (id) => this.messages.show(id, false), onClose: close });
    this.pinned.before(this.searching.element);
    this.searching.field.focus();
  }

  statusText(chat) {
    if (chat.typing) return "skriver…";
    if (chat.type === "private") return "bot";
    const present = chat.members.filter((member) => member.id !== this.town.bot.id && this.town.isIn(chat, member.id));
    const people = countOf(present.length, "person", "personer");
    return this.town.botIsIn(chat) ? `${people} och boten` : `${people}, boten är inte med`;
  }

  emptyText() {
    if (this.chat.type !== "private") return "Här är det tyst än så länge.";
    return `Här skriver ${this.town.nameOf(this.personId)} och boten till varandra. Ingen annan i gruppen ser det.`;
  }

  renderTopics(chat) {
    this.topics.hidden = !chat.forum;
    const topics = chat.forum ? [{ id: null, name: "Allmänt" }, ...chat.topics] : [];
    const create = (topic) =>
      button(
        { data: { thread: topic.id ?? "" }, onclick: () => this.phone.open(this.chatId, { thread: topic.id }) },
        el("span"),
        el("span", { class: "badge" }),
      );
    keyed(
      this.topics,
      topics,
      (topic) => topic.id,
      create,
      (node, topic) => {
        setText(node.firstElementChild, topic.name);
        setText(node.lastElementChild, String(this.town.unread(this.personId, chat, topic.id) || ""));
        node.setAttribute("aria-current", String(topic.id === this.thread));
      },
    );
  }

  /** What stands below the messages: the writing field, or the one button that is possible now. */
  renderFoot() {
    const mode = this.footMode();
    if (mode === this.mode) return;
    const hadFocus = this.foot.contains(document.activeElement);
    this.mode = mode;
    this.composer = null;
    if (mode === "write") {
      this.composer = new Composer(
        this.town,
        this.personId,
        this.chatId,
        this.thread,
        this.phone.draft(this.chatId, this.thread),
      );
      this.foot.replaceChildren(this.composer.element);
    } else if (mode === "blocked") {
      this.foot.replaceChildren(
        this.wideButton("Häv blockeringen", "unblock", () => this.town.act(this.personId, "unblock_bot")),
      );
    } else {
      this.foot.replaceChildren(this.wideButton("Starta", "start", () => this.start()));
    }
    if (hadFocus) this.enter();
  }

  footMode() {
    if (this.chat.type !== "private") return "write";
    if (this.town.person(this.personId).blocked_bot) return "blocked";
    return this.phone.pendingStart !== null || this.chat.messages.length === 0 ? "start" : "write";
  }

  wideButton(text, part, run) {
    return button({ class: "primary wide", data: { part }, onclick: run }, text);
  }

  async start() {
    const payload = this.phone.pendingStart ?? "";
    this.phone.pendingStart = null;
    await this.town.act(this.personId, "start", { payload });
    this.render();
  }

  /** Puts the keyboard where one writes; on a touch screen that would cover half the chat, so the title gets it. */
  enter() {
    if (matchMedia("(pointer: coarse)").matches) this.title.focus({ preventScroll: true });
    else this.focus();
  }

  focus() {
    (this.composer?.field ?? this.foot.querySelector("button")).focus({ preventScroll: true });
  }

  seen() {
    if (document.visibilityState === "visible") this.phone.markRead(this.chat, this.thread);
  }

  /** A message that asks for an answer turns the writing field into a reply to it, once, until that has been given. */
  noticeForceReply() {
    if (!this.composer) return;
    const messages = this.town.messages(this.chat, this.thread);
    const lastOwn = messages.findLast((message) => message.from?.id === this.personId)?.id ?? 0;
    const { draft } = this.composer;
    if (!draft.text && draft.reply && draft.reply.id === draft.askedBy && draft.askedBy < lastOwn) this.composer.drop();
    const asking = messages.findLast(
      ({ force_reply: ask }) => ask && (!ask.for_ids?.length || ask.for_ids.includes(this.personId)),
    );
    if (!asking || asking.id < lastOwn || draft.askedBy === asking.id) return;
    draft.askedBy = asking.id;
    this.composer.reply(asking, asking.force_reply.placeholder ?? "");
    if (this.phone.element.contains(document.activeElement)) this.composer.focus();
  }

  press(message, row, column, key) {
    if (key.kind === "url") return this.follow(key.url);
    if (key.kind === "copy") return this.copy(key.copy);
    this.messages.expect(message.id);
    return this.town.act(this.personId, "press", { chat: this.chat.id, message_id: message.id, row, col: column });
  }

  async copy(text) {
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    this.phone.showToast(copied ? "Kopierat" : text);
  }

  followLink(event) {
    const link = event.target.closest(".text a[href]");
    if (!link || readLink(link.href, this.town.bot.username).kind === "web") return;
    event.preventDefault();
    this.follow(link.href);
  }

  async follow(href) {
    const link = readLink(href, this.town.bot.username);
    if (link.kind === "web") window.open(href, "_blank", "noopener,noreferrer");
    else if (link.kind === "message") this.phone.openMessage(link.chat, link.message);
    else if (link.kind === "startgroup") await this.addBotToGroup(href);
    else this.phone.open(this.personId, { payload: link.payload });
  }

  async addBotToGroup(url) {
    const options = this.town.chatsOf(this.personId).filter((chat) => chat.type !== "private");
    const chat = await choose({
      title: "Lägg till boten i",
      options: options.map(({ id, title }) => ({ label: title, value: id })),
    });
    if (chat !== null && (await this.town.act(this.personId, "open_link", { url, chat }))) this.phone.open(chat);
  }

  openMessageMenu(message, at) {
    const own = message.from.id === this.personId;
    const mayPin = this.chat.type === "private" || this.town.isAdmin(this.chat, this.personId);
    const place = { chat: this.chat.id, message_id: message.id };
    openMenu(at, "Meddelande", [
      this.composer && { label: "Svara", run: () => this.write((composer) => composer.reply(message)) },
      this.composer &&
        own &&
        message.text && { label: "Ändra", run: () => this.write((composer) => composer.edit(message)) },
      { label: "Vidarebefordra", run: () => this.forward(message) },
      message.text &&
        navigator.clipboard && { label: "Kopiera texten", run: () => navigator.clipboard.writeText(message.text) },
      mayPin && { label: "Fäst överst", run: () => this.town.act(this.personId, "pin", place) },
      own && { label: "Ta bort", run: () => this.town.act(this.personId, "delete", place), danger: true },
    ]);
  }

  write(prepare) {
    prepare(this.composer);
    this.composer.focus();
  }

  async forward(message) {
    const options = this.town
      .chatsOf(this.personId)
      .map((chat) => ({ label: this.town.titleOf(chat), value: chat.id }));
    const target = await choose({ title: "Vidarebefordra till", options });
    if (target === null) return;
    const details = { from_chat: this.chat.id, message_id: message.id, to_chat: target };
    if (await this.town.act(this.personId, "forward", details)) this.phone.open(target);
  }

  openChatMenu(at) {
    const act = (action) => () => this.town.act(this.personId, action, { chat: this.chat.id });
    const search = { label: "Sök i chatten", run: () => this.search() };
    const items =
      this.chat.type === "private"
        ? [
            search,
            { label: "Töm chatten", run: act("clear") },
            { label: "Blockera boten", run: () => this.town.act(this.personId, "block_bot"), danger: true },
          ]
        : [
            search,
            { label: "Hantera gruppen", run: () => openGroup(this.town, this.chatId, this.personId) },
            { label: "Lämna gruppen", run: act("leave"), danger: true },
          ];
    openMenu(at, "Chattens meny", items);
  }
}
