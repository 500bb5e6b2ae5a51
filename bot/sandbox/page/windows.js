/** The page in the browser, beside the phones: a tab of a person's own, or of the mailbox. */

import * as api from "./api.js";

/** `person` 0 is the mailbox. The tab is opened at once, as browsers allow it only while something is being pressed. */
export async function openWindow(town, person) {
  const tab = open("about:blank");
  const answer = await town.ask(api.windowOf(person));
  if (answer && tab) tab.location = answer.result;
  else if (answer) location.assign(answer.result);
  else tab?.close();
}
