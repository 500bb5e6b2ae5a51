/** A picture seen large without leaving the chat; the arrows go to the chat's other pictures. */

import { button, el, icon, setText } from "./dom.js";

/** Opens the viewer at one of `pictures`: [{url, caption}]. */
export function viewPictures(pictures, at) {
  let here = at;
  const image = el("img", {});
  const caption = el("p");
  const apart = el("a", { target: "_blank", rel: "noopener noreferrer" }, "Öppna i egen flik");
  const step = (by) => {
    here = (here + by + pictures.length) % pictures.length;
    image.src = apart.href = pictures[here].url;
    image.alt = pictures[here].caption || "Bild";
    setText(caption, `${here + 1} av ${pictures.length}`);
  };
  const go = (by, label, sign) =>
    button({ class: "round", "aria-label": label, onclick: () => step(by), hidden: pictures.length < 2 }, icon(sign));
  const dialog = el(
    "dialog",
    { class: "viewer", "aria-label": "Bild", data: { part: "viewer" } },
    image,
    el(
      "div",
      { class: "buttons" },
      go(-1, "Bilden före", "back"),
      caption,
      go(1, "Nästa bild", "forward"),
      apart,
      button({ class: "primary", onclick: () => dialog.close(), data: { part: "close" } }, "Stäng"),
    ),
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  step(0);
  dialog.showModal();
}
