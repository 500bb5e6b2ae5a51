/**
 * Small helpers for building the page. Nothing here parses markup: the only place where the page does is
 * `setHtml`, and it takes nothing but the text that the server has escaped.
 */

const SVG = "http://www.w3.org/2000/svg";
const lists = new WeakMap();

/** An element with attributes (`class`, `data`, `onclick`…) and children; empty children are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return node;
}

/** A button that never submits a form. */
export function button(attributes, ...children) {
  return el("button", { type: "button", ...attributes }, ...children);
}

const ICONS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M5 12h13M12 5l7 7-7 7",
  attach: "M20 11l-8.5 8.500a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.700l-8.4 8.400a1.7 1.7 0 0 1-2.4-2.400L14.5 7",
  pin: "M9 4h6l-1 6 4 4H6l4-4-1-6zM12 14v6",
  forward: "M9 5l7 7-7 7",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  link: "M9 15L19 5M11 5h8v8",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.500a3.5 3.5 0 0 1 0 6.500M18 14.500a6.5 6.5 0 0 1 3.5 5.5",
  slash: "M15 4L9 20",
};

/** A decorative line icon. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", name === "more" ? "icon more-sign" : "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The server's ready-escaped HTML of one message. Nothing else may be handed to this function. */
export function setHtml(node, message) {
  node.innerHTML = message.html;
}

/**
 * Makes the children of `parent` match `items`, keeping every node whose key is still there, so that focus,
 * scroll and selection survive. `parent` must hold nothing but what this function put there.
 */
export function keyed(parent, items, keyOf, create, update = () => {}) {
  const known = lists.get(parent) ?? new Map();
  lists.set(parent, known);
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(items.map(keyOf));
  for (const [key, node] of known) {
    if (wanted.has(key)) continue;
    node.remove();
    known.delete(key);
  }
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let node = known.get(key);
    if (!node) {
      node = create(item);
      known.set(key, node);
    }
    update(node, item);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
  }
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

/** The bot's round sign: the town's own mark. */
export function botAvatar() {
  return el("img", { class: "avatar", src: "icon.svg", alt: "" });
}

/** The round sign with a person's or a group's initials. */
export function avatar(id, name) {
  const letters = [...name.matchAll(/(?:^|[\s-])(\p{L})/gu)].map((match) => match[1]);
  const initials = (letters[0] ?? "?") + (letters.length > 1 ? letters.at(-1) : "");
  return el("span", { class: "avatar", "aria-hidden": "true", data: { hue: hue(id) } }, initials.toUpperCase());
}

/** One of eight name colours, always the same for the same id. */
export function hue(id) {
  return Math.abs(id) % 8;
}
