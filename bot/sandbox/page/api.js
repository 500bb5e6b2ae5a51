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

/** The town as it is, as soon as it is newer than `version`; a long poll. Throws when the server is away. */
export async function fetchWorld(version) {
  const response = await fetch(`/world?since=${version}`, { cache: "no-store" });
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
