/** The page as a whole: asks for the world, hands it to everyone who draws, and keeps asking. */

import { fetchWorld } from "./api.js";
import { el, keyed, setText } from "./dom.js";
import { renderGroup } from "./group.js";
import { Panels } from "./panels.js";
import { People } from "./people.js";
import { Phone } from "./phone.js";
import { Town } from "./town.js";
import { possessive } from "./words.js";

const WELCOMED = "provstaden.welcomed";
const SHORTEST_PAUSE = 500; // milliseconds between attempts when the server is away
const LONGEST_PAUSE = 5000;
const NOTICE_SHOWN = 6000;

const part = (id) => document.getElementById(id);
const phones = new Map();
const town = new Town(refused);
const people = new People(town, () => render());
const panels = new Panels(town, () => people.visible);
let lastToast = 0;

function phoneOf(id) {
  if (!phones.has(id)) {
    phones.set(id, new Phone(town, id, { onHide: () => people.hide(id), onRead: () => people.render() }));
  }
  return phones.get(id);
}

function render() {
  if (!town.world) return;
  const visible = people.visible;
  keyed(
    part("phone-row"),
    visible,
    (id) => id,
    (id) => phoneOf(id).element,
  );
  for (const id of visible) phoneOf(id).render();
  people.render();
  panels.render();
  renderGroup();
}

function showToasts() {
  lastToast = Math.min(lastToast, town.world.toasts.at(-1)?.n ?? 0); // a server that has begun anew counts anew
  for (const toast of town.world.toasts) {
    if (toast.n <= lastToast) continue;
    lastToast = toast.n;
    if (!people.visible.includes(toast.person)) continue;
    if (toast.alert) phoneOf(toast.person).showAlert(toast.text);
    else phoneOf(toast.person).showToast(toast.text);
  }
}

/** Something could not be done: said on the person's phone if it shows, else at the foot of the page. */
function refused(text, personId) {
  if (people.visible.includes(personId)) {
    phoneOf(personId).showToast(text);
    return;
  }
  const notice = el("p", {}, text);
  part("notices").append(notice);
  setTimeout(() => notice.remove(), NOTICE_SHOWN);
}

/** The first look: as many phones as fit, the group open in the first, so that the bot's greeting is seen. */
function begin() {
  lastToast = town.world.toasts.at(-1)?.n ?? 0;
  if (people.visible.length) return;
  for (const person of town.people.slice(0, people.room)) people.show(person.id);
  const [first] = people.visible;
  if (first) {
    setText(part("first-name"), possessive(town.nameOf(first)));
    const group = town.chatsOf(first).find((chat) => chat.type !== "private");
    if (group) phoneOf(first).open(group.id);
  }
  part("welcome").hidden = localStorage.getItem(WELCOMED) !== null;
  document.body.dataset.ready = "true";
}

async function follow() {
  let version = 0;
  let pause = SHORTEST_PAUSE;
  for (;;) {
    const world = await fetchWorld(version).catch(() => null);
    part("offline").hidden = world !== null;
    if (world === null) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      version = 0; // the server may have begun anew
      continue;
    }
    pause = SHORTEST_PAUSE;
    version = world.version;
    if (town.take(world)) begin();
    render();
    showToasts();
  }
}

function openTown(open) {
  document.body.classList.toggle("town-open", open);
  part("open-town").setAttribute("aria-expanded", String(open));
  part("phones").inert = open;
  if (open) part("close-town").focus();
  else part("open-town").focus();
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
part("welcome-close").addEventListener("click", () => {
  localStorage.setItem(WELCOMED, "yes");
  part("welcome").hidden = true;
  part("phone-row").querySelector(".phone button")?.focus();
});
document.addEventListener("visibilitychange", () => render());

follow();
