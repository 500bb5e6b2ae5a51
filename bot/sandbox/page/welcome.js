/** The guide: what this is, and the doors into it. It goes when one enters or closes it, and comes back with "?". */

import * as api from "./api.js";
import { setText } from "./dom.js";
import { possessive } from "./words.js";

const WELCOMED = "provstaden.welcomed";
const part = (id) => document.getElementById(id);

export class Welcome {
  /** `open(person, chat)` opens a chat, `aside` moves the town's column out of the way, `film` can be begun. */
  constructor(town, { film, open, aside }) {
    Object.assign(this, { town, open, aside, entering: false });
    this.shown = sessionStorage.getItem(WELCOMED) === null;
    part("welcome-close").addEventListener("click", () => this.close());
    for (const help of document.querySelectorAll(".help")) help.addEventListener("click", () => this.comeBack());
    this.door("door-new", () => this.begin());
    this.door("door-finished", () => this.visitFinished());
    this.door("door-film", () => film.begin());
    this.door("door-join", () => this.join());
  }

  /**
   * A door keeps from being pressed twice, and the guide goes once it has opened. Meanwhile the guide says what is done
   * behind it, where that takes a while: `data-meanwhile`.
   */
  door(id, enter) {
    part(id).addEventListener("click", async () => {
      part(id).disabled = true;
      setText(part("meanwhile"), part(id).dataset.meanwhile ?? "");
      const through = await enter();
      part(id).disabled = false;
      setText(part("meanwhile"), "");
      if (through) this.close();
    });
  }

  /** The group that is to be played, and the one that has been through it all. */
  get groups() {
    const since = (chat) => chat.messages.length + chat.older;
    return [...this.town.groups].sort((one, other) => since(one) - since(other));
  }

  async begin() {
    this.entering = true; // what is said on the way is nobody's answer
    const answer = await this.town.ask(api.opening());
    if (answer) {
      const { person } = answer.result;
      this.town.play(person, true);
      await this.town.onDepth(); // the newest is there, and the way to it has been the others'
      this.town.markRead(person, this.town.chat(person), null);
      this.open(person, person, "newest");
    }
    this.entering = false;
    return answer;
  }

  visitFinished() {
    return this.enter(this.groups.at(-1), 0);
  }

  /** The last of the group, whom nobody plays at first: the greeting with its button is on their phone. */
  join() {
    return this.enter(this.groups[0], -1);
  }

  enter(group, place) {
    const person = group && this.town.people.filter((one) => this.town.isIn(group, one.id)).at(place);
    if (!person) return false;
    this.town.markRead(person.id, group, null); // what is newest shows, not where somebody else stopped reading
    this.open(person.id, group.id);
    return true;
  }

  /** Shows it or not, without moving the focus. */
  show(shown) {
    this.shown = shown;
    if (this.town.world) this.render();
  }

  close() {
    sessionStorage.setItem(WELCOMED, "yes");
    this.show(false);
    const shown = [...part("phone-row").querySelectorAll(".phone button")].find((one) => one.checkVisibility());
    shown?.focus(); // on a narrow screen the phone's own heading does not show
  }

  comeBack() {
    if (document.body.classList.contains("town-open")) this.aside();
    this.show(true);
    part("welcome-close").focus();
  }

  render() {
    part("welcome").hidden = !this.shown || Boolean(this.town.world?.film);
    const [first] = this.town.people;
    if (first) setText(part("first-name"), possessive(first.name));
    part("door-film").hidden = !this.town.world.has_film;
    part("door-finished").hidden = this.town.groups.length < 2;
  }
}
