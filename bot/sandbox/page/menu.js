/** A pop-up menu beside what was pressed: arrow keys move, Enter chooses, Escape closes and gives focus back. */

import { button, el } from "./dom.js";

/** Opens a menu. `items` are {label, run, danger?}; empty ones are left out. `at` is an element or a {x, y}. */
export function openMenu(at, label, items) {
  const opener = document.activeElement;
  const menu = el("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label });
  for (const item of items.filter(Boolean)) {
    const choose = () => {
      menu.hidePopover();
      item.run();
    };
    menu.append(
      button({ role: "menuitem", tabindex: "-1", class: item.danger ? "danger" : null, onclick: choose }, item.label),
    );
  }
  menu.addEventListener("keydown", (event) => moveFocus(event, [...menu.children]));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    menu.remove();
    if (document.activeElement === document.body && opener?.isConnected) opener.focus();
  });
  const landmark = "main, aside, header, dialog";
  ((at instanceof Element && at.closest(landmark)) || document.getElementById("phones")).append(menu);
  menu.showPopover();
  place(menu, at);
  menu.firstElementChild.focus();
}

function moveFocus(event, choices) {
  const here = choices.indexOf(document.activeElement);
  const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Tab") event.preventDefault();
  if (next === undefined) return;
  event.preventDefault();
  choices.at(next % choices.length).focus();
}

function place(menu, at) {
  const box = at instanceof Element ? at.getBoundingClientRect() : { left: at.x, bottom: at.y, top: at.y };
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = box.bottom + height + 8 < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - height - 4)}px`;
}
