/** Which phones show, and what is open on them, in the address: a reload, and the way back, find it again. */

export class Place {
  /**
   * `restore` is called with [{person, chat, thread}] when the visitor has gone back or forward; the guide shows again
   * where it showed at first.
   */
  constructor(people, phoneOf, { restore, guide }) {
    Object.assign(this, { people, phoneOf, guide, changing: false });
    addEventListener("popstate", ({ state }) => {
      this.change(() => restore(Place.read()));
      guide.show(Boolean(state?.guide));
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

  /** Notes what shows now: a step to go back from, unless it is the first, or nobody chose it (`silent`). */
  note(silent = false) {
    const now = `#${this.people.visible.map((id) => address(id, this.phoneOf(id).view)).join("&")}`;
    if (now === location.hash || this.changing) return;
    if (silent || !location.hash) history.replaceState({ guide: this.guide.shown }, "", now);
    else history.pushState(null, "", now);
  }
}

function address(id, view) {
  if (!view) return String(id);
  return [id, view.chatId, view.thread].filter((one) => one !== null).join("/");
}
