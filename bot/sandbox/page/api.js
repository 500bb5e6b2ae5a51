/** The page's door of the sandbox server: every request the page makes is in this file. */

async function send(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return { ok: false, error: "Provstaden svarar inte just nu." };
  }
  const answer = await response.json().catch(() => null);
  return answer ?? { ok: false, error: "Provstaden svarade på ett oväntat sätt." };
}

/**
 * What shows, as soon as it is newer than `version` of `scene`; a long poll. `depth` is how many messages of which
 * chats are wanted ("chat:number,…"). Throws when the server is away or the poll is called off.
 */
export async function fetchWorld({ version, scene, depth, signal }) {
  const query = new URLSearchParams({ since: version, scene, depth });
  const response = await fetch(`/world?${query}`, { cache: "no-store", signal });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.json();
}

export const act = (person, action, details = {}) => send("POST", "/act", { person, action, ...details });
export const addPerson = (name) => send("POST", "/people", { name });
export const renamePerson = (id, name) => send("PATCH", `/people/${id}`, { name });
export const addGroup = (title, owner, members) => send("POST", "/groups", { title, owner, members });
export const wind = (step) => send("POST", "/clock", step);
export const setFaults = (faults) => send("POST", "/faults", faults);
export const playOthers = (except) => send("POST", "/others", { except });
export const film = (step) => send("POST", "/film", step);
export const windowOf = (person) => send("POST", "/window", { person });
export const opening = () => send("POST", "/opening", {});
