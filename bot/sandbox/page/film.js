/** A whole town played before one's eyes: how far it has come, its speed, its pause, and the way out of it. */

import * as api from "./api.js";
import { setText } from "./dom.js";
import { longDate } from "./words.js";

const part = (id) => document.getElementById(id);
const LEAST_LOOK = 1500; // milliseconds that a phone shows before another takes its place
const SPEEDS = [
  { speed: 0.5, id: "film-slow" },
  { speed: 1, id: "film-normal" },
  { speed: 3, id: "film-fast" },
];

export class Film {
  /** `show(person, chat)` brings a chat forward while the film runs, beside the group of the first person. */
  constructor(town, show) {
    Object.assign(this, { town, show, lastSpeed: 1, turned: 0 });
    part("film-pause").addEventListener("click", () => this.pause());
    part("film-end").addEventListener("click", () => this.end());
    part("film-again").addEventListener("click", () => this.begin());
    for (const { speed, id } of SPEEDS) part(id).addEventListener("click", () => this.pace(speed));
  }

  begin() {
    this.lastSpeed = 1;
    return this.town.ask(api.film({ begin: true }));
  }

  get shown() {
    return Boolean(this.town.world?.film);
  }

  /** Out of it by its button: to where one was before, as the way back leads. */
  end() {
    if (history.state?.film) history.back();
    else this.over();
  }

  over() {
    return this.town.ask(api.film({ end: true }));
  }

  pace(speed) {
    this.lastSpeed = speed || this.lastSpeed;
    return this.town.ask(api.film({ speed }));
  }

  pause() {
    return this.pace(this.town.world.film.speed ? 0 : this.lastSpeed);
  }

  render() {
    const { film } = this.town.world;
    part("film").hidden = !film;
    document.body.classList.toggle("in-film", Boolean(film));
    if (!film) return;
    const over = film.ended;
    setText(part("film-title"), film.title || "En stad börjar");
    setText(part("film-when"), longDate(this.town.now));
    part("film-progress").value = film.share;
    setText(part("film-pause"), film.speed ? "Pausa" : "Fortsätt");
    part("film-pause").hidden = over;
    part("film-again").hidden = !over;
    for (const { speed, id } of SPEEDS) {
      part(id).hidden = over;
      part(id).setAttribute("aria-pressed", String(speed === (film.speed || this.lastSpeed)));
    }
    setText(part("film-hint"), hintOf(film));
    if (film.speed && film.person) this.turnTo(film);
  }

  /** The one who acts comes forward, but not so often that nobody can read. */
  turnTo({ person, chat }) {
    if (performance.now() - this.turned < LEAST_LOOK) return;
    this.turned = performance.now();
    this.show(person, chat);
  }
}

function hintOf(film) {
  if (film.stopped) return "Härifrån går staden sin egen väg. Spela vidare för hand.";
  if (film.ended) return "Nu är staden klar. Se dig omkring, eller spela vidare för hand.";
  return film.speed ? "" : "Pausad. Du kan göra vad du vill i telefonerna.";
}
