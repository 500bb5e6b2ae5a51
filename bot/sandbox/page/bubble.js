/** One message as it looks in a chat: bubble, quote, attachment, text, marks, and the buttons under it. */

import { avatar, botAvatar, button, el, hue, icon, setHtml } from "./dom.js";
import { messageTime } from "./town.js";
import { hourOf, shorten, sizeOf } from "./words.js";

const COMMAND = /(?<=^|\s)\/[a-z0-9_]{1,32}(?:@\w+)?(?![\w/])/gi;
const MEDIA_NAMES = {
  photo: "Bild",
  video: "Film",
  voice: "Röstmeddelande",
  audio: "Ljud",
  animation: "Rörlig bild",
  document: "Dokument",
  sticker: "Klistermärke",
  poll: "Omröstning",
  contact: "Kontakt",
  location: "Plats",
};

/** What a message is called where only one line fits: chat lists, quotes, the pinned bar, announcements. */
export function summary(message) {
  if (message.service) return message.service;
  const media = message.media && (MEDIA_NAMES[message.media.kind] ?? "Bilaga");
  return [media, message.text].filter(Boolean).join(": ") || "Meddelande";
}

/**
 * (Re)builds the content of `article`. `view` says how the message is seen: {own, first (of a run by the same
 * sender), showNames}, and what happens: {onPress(row, column, key), onMore(at), onQuote(id), onCommand(text)}.
 */
export function fillMessage(article, message, view) {
  const focus = focusedKey(article);
  article.className = `message ${message.service ? "service" : view.own ? "own" : "other"}`;
  article.classList.toggle("first", view.first);
  article.replaceChildren();
  if (message.service) {
    article.append(el("p", {}, message.service));
    return;
  }
  const signed = view.showNames && !view.own;
  article.classList.toggle("signed", signed);
  if (signed && view.first) article.append(message.from.bot ? botAvatar() : avatar(message.from.id, message.from.name));
  article.append(bubble(message, view));
  if (message.keyboard?.length) article.append(keyboard(message, view));
  if (focus) restoreFocus(article, focus);
}

function bubble(message, view) {
  const text = el("div", { class: "text" });
  if (message.html) {
    setHtml(text, message);
    finishText(text, view);
  }
  const sent = new Date(messageTime(message));
  const open = (event) => view.onMore(event.currentTarget);
  return el(
    "div",
    { class: "bubble" },
    view.first &&
      view.showNames &&
      !view.own &&
      el("p", { class: "sender", data: message.from.bot ? {} : { hue: hue(message.from.id) } }, message.from.name),
    message.forward && el("p", { class: "forward" }, `Vidarebefordrat från ${message.forward}`),
    message.reply_to && quote(message.reply_to, view),
    message.media && media(message, view),
    message.html && text,
    el(
      "p",
      { class: "marks" },
      message.edited && el("span", { data: { part: "edited" } }, "redigerat"),
      el("time", { datetime: sent.toISOString() }, hourOf(sent)),
    ),
    button(
      { class: "more", tabindex: "-1", "aria-label": "Meddelandets meny", data: { part: "more" }, onclick: open },
      icon("more"),
    ),
  );
}

function quote(reply, view) {
  return button(
    { class: "quote", data: { part: "quote" }, onclick: () => view.onQuote(reply.id) },
    el("strong", {}, reply.name),
    el("span", {}, reply.text || "Meddelande"),
  );
}

function media(message, view) {
  const { kind, name, url, size } = message.media;
  const label = MEDIA_NAMES[kind] ?? "Bilaga";
  if (url && kind === "photo") {
    const picture = el("img", { src: url, alt: ["Bild", shorten(message.text, 80)].filter(Boolean).join(": "), loading: "lazy" });
    const look = (event) => {
      if (event.ctrlKey || event.metaKey) return; // a tab of its own was asked for
      event.preventDefault();
      view.onPicture();
    };
    const link = { class: "picture", href: url, target: "_blank", data: { part: "media", kind }, onclick: look };
    return el("a", link, picture);
  }
  const details = [name && label, size && sizeOf(size)].filter(Boolean).join(" · ");
  const content = [
    el("span", { class: "sign" }, icon("file")),
    el("span", { class: "about" }, el("strong", {}, name || label), details && el("small", {}, details)),
  ];
  const attributes = { class: "file", data: { part: "media", kind } };
  return url ? el("a", { ...attributes, href: url, target: "_blank" }, ...content) : el("div", attributes, ...content);
}

/** Makes links open beside the page, hidden text openable and commands pressable. */
function finishText(text, view) {
  for (const link of text.querySelectorAll("a[href]")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  for (const hidden of text.querySelectorAll("tg-spoiler, .tg-spoiler")) {
    hidden.classList.add("tg-spoiler");
    pressable(hidden, "Visa dold text", () => hidden.classList.add("open"));
  }
  for (const said of text.querySelectorAll("blockquote")) {
    const after = said.nextSibling; // a quote ends its line by itself
    if (after?.nodeType === Node.TEXT_NODE) after.data = after.data.replace(/^\n/, "");
    if (said.hasAttribute("expandable")) unfoldable(said);
  }
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest("a, code, pre")) nodes.push(walker.currentNode);
  }
  for (const node of nodes) linkCommands(node, view);
}

/** A button under a long quote, as one must not lie within another's links; where all of it shows there is none. */
function unfoldable(long) {
  const button = el("button", { type: "button", class: "unfold", "aria-expanded": "false" }, "Visa allt");
  const turn = () => {
    const open = long.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
    button.textContent = open ? "Visa mindre" : "Visa allt";
  };
  button.addEventListener("click", turn);
  long.addEventListener("click", (event) => event.target.closest("a, button") || turn());
  long.after(button);
  requestAnimationFrame(() => {
    if (!long.isConnected || long.scrollHeight > long.clientHeight + 1) return;
    long.classList.add("open");
    button.remove();
  });
}

function pressable(node, label, run) {
  node.tabIndex = 0;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", label);
  const open = () => {
    node.removeAttribute("aria-label");
    run();
  };
  node.addEventListener("click", open);
  node.addEventListener("keydown", (event) => event.key === "Enter" && open());
}

function linkCommands(node, view) {
  const matches = [...node.data.matchAll(COMMAND)];
  for (const match of matches.reverse()) {
    const rest = node.splitText(match.index);
    rest.splitText(match[0].length);
    rest.replaceWith(button({ class: "command", onclick: () => view.onCommand(match[0]) }, match[0]));
  }
}

function keyboard(message, view) {
  const rows = message.keyboard.map((keys, row) =>
    el("div", { class: "keys" }, ...keys.map((key, column) => keyButton(key, row, column, view))),
  );
  return el("div", { class: "keyboard", role: "group", "aria-label": "Svarsknappar" }, ...rows);
}

function keyButton(key, row, column, view) {
  const press = async (event) => {
    const pressed = event.currentTarget;
    pressed.setAttribute("aria-busy", "true");
    await view.onPress(row, column, key);
    pressed.removeAttribute("aria-busy");
  };
  const data = { part: "key", row, column, kind: key.kind, ...(key.style && { style: key.style }) };
  return button({ class: "key", data, onclick: press }, key.text, key.kind === "url" && icon("link"));
}

/** A press often makes the bot edit the message: the one who uses a keyboard must not be thrown out of it. */
function focusedKey(article) {
  const active = document.activeElement;
  if (!article.contains(active)) return null;
  return { row: active.dataset.row, column: active.dataset.column };
}

function restoreFocus(article, { row, column }) {
  const same = article.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  (same ?? article.querySelector(".key") ?? article).focus({ preventScroll: true });
}
