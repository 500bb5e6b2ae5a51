/**
 * The flow of messages in one chat, walked with the arrow keys. It is kept at the bottom unless one has scrolled up, or
 * what has come is longer than the screen: then its beginning shows.
 */

import { button, el, icon, keyed, setText } from "./dom.js";
import { fillMessage, summary } from "./bubble.js";
import { messageTime } from "./town.js";
import { countOf, dayKey, dayOf } from "./words.js";

const NEAR_BOTTOM = 60; // pixels
const ABOVE_NEWS = 12; // pixels
const TOP = 16; // pixels: a little more than a day that lies over the messages keeps from the edge
const DAY_SHOWN = 1200; // milliseconds that the day stays over the messages after one has scrolled

export class MessageList {
  /**
   * `view`: whether senders are named (showNames), what stands in an empty chat (emptyText), and what happens:
   * onPress, onMore, onQuote, onCommand, onChanged (a message was edited), onBottom (the latest has been reached).
   */
  constructor(personId, view) {
    Object.assign(this, { personId, view });
    this.signatures = new Map();
    this.stuck = true;
    this.list = el("div", {
      class: "messages",
      role: "log",
      "aria-live": "off",
      "aria-label": "Meddelanden",
      tabindex: "0",
      data: { part: "messages" },
      onscroll: () => this.scrolled(),
      onkeydown: (event) => this.walk(event),
    });
    this.list.addEventListener("load", () => this.settle(), true); // pictures grow when they arrive
    this.jump = button({ class: "jump", hidden: true, data: { part: "jump" }, onclick: () => this.toBottom() });
    this.empty = el("p", { class: "empty" }, view.emptyText);
    this.element = el("div", { class: "flow" }, this.list, this.empty, this.jump);
    new ResizeObserver(() => this.settle()).observe(this.list);
  }

  /** `older` tells how many there are above these; `firstUnread` is the id of the first that has not been seen. */
  render(messages, { unread, firstUnread, older }) {
    const last = messages.at(-1);
    this.keepPlace(messages);
    if (last?.id !== this.lastId) {
      const fresh = messages.filter((message) => message.id > (this.lastId ?? Infinity));
      const news = this.lastId ? fresh[0] : messages.find((message) => message.id === firstUnread);
      if (!this.lastId || !this.stuck) this.line ??= firstUnread;
      const own = last?.from?.id === this.personId;
      if (own || this.expecting) this.stuck = true;
      if (own) this.line = null;
      this.expecting = false;
      this.news = own ? null : news?.id;
      this.lastId = last?.id;
    }
    this.messages = new Map(messages.map((message) => [message.id, message]));
    keyed(
      this.list,
      withLines(messages, { line: this.line, older }),
      (item) => item.key,
      (item) => this.create(item),
      (node, item) => this.update(node, item),
    );
    this.settle();
    this.showChanged();
    this.returnToPlace();
    this.empty.hidden = messages.length > 0;
    this.jump.hidden = this.stuck;
    this.jump.replaceChildren(icon("down"), unread ? countOf(unread, "nytt", "nya") : "Senaste");
  }

  create({ day, line, older, message }) {
    if (day) return el("p", { class: "day" }, day);
    if (line) return el("p", { class: "unread", data: { part: "unread" } }, "Olästa meddelanden");
    if (older) return button({ class: "older", data: { part: "older" }, onclick: () => this.view.onOlder() });
    return el("article", { tabindex: "-1", data: { message: message.id } });
  }

  /** Where older messages come above what is read, that stays where it is. */
  keepPlace(messages) {
    const before = this.messages?.keys().next().value;
    this.anchor = before !== undefined && messages[0]?.id < before ? this.article(before) : null;
    this.anchorAt = this.anchor?.getBoundingClientRect().top;
  }

  returnToPlace() {
    if (!this.anchor || this.stuck) return;
    this.list.scrollTop += this.anchor.getBoundingClientRect().top - this.anchorAt;
  }

  update(article, { message, first, older }) {
    if (older) setText(article, `Visa äldre (${older})`);
    if (!message) return;
    if (!message.service) article.setAttribute("aria-label", `${message.from.name}: ${summary(message)}`);
    const view = { ...this.view, own: message.from?.id === this.personId, first };
    const signature = JSON.stringify([message, first]);
    const before = this.signatures.get(message.id);
    if (before === signature) return;
    this.signatures.set(message.id, signature);
    if (before && message.id === this.pressed && JSON.parse(before)[0].text !== message.text) this.changed = article;
    const more = (at) => this.view.onMore(message, at);
    fillMessage(article, message, { ...view, onMore: more, onPress: (...key) => this.view.onPress(message, ...key), onPicture: () => this.view.onPicture(message.id) });
    article.oncontextmenu = (event) => {
      if (event.target.closest("a") || message.service) return;
      event.preventDefault();
      more({ x: event.clientX, y: event.clientY });
    };
    if (before && message.edited && !view.own) this.view.onChanged(message);
  }

  /** The day that one reads in lies over the messages while one scrolls, and then no longer hides what is below it. */
  float() {
    const top = this.list.getBoundingClientRect().top + TOP;
    const days = [...this.list.querySelectorAll(".day")];
    const places = days.map((day) => day.getBoundingClientRect());
    for (const [n, day] of days.entries()) {
      day.classList.toggle("over", places[n].top < top && this.list.scrollTop > TOP);
      day.classList.toggle("past", places[n + 1]?.top < places[n].bottom);
    }
    this.list.classList.add("moving");
    clearTimeout(this.moving);
    this.moving = setTimeout(() => this.list.classList.remove("moving"), DAY_SHOWN);
  }

  scrolled() {
    this.float();
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    this.jump.hidden = this.stuck;
    if (!this.stuck) return;
    this.news = null;
    this.view.onBottom();
  }

  settle() {
    if (!this.stuck) return;
    const bottom = this.list.scrollHeight - this.list.clientHeight;
    const news = this.news && this.article(this.news);
    this.list.scrollTop = news ? Math.min(bottom, news.offsetTop - ABOVE_NEWS) : bottom;
  }

  /**
   * A button of this message was pressed: if that brings a new message, it is shown wherever one was in the chat; if it
   * gives this one another text, as a question its next, that is shown from its beginning.
   */
  expect(pressed) {
    this.expecting = true;
    this.pressed = pressed;
  }

  showChanged() {
    const above = this.changed ? this.changed.offsetTop - ABOVE_NEWS : Infinity;
    this.changed = null;
    if (above >= this.list.scrollTop) return;
    this.stuck = false;
    this.list.scrollTop = above;
  }

  /** Nobody reads here, but it is looked at: whatever is new shows, from its beginning. */
  follow() {
    this.stuck = true;
    this.settle();
    this.jump.hidden = true;
    this.view.onBottom();
  }

  toBottom() {
    this.stuck = true;
    this.news = null;
    this.settle();
    this.view.onBottom();
  }

  article(id) {
    return this.list.querySelector(`[data-message="${id}"]`);
  }

  /** Scrolls to a message and lights it up for a moment; answers whether it is here. */
  show(id, focus = true) {
    const article = this.article(id);
    if (!article) return false;
    this.stuck = false;
    article.scrollIntoView({ block: "center" });
    if (focus) article.focus({ preventScroll: true });
    article.classList.remove("lit");
    requestAnimationFrame(() => article.classList.add("lit"));
    return true;
  }

  /** Arrow keys walk between messages; Enter on a message opens its menu. */
  walk(event) {
    if (![this.list, event.target.closest("article")].includes(event.target)) return;
    const articles = [...this.list.querySelectorAll("article[data-message]")];
    const here = articles.indexOf(event.target);
    const next = {
      ArrowUp: here < 0 ? articles.length - 1 : here - 1,
      ArrowDown: here + 1,
      Home: 0,
      End: articles.length - 1,
    }[event.key];
    if (event.key === "Enter" && here >= 0) {
      event.preventDefault();
      this.view.onMore(this.messages.get(Number(event.target.dataset.message)), event.target);
    } else if (articles[next]) {
      event.preventDefault();
      articles[next].focus();
    }
  }
}

/**
 * Messages with a line before the first of each day and before what is unread, and above all of them the way to older
 * ones; `first` marks the first of a run by the same sender.
 */
function withLines(messages, { line, older }) {
  const items = older ? [{ key: "older", older }] : [];
  let before = null;
  for (const message of messages) {
    const date = new Date(messageTime(message));
    const sameDay = before && dayKey(new Date(messageTime(before))) === dayKey(date);
    if (!sameDay) items.push({ key: `day-${dayKey(date)}`, day: dayOf(date) });
    if (message.id === line) items.push({ key: "unread", line });
    const follows = sameDay && before.from?.id === message.from?.id && !before.service;
    items.push({ key: message.id, message, first: !follows });
    before = message;
  }
  return items;
}
