/**
 * What the page knows: the server's world, and what the visitor has seen of it. Everyone who draws asks here;
 * nobody else interprets the server's answer.
 */

import * as api from "./api.js";

const ADMINS = ["creator", "administrator"];
const PRESENT = [...ADMINS, "member", "restricted"];
const READ_MARKS = "provstaden.read";
const PLAYED = "provstaden.played";
const PLAYING = ["start", "open_link", "press", "send_text", "edit_text"];

export class Town {
  constructor(onRefused) {
    this.world = null;
    this.onRefused = onRefused;
    this.onAct = null;
    this.read = new Map();
    this.played = new Set();
    this.depth = new Map(); // how many messages of a chat are wanted, where it is more than usual
    this.onDepth = () => {};
    addEventListener("storage", (event) => this.world && event.key === this.key(PLAYED) && this.recall());
  }

  /** Where this town's marks are kept, for all windows; each start of the server and each film has its own. */
  key(name) {
    return `${name}.${this.world.scene}`;
  }

  recall() {
    this.read = new Map(JSON.parse(localStorage.getItem(this.key(READ_MARKS)) ?? "[]"));
    this.played = new Set(JSON.parse(localStorage.getItem(this.key(PLAYED)) ?? "[]"));
  }

  /** Throws away what was kept of towns that are no more. */
  forgetOthers() {
    for (const name of Object.keys(localStorage)) {
      if ([READ_MARKS, PLAYED].some((kept) => name.startsWith(kept) && name !== this.key(kept)))
        localStorage.removeItem(name);
    }
  }

  /** Takes a newer world; answers whether it is another one: the server has begun anew, or a film has. */
  take(world) {
    const anew = this.world?.scene !== world.scene;
    this.world = world;
    if (anew) {
      this.recall();
      this.depth.clear();
      if (!world.film) this.forgetOthers();
    }
    if (world.film?.speed || (anew && localStorage.getItem(this.key(READ_MARKS)) === null)) this.readAll();
    this.now = new Date(world.now);
    return anew;
  }

  get bot() {
    return this.world.bot;
  }

  get people() {
    return this.world.people.filter((one) => !one.bot);
  }

  get groups() {
    return this.world.chats.filter((chat) => chat.type !== "private" && !chat.migrated_to);
  }

  person(id) {
    return this.people.find((person) => person.id === id);
  }

  nameOf(id) {
    return id === this.bot.id ? this.bot.name : (this.world.people.find((one) => one.id === id)?.name ?? "Okänd");
  }

  /** What an invented person does for a living; nothing where it is not known. */
  workOf(name) {
    return this.world.works[name] ?? "";
  }

  /** The chat, followed to the supergroup it may have become; a private chat exists before its first message. */
  chat(id) {
    const chat = this.world.chats.find((one) => one.id === id);
    if (chat?.migrated_to) return this.chat(chat.migrated_to);
    if (chat) return chat;
    return this.person(id) ? { id, type: "private", person: id, messages: [], members: [], topics: [] } : undefined;
  }

  titleOf(chat) {
    return chat.type === "private" ? this.bot.name : chat.title;
  }

  /** The person's groups and private chat, the latest used first. */
  chatsOf(personId) {
    const latest = (chat) => messageTime(chat.messages.at(-1));
    const groups = this.groups.filter((chat) => this.isIn(chat, personId));
    return [this.chat(personId), ...groups].sort((one, other) => latest(other) - latest(one));
  }

  status(chat, personId) {
    return chat.members.find((member) => member.id === personId)?.status ?? "left";
  }

  isIn(chat, personId) {
    return chat.type === "private" ? chat.person === personId : PRESENT.includes(this.status(chat, personId));
  }

  isAdmin(chat, personId) {
    return ADMINS.includes(this.status(chat, personId));
  }

  botIsIn(chat) {
    return chat.type === "private" || PRESENT.includes(chat.bot_status);
  }

  /** The messages of one topic (`null` is the General topic); of the whole chat where it has no topics. */
  messages(chat, thread) {
    if (!chat.forum) return chat.messages;
    return chat.messages.filter((message) => topicOf(chat, message) === thread);
  }

  unread(personId, chat, thread) {
    const inTopic = (message) => thread === undefined || !chat.forum || topicOf(chat, message) === thread;
    const isNew = (message) => {
      const mark = this.read.get(markKey(personId, chat, topicOf(chat, message))) ?? 0;
      return message.id > mark && message.from?.id !== personId && !message.service;
    };
    return chat.messages.filter((message) => inTopic(message) && isNew(message)).length;
  }

  /** The first message that this person has not seen yet, where there is one. */
  firstUnread(personId, chat, thread) {
    const mark = this.read.get(markKey(personId, chat, thread)) ?? 0;
    return this.messages(chat, thread).find(
      (message) => message.id > mark && message.from?.id !== personId && !message.service,
    );
  }

  /** Asks for older messages of a chat: so many more, or all. */
  deepen(chat, by = Infinity) {
    this.depth.set(chat.id, Math.min(chat.messages.length + by, chat.messages.length + chat.older));
    return this.onDepth();
  }

  unreadOf(personId) {
    return this.chatsOf(personId).reduce((sum, chat) => sum + this.unread(personId, chat), 0);
  }

  /** What was said before the visitor came, or while they watch a film, is no news to them. */
  readAll() {
    for (const { id } of this.people)
      for (const chat of this.chatsOf(id))
        for (const thread of [null, ...chat.topics.map((topic) => topic.id)]) this.noteRead(id, chat, thread);
    this.keepRead();
  }

  /** Notes that a chat (or topic) has been seen to its end; answers whether that was news. */
  markRead(personId, chat, thread) {
    const news = this.noteRead(personId, chat, thread);
    if (news) this.keepRead();
    return news;
  }

  noteRead(personId, chat, thread) {
    const last = this.messages(chat, thread).at(-1);
    const key = markKey(personId, chat, thread);
    if (!last || this.read.get(key) === last.id) return false;
    this.read.set(key, last.id);
    return true;
  }

  keepRead() {
    localStorage.setItem(this.key(READ_MARKS), JSON.stringify([...this.read]));
  }

  /** The bot's commands for this person in this chat: the narrowest scope that has any, as Telegram chooses. */
  commands(personId, chat) {
    const admin = this.isAdmin(chat, personId);
    const scopes =
      chat.type === "private"
        ? [`chat:${chat.id}`, "all_private_chats", "default"]
        : [
            `chat_member:${chat.id}:${personId}`,
            admin && `chat_administrators:${chat.id}`,
            `chat:${chat.id}`,
            admin && "all_chat_administrators",
            "all_group_chats",
            "default",
          ];
    const known = this.bot.commands;
    return known[scopes.find((scope) => scope && known[scope]?.length)] ?? [];
  }

  /** Lets a person do something; a refusal is shown to the visitor, and `undefined` comes back. */
  async act(personId, action, details) {
    this.onAct?.(personId);
    if (PLAYING.includes(action)) this.play(personId, true);
    return this.ask(api.act(personId, action, details), personId);
  }

  /** Notes that the visitor plays a person, whom the others then leave alone, or lets go of one. */
  play(personId, on) {
    if (on) this.played.add(personId);
    else this.played.delete(personId);
    localStorage.setItem(this.key(PLAYED), JSON.stringify([...this.played]));
  }

  async ask(request, personId = null) {
    const answer = await request;
    if (answer.ok) return answer;
    this.onRefused(answer.error, personId);
    return undefined;
  }
}

/** The topic a message stands in; replies in General carry the id of what they answer, which is no topic. */
export function topicOf(chat, message) {
  return chat.topics.some((topic) => topic.id === message.thread) ? message.thread : null;
}

function markKey(personId, chat, thread) {
  return `${personId}/${chat.id}/${chat.forum ? (thread ?? "") : ""}`;
}

/** When a message was sent, in milliseconds; 0 where there is none. */
export function messageTime(message) {
  return message ? message.date * 1000 : 0;
}
