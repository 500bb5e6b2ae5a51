/** Dates, times and sizes as Swedish readers write them. All times are shown in the town's own zone. */

const ZONE = "Europe/Stockholm";
const format = (options) => new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, ...options });
const HOUR = format({ hour: "2-digit", minute: "2-digit" });
const SECOND = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = format({ weekday: "long", day: "numeric", month: "long" });
const SHORT_DAY = format({ day: "numeric", month: "short" });
const FULL = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const KEY = format({ year: "numeric", month: "2-digit", day: "2-digit" });

export const hourOf = (date) => HOUR.format(date);
export const secondOf = (date) => SECOND.format(date);
export const dayOf = (date) => DAY.format(date);
export const dayKey = (date) => KEY.format(date);
export const longDate = (date) => `${FULL.format(date)}, kl. ${HOUR.format(date)}`;

/** The hour for today's messages, the day for older ones. */
export function shortWhen(date, now) {
  return dayKey(date) === dayKey(now) ? hourOf(date) : SHORT_DAY.format(date);
}

export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} byte`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${value.toLocaleString("sv-SE", { maximumFractionDigits: 1 })} ${unit}`;
}

export const countOf = (number, one, many) => `${number} ${number === 1 ? one : many}`;

/** «Amiras telefon», «Hans telefon»: no extra s after a name that ends in s, x or z. */
export const possessive = (name) => (/[sxz]$/i.test(name) ? name : `${name}s`);

/** Text as it is searched: in small letters, and an «å» is an «å» whether it was written as one sign or two. */
export const plain = (text) => text.normalize().toLocaleLowerCase("sv");

export function shorten(text, length) {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length > length ? `${flat.slice(0, length - 1).trimEnd()}…` : flat;
}
