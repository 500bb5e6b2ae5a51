/** What a link in a message leads to, seen from inside the town. */

/**
 * Returns {kind: "start"|"startgroup", payload} (the payload is null for a link to the bot and no more),
 * {kind: "message", chat, message}, or {kind: "web"} for everything that lies outside the town.
 */
export function readLink(href, botUsername) {
  let url;
  try {
    url = new URL(href, location.href);
  } catch {
    return { kind: "web" };
  }
  if (!["t.me", "telegram.me"].includes(url.hostname)) return { kind: "web" };
  const [first, ...rest] = url.pathname.split("/").filter(Boolean);
  if (first === "c" && rest.length >= 2) {
    return { kind: "message", chat: Number(`-100${rest[0]}`), message: Number(rest.at(-1)) };
  }
  if (first?.toLowerCase() !== botUsername.toLowerCase()) return { kind: "web" };
  for (const kind of ["startgroup", "start"]) {
    if (url.searchParams.has(kind)) return { kind, payload: url.searchParams.get(kind) };
  }
  return { kind: "start", payload: null };
}
