// What the page can do without this, it does with it at once: a tap answers in place, news come in live, and a text
// that is being written is kept in this tab. Without script every form is sent and every page loaded as a whole.
"use strict";

const DRAFT = "utkast:";

// -- drafts: in this tab alone, and gone with it; none on a device that many use
function fieldKey(field) { return DRAFT + location.pathname + "#" + field.id; }

function keepDrafts() {
  for (const field of document.querySelectorAll("form:not([data-forget]) textarea")) {
    const kept = sessionStorage.getItem(fieldKey(field));
    if (kept && !field.value) field.value = kept;
    field.addEventListener("input", () => sessionStorage.setItem(fieldKey(field), field.value));
  }
}

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

// -- a page that came, put in the place of what is shown
function show(text, address, focused) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("main");
  if (!fresh) return location.reload();
  if (address && address !== location.href) history.pushState(null, "", address);
  document.title = page.title;
  for (const part of ["main", "header"]) document.querySelector(part).replaceWith(page.querySelector(part));
  keepDrafts();
  offerCopies();
  document.querySelector("main [autofocus]")?.focus();
  const again = focused && document.getElementById(focused);
  if (again) again.focus({ preventScroll: true });
}

// (form.action is a field where one has that name)
function target(form) { return form.getAttribute("action"); }

async function send(form, button) {
  const fields = new FormData(form);
  button?.setAttribute("aria-busy", "true");
  const answer = await fetch(target(form), { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
  const text = await answer.text();
  if (!answer.ok) return show(text);
  dropDraft(form);
  show(text, answer.redirected ? answer.url : "");
  const last = document.querySelector("#flode > :last-child");
  last?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || form.dataset.sent) return;
  if (!["/gor", "/kod"].includes(target(form))) return;
  event.preventDefault();
  form.dataset.sent = "1"; // a second tap while the first is under way is the same one
  send(form, event.submitter).catch(() => { delete form.dataset.sent; form.submit(); });
});

// -- a sheet is saved as one goes
let saving = 0;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || form.dataset.save === undefined) return;
  clearTimeout(saving);
  saving = setTimeout(() => keep(form), 1200);
});

async function keep(form) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("number", String(-1 - Math.floor(Math.random() * Number.MAX_SAFE_INTEGER / 2)));
  const answer = await fetch(target(form), { method: "POST", body: fields, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const told = page.getElementById("sparat"), here = document.getElementById("sparat");
  if (!here || !document.contains(form)) return;
  if (answer.ok && told) here.textContent = told.textContent;
  else if (!answer.ok) here.textContent = page.querySelector("h1")?.textContent ?? "";
}

// -- what comes in while the page is open
let waiting = false;
async function look() {
  if (waiting) return;
  waiting = true;
  try {
    const at = location.pathname;
    if (!document.getElementById("flode")) return;
    const answer = await fetch(at, { credentials: "same-origin" });
    if (!answer.ok || location.pathname !== at) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("flode"), here = document.getElementById("flode");
    const writing = here.contains(document.activeElement) && document.activeElement.tagName === "TEXTAREA";
    if (fresh && !writing) { here.replaceWith(fresh); keepDrafts(); offerCopies(); }
    const card = page.getElementById("nulage");
    if (card) document.getElementById("nulage")?.replaceWith(card);
  } finally { waiting = false; }
}

if (document.body.dataset.live !== undefined && "EventSource" in window) {
  const line = new EventSource("/handelser");
  line.addEventListener("changed", look);
}
addEventListener("popstate", () => location.reload());
keepDrafts();
offerCopies();
