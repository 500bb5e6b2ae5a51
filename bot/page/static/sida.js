// What the page can do without this, it does with it at once: a tap answers in place, news come in live, and a text
// that is being written is kept in this tab. Without script every form is sent and every page loaded as a whole.
"use strict";

const DRAFT = "utkast:";
const KEPT = "form:not([data-forget]) textarea:not([readonly])";

let saving = 0, unsaved = null; // a sheet's timer, and the sheet that has something new …
let underway = Promise.resolve(); // … what of it is being saved, after which it is opened on something else …
const changed = new Set(); // … the questions of it

// -- drafts: in this tab alone, and gone with it; none on a device that many use
function fieldKey(field) { return DRAFT + location.pathname + "#" + field.id; }

function keepDrafts() {
  for (const field of document.querySelectorAll(KEPT)) {
    const kept = sessionStorage.getItem(fieldKey(field));
    if (!kept || field.value) continue;
    field.value = kept;
    changed.add(question(field.name));
  }
}

document.addEventListener("input", ({ target: field }) => {
  if (field.matches(KEPT)) sessionStorage.setItem(fieldKey(field), field.value);
});

function dropDraft(form) {
  for (const field of form.querySelectorAll("textarea")) sessionStorage.removeItem(fieldKey(field));
}

// -- what is copied also stands in the text, for whoever has no script
function offerCopies() {
  if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.done;
});

// -- a key of the telephone or computer (passkey): what it answers goes along with its form
function offerKeys() {
  const able = Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);
  for (const part of document.querySelectorAll("[data-with-key]")) part.hidden = !able;
  for (const part of document.querySelectorAll("[data-without-key]")) part.hidden = able;
}

async function askForKey(form) {
  const asked = JSON.parse(form.dataset.key), told = form.querySelector("[role=alert]");
  told.hidden = true;
  try {
    const key = asked.user
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
    form.elements.key.value = JSON.stringify(key);
    form.requestSubmit();
  } catch { told.hidden = false; } // nobody answered, or it is not at hand
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.key || form.elements.key.value) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  askForKey(form);
});

function begin() {
  keepDrafts();
  offerCopies();
  offerKeys();
}

// -- a page that came, put in the place of what is shown
function show(text, address = "") {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("main");
  if (!fresh) return location.reload();
  if (address) history[new URL(address).pathname === location.pathname ? "replaceState" : "pushState"](null, "", address);
  document.title = page.title;
  for (const part of ["main", "header"]) document.querySelector(part).replaceWith(page.querySelector(part));
  begin();
  document.querySelector("main [autofocus]")?.focus();
}

// -- of a sheet only what was changed here is sent, as another window, or Telegram, may have changed the rest meanwhile
const question = (name) => name.slice(name.indexOf(":") + 1);

function noteTroubled(page) {
  for (const field of page.querySelectorAll(".sheet .troubled [name]")) changed.add(question(field.name));
}

function fieldsOf(form) {
  const fields = new FormData(form);
  if (form.dataset.save === undefined) return fields;
  for (const name of [...fields.keys()]) if (name.includes(":") && !changed.has(question(name))) fields.delete(name);
  return fields;
}

// (form.action is a field where one has that name)
function target(form) { return form.getAttribute("action"); }

const IN_PLACE = /^\/(gor|kod|ovning\/|logga\/|inbjudan\/|tillbaka\/)/; // other forms lead to a page of their own
const WRITTEN = 1200; // milliseconds after which a text that nobody goes on with is saved
const SECOND_TAP = 5000; // milliseconds in which another tap is taken for the first one

/** The newest message and its words, which a tick leaves as they are. */
function newest() {
  const last = document.querySelector("#flode > article:last-child");
  return last && last.dataset.version.split("-")[0] + last.querySelector(".text").textContent;
}

async function send(form, button) {
  clearTimeout(saving);
  unsaved = null;
  await underway;
  const fields = fieldsOf(form);
  if (button?.name) fields.append(button.name, button.value);
  button?.setAttribute("aria-busy", "true");
  const before = newest();
  const told = document.getElementById(form.dataset.offline); // where to turn, for whoever cannot send it now
  const answer = await fetch(target(form), { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" })
    .catch((error) => { if (!told) throw error; });
  if (!answer) return offline(form, button, told);
  const text = await answer.text();
  if (!answer.ok) {
    history.pushState(null, ""); // from what is told one goes back to the form
    return show(text);
  }
  dropDraft(form);
  changed.clear();
  show(text, answer.redirected ? answer.url : "");
  const last = document.querySelector("#flode > :last-child");
  if (last) {
    if (newest() !== before) last.scrollIntoView({ block: last.getBoundingClientRect().top < 0 ? "start" : "nearest" });
    last.tabIndex = -1; // whoever has no mouse goes on from here
    return last.focus({ preventScroll: true });
  }
  scrollTo(0, 0);
  if (document.activeElement === document.body) document.querySelector("main").focus({ preventScroll: true });
}

/** What is ticked stays in the open page alone, and goes with the next tap. */
function offline(form, button, told) {
  delete form.dataset.sent;
  button?.removeAttribute("aria-busy");
  told.hidden = false;
  told.tabIndex = -1;
  told.focus();
}

/** As if there were no script: the browser tells what hinders it. */
function sendWhole(form, button) {
  if (button?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  form.submit();
}

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) return event.preventDefault(); // a second tap is the same one
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, SECOND_TAP);
  noteTroubled(document); // what came back is sent again by a tap, and not as one goes on with something else
  if (!IN_PLACE.test(target(form))) return;
  event.preventDefault();
  if (button?.name === "keep") {
    delete form.dataset.sent;
    unsaved = form;
    return keep(false, true);
  }
  send(form, button).catch(() => sendWhole(form, button));
});

// -- a sheet is saved as one goes
document.addEventListener("input", ({ target: field }) => {
  if (field.form?.dataset.save === undefined) return;
  clearTimeout(saving);
  unsaved = field.form;
  changed.add(question(field.name));
  saving = setTimeout(keep, ["radio", "checkbox"].includes(field.type) ? 0 : WRITTEN);
});

/** Saves the sheet that has something new, once what is being saved is; `keepalive` as the page is being left. */
function keep(keepalive = false, tapped = false) {
  return underway = underway.then(() => save(keepalive, tapped)).catch(() => {});
}

/** Tells how it went; with a tap, what could not be taken is shown in the whole page. */
async function save(keepalive, tapped) {
  const form = unsaved, here = document.getElementById("sparat");
  if (!form?.isConnected) return;
  clearTimeout(saving);
  unsaved = null;
  here.textContent = "";
  const fields = new URLSearchParams(fieldsOf(form));
  const sent = [...changed];
  changed.clear();
  const answer = await fetch(target(form), { method: "POST", body: fields, credentials: "same-origin", keepalive }).catch(() => null);
  if (!form.isConnected) return;
  const text = await answer?.text();
  if (!answer?.ok) sent.forEach((one) => changed.add(one));
  if (!answer) unsaved ??= form;
  const page = answer && new DOMParser().parseFromString(text, "text/html");
  if (tapped && answer?.ok && page.querySelector("main [role=alert]")) {
    show(text);
    return scrollTo(0, 0);
  }
  if (page) noteTroubled(page);
  if (page) noteSeen(form, page, sent);
  const care = page?.getElementById("omsorg"); // where to turn stays, once it stands there
  if (care?.childElementCount) document.getElementById("omsorg").replaceWith(care);
  const saved = page?.getElementById("sparat"); // not there once it was handed in from another window, or in Telegram
  const trouble = page ? page.querySelector(!answer.ok ? "h1" : saved ? "[role=alert]" : "[role=status]")?.textContent : here.dataset.unsaved;
  here.textContent = trouble ?? saved.textContent;
  if (!trouble) dropDraft(form);
  here.classList.toggle("trouble", Boolean(trouble));
}

/** Notes in the form which answers stand by now, so that one that is emptied is known as emptied; not where there is trouble. */
function noteSeen(form, page, sent) {
  for (const { name, value } of page.querySelectorAll("fieldset:not(.troubled) > [name^='s:']"))
    if (sent.includes(question(name))) form.elements[name].value = value;
}

addEventListener("online", () => keep());
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep(true));

// -- what comes in while the page is open
const sign = (part) => part.dataset.version ?? part.innerHTML;

/** What has not changed stays as it is: what was unfolded, and what has the focus. */
function bring(here, fresh) {
  const there = new Set([...fresh.children].map(sign));
  for (const one of [...here.children]) if (!there.has(sign(one))) one.remove();
  let at = here.firstElementChild;
  for (const one of [...fresh.children]) {
    if (!at || sign(at) !== sign(one)) here.insertBefore(one, at);
    else {
      at.id = one.id; // the newest is no longer that
      at = at.nextElementSibling;
    }
  }
}

/** What has the focus and is in view stays where it is, whatever comes in above it: one may be writing there. */
function inPlace(change) {
  const held = document.activeElement, from = held.getBoundingClientRect();
  change();
  const seen = held !== document.body && held.isConnected && from.bottom > 0 && from.top < innerHeight;
  if (seen) scrollBy({ top: held.getBoundingClientRect().top - from.top, behavior: "instant" });
}

let waiting = false, missed = false; // what comes while one looks may not be in what is on its way
async function look() {
  missed = waiting;
  if (waiting) return;
  waiting = true;
  try {
    const at = location.pathname;
    if (!document.getElementById("flode")) return;
    const answer = await fetch(at, { credentials: "same-origin", headers: { "Stad-Looks": "1" } });
    if (!answer.ok || location.pathname !== at) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("flode"), here = document.getElementById("flode");
    const writing = here.contains(document.activeElement) && document.activeElement.tagName === "TEXTAREA";
    inPlace(() => {
      if (fresh && !writing) bring(here, fresh);
      const on = page.querySelector("#skriv [name=on]"), opened = document.querySelector("#skriv [name=on]");
      if (on && opened) opened.value = on.value; // what is asked now is read above it
      const card = page.querySelector("#nulage article"), now = document.querySelector("#nulage article");
      if (card && now && sign(card) !== sign(now)) now.replaceWith(card);
      keepDrafts();
      offerCopies();
    });
    here.dataset.folds = fresh?.dataset.folds ?? "";
    lookAgain();
  } finally { waiting = false; }
  if (missed) look();
}

let folding;
/** What one has logged oneself is shown for some minutes; then the page looks once more, without it. */
function lookAgain() {
  clearTimeout(folding);
  const left = Number(document.getElementById("flode")?.dataset.folds);
  if (left) folding = setTimeout(look, (left + 1) * 1000);
}

if (document.body.dataset.live !== undefined && "EventSource" in window) {
  const line = new EventSource("/handelser");
  line.addEventListener("changed", look);
  line.addEventListener("open", look); // of what came before it, or while it was broken, nothing is told
}
addEventListener("popstate", () => location.reload());
lookAgain();
begin();
