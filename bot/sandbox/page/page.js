/** The page as a whole: asks for the world, hands it to everyone who draws, and keeps asking. */

import { fetchWorld } from "./api.js";
import { button, el, keyed } from "./dom.js";
import { Film } from "./film.js";
import { renderGroup } from "./group.js";
import { Panels } from "./panels.js";
import { People } from "./people.js";
import { Phone } from "./phone.js";
import { Place } from "./place.js";
import { Town } from "./town.js";
import { Welcome } from "./welcome.js";

const SHORTEST_PAUSE = 500; // milliseconds between attempts when the server is away
const LONGEST_PAUSE = 5000;
const NOTICE_SHOWN = 6000;
const NOTICE_WITH_A_WAY = 20000; // the same stands in the group, for whoever reads slowly
const BUSY_PAUSE = 250; // milliseconds between looks while a film or the clock makes many changes a second

const part = (id) => document.getElementById(id);
const phones = new Map();
const town = new Town(refused);
const people = new People(town, () => render());
const panels = new Panels(town, { visible: () => people.visible, open: openChat, say: notice });
const film = new Film(town, showInFilm);
const welcome = new Welcome(town, { film, open: enter, aside: () => openTown(false) });
const place = new Place(people, phoneOf, { restore: (wanted) => restore(wanted) && render(), uncover, guide: welcome, film });
let lastToast = 0;
let poll = new AbortController();
let waiting = []; // for older messages that have been asked for

town.onAct = (id) => people.used(id);
town.onDepth = () => {
  poll.abort();
  return new Promise((resolve) => waiting.push(resolve));
};

function phoneOf(id) {
  if (!phones.has(id)) {
    const opened = () => town.world && place.note(film.shown);
    phones.set(id, new Phone(town, id, { onHide: () => people.hide(id), onRead: () => people.render(), onOpen: opened }));
  }
  return phones.get(id);
}

function render() {
  if (!town.world) return;
  const [first] = town.people;
  if (first && town.world.film?.speed && !people.visible.length) people.showOnly([first.id]);
  const visible = people.visible;
  keyed(
    part("phone-row"),
    visible,
    (id) => id,
    (id) => phoneOf(id).element,
  );
  for (const id of visible) phoneOf(id).render();
  if (town.world.film?.speed) for (const id of visible) phoneOf(id).view?.messages.follow();
  people.render();
  panels.render();
  film.render();
  welcome.render();
  renderGroup();
  if (document.body.dataset.ready) place.note(film.shown);
}

/** Brings a person's phone forward with a chat open on it, at one message if it is named, or at the "newest". */
function openChat(person, chat, message = null) {
  if (document.body.classList.contains("town-open")) openTown(false);
  place.change(() => {
    if (!people.visible.includes(person)) people.show(person);
    if (message && message !== "newest") phoneOf(person).openMessage(chat, message);
    else phoneOf(person).open(chat);
  });
  render();
  if (message === "newest") phoneOf(person).view.messages.toBottom();
}

/** Through a door of the guide: this chat, and no other phone yet. */
function enter(person, chat, message) {
  place.change(() => people.showOnly([person]));
  openChat(person, chat, message);
}

/** While a film runs: the group on the first one's phone, and beside it whoever does something. */
function showInFilm(person, chat) {
  const [first] = town.people;
  const group = town.groups.find((one) => town.isIn(one, first.id));
  const wanted = people.room > 1 && group ? [first.id, person === first.id ? people.visible[1] : person] : [person];
  people.showOnly(wanted.filter(Boolean));
  if (people.room > 1 && group && phoneOf(first.id).view?.chatId !== group.id) phoneOf(first.id).open(group.id);
  if ((person !== first.id || people.room === 1) && phoneOf(person).view?.chatId !== chat) phoneOf(person).open(chat);
}

function showToasts() {
  lastToast = Math.min(lastToast, town.world.toasts.at(-1)?.n ?? 0); // a server that has begun anew counts anew
  for (const toast of town.world.toasts) {
    if (toast.n <= lastToast) continue;
    lastToast = toast.n;
    if (!people.visible.includes(toast.person) || town.world.film?.speed || welcome.entering) continue;
    if (toast.alert) phoneOf(toast.person).showAlert(toast.text);
    else phoneOf(toast.person).showToast(toast.text);
  }
}

/** Something could not be done: said on the person's phone if it shows, else at the foot of the page. */
function refused(text, personId) {
  if (people.visible.includes(personId)) phoneOf(personId).showToast(text);
  else notice(text);
}

/**
 * Said in passing at the foot of the page, with a button where there is a way to it; what was said before goes. One that
 * `stays` is there until something else is said, or what is answered is called.
 */
function notice(text, way = null, stays = false) {
  const go = () => {
    said.remove();
    way.run();
  };
  const said = el("p", {}, text, way && button({ class: "quiet", onclick: go }, way.label));
  part("notices").replaceChildren(said);
  if (!stays) setTimeout(() => said.remove(), way ? NOTICE_WITH_A_WAY : NOTICE_SHOWN);
  return () => said.remove();
}

/** The phones and chats that an address names, as far as they are there; answers whether any was. */
function restore(wanted) {
  const there = wanted.filter(({ person }) => town.person(person)).slice(0, people.room);
  if (!there.length) return false;
  people.showOnly(there.map(({ person }) => person));
  for (const { person, chat, thread } of there) {
    const open = town.chat(chat);
    const phone = phoneOf(person);
    if (!open || !town.isIn(open, person)) phone.back();
    else if (phone.view?.chatId !== open.id || phone.view.thread !== thread) phone.open(open.id, { thread });
  }
  return true;
}

/** The first look: one phone with the group open, so that the bot's greeting is seen; others come as they are chosen. */
function begin() {
  lastToast = town.world.toasts.at(-1)?.n ?? 0;
  phones.clear(); // another town has other people by the same numbers
  keyed(part("phone-row"), [], (id) => id);
  people.forget();
  if (!town.world.film && restore(Place.read())) return;
  people.showOnly(town.people.slice(0, 1).map(({ id }) => id));
  const [first] = people.visible;
  const group = first && town.chatsOf(first).find((chat) => chat.type !== "private");
  if (group) phoneOf(first).open(group.id);
}

function pauseFor(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function follow() {
  let version = 0;
  let pause = SHORTEST_PAUSE;
  for (;;) {
    poll = new AbortController();
    const resolved = waiting.splice(0);
    const depth = [...town.depth].map(([chat, most]) => `${chat}:${most}`).join(",");
    const ask = { version: resolved.length ? 0 : version, scene: town.world?.scene ?? "", depth, signal: poll.signal };
    const world = await fetchWorld(ask).catch(() => null);
    if (poll.signal.aborted) {
      waiting.push(...resolved);
      continue;
    }
    part("offline").hidden = world !== null;
    if (world === null) {
      waiting.push(...resolved);
      await pauseFor(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      version = 0; // the server may have begun anew
      continue;
    }
    pause = SHORTEST_PAUSE;
    version = world.version;
    if (town.take(world)) begin();
    document.body.dataset.ready = "true";
    render();
    showToasts();
    for (const resolve of resolved) resolve();
    if (world.film?.speed || panels.winding) await pauseFor(BUSY_PAUSE);
  }
}

function openTown(open) {
  document.body.classList.toggle("town-open", open);
  part("open-town").setAttribute("aria-expanded", String(open));
  part("phones").inert = open;
  if (open) part("close-town").focus();
  else part("open-town").focus();
}

/** The way back closes what lies above the phones before it leads anywhere; answers whether there was anything. */
function uncover() {
  const above = document.querySelector("dialog[open]");
  const covered = document.body.classList.contains("town-open");
  if (above) above.close();
  else if (covered) openTown(false);
  return Boolean(above) || covered;
}

/** On a narrow screen the town's column covers the phones: it steps aside once something there is to be seen. */
function chosenInTown(target) {
  if (document.body.classList.contains("town-open") && target.closest(".person, #others")) openTown(false);
}

part("open-town").addEventListener("click", () => openTown(true));
part("close-town").addEventListener("click", () => openTown(false));
for (const id of ["people", "others"]) part(id).addEventListener("click", (event) => chosenInTown(event.target));
part("town").addEventListener(
  "keydown",
  (event) => event.key === "Escape" && document.body.classList.contains("town-open") && openTown(false),
);
document.addEventListener("visibilitychange", () => render());

follow();
