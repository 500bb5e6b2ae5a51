/** What happened while the clock was wound or the others answered: a line for each message, which opens that chat. */

import { button, el, keyed } from "./dom.js";
import { summary } from "./bubble.js";
import { messageTime } from "./town.js";
import { shorten, shortWhen } from "./words.js";

const MOST = 60; // lines; more is not read

export class Happened {
  /** `open(person, chat, message)` shows where a line leads. */
  constructor(town, open) {
    Object.assign(this, { town, open, before: null, over: false });
    this.list = document.getElementById("happened");
  }

  /** Remembers where each chat ends now. `of(chat)` tells whether what comes there is worth a line; without it all is. */
  begin(of = null) {
    this.of = of;
    this.over = false;
    this.before = new Map(this.town.world.chats.map((chat) => [chat.id, chat.messages.at(-1)?.id ?? 0]));
    this.scene = this.town.world.scene;
  }

  /** Tells from now on where nothing came. */
  end() {
    this.over = true;
    this.render();
  }

  /** What has come since, the latest first. */
  get lines() {
    if (!this.before || this.scene !== this.town.world.scene) return [];
    const found = this.town.world.chats.filter(this.of ?? Boolean).flatMap((chat) =>
      chat.messages
        .filter((message) => message.id > (this.before.get(chat.id) ?? 0) && message.from?.bot)
        .map((message) => ({ chat, message })),
    );
    return found.sort((one, other) => messageTime(other.message) - messageTime(one.message)).slice(0, MOST);
  }

  render() {
    keyed(
      this.list,
      this.lines,
      ({ chat, message }) => `${chat.id}/${message.id}`,
      ({ chat, message }) => this.line(chat, message),
    );
    this.list.hidden = !this.list.children.length;
    document.getElementById("nothing-happened").hidden = !this.over || Boolean(this.of) || !this.list.hidden;
  }

  line(chat, message) {
    const private_ = chat.type === "private";
    const who = private_ ? this.town.nameOf(chat.person) : chat.title;
    const person = private_ ? chat.person : this.town.people.find((one) => this.town.isIn(chat, one.id))?.id;
    return el(
      "li",
      {},
      button(
        { onclick: () => this.open(person, chat.id, message.id) },
        el("strong", {}, who),
        el("time", {}, shortWhen(new Date(messageTime(message)), new Date(0))),
        el("span", {}, shorten(summary(message), 90)),
      ),
    );
  }
}
