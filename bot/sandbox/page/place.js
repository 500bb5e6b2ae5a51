/**
 * Which phones show, and what is open on them, in the address: a reload, and the way back, find it again. A film is one
 * step, however much it shows.
 */

export class Place {
  /**
   * `restore` is called with [{person, chat, thread}] when the visitor has gone back or forward; the guide shows again
   * where it showed at first. `uncover` closes what lies above the phones, and answers whether anything did: then that
   * was the step back. `film` ends when one steps out of it.
   */
  constructor(people, phoneOf, { restore, uncover, guide, film }) {
    Object.assign(this, { people, phoneOf, guide, changing: false, leaving: false });
    addEventListener("popstate", ({ state }) => {
      if (uncover()) {
        this.note(film.shown);
        return;
      }
      guide.show(Boolean(state?.guide));
      this.leaving = film.shown && !state?.film;
      if (this.leaving) film.over(); // and then the page begins at this address
      else this.change(() => restore(Place.read()));
    });
  }

  /** Changes several things, of which what shows between is no step of anybody's. */
  change(things) {
    this.changing = true;
    things();
    this.changing = false;
  }

  /** What the address says. */
  static read() {
    const parts = location.hash.slice(1).split("&").filter(Boolean);
    return parts.map((part) => {
      const [person, chat, thread] = part.split("/").map(Number);
      return { person, chat, thread: thread || null };
    });
  }

  /** Notes what shows now: a step to go back from, unless it is the first, or one that a film has chosen (`inFilm`). */
  note(inFilm = false) {
    if (!inFilm) this.leaving = false;
    const now = `#${this.people.visible.map((id) => address(id, this.phoneOf(id).view)).join("&")}`;
    if (this.changing || this.leaving) return;
    if (inFilm && !history.state?.film) history.pushState({ film: true }, "", now);
    else if (now === location.hash) return;
    else if (inFilm) history.replaceState({ film: true }, "", now);
    else if (!location.hash) history.replaceState({ guide: this.guide.shown }, "", now);
    else history.pushState(null, "", now);
  }
}

function address(id, view) {
  if (!view) return String(id);
  return [id, view.chatId, view.thread].filter((one) => one !== null).join("/");
}
