"""Marks the changes between two versions of a text in the later one."""

from difflib import SequenceMatcher

from markupsafe import Markup, escape

ALIKE = 0.4  # less than this of two texts in common, from 0 to 1, and the later one is simply another text


def marked(now: str, before: str) -> Markup:
    """Return the text with new words underlined and removed ones struck out, in the bot's small HTML."""
    old, new = before.split(" "), now.split(" ")
    compared = SequenceMatcher(None, old, new, autojunk=False)
    if compared.ratio() < ALIKE:
        return escape(now)
    found: list[str] = []
    for what, from_old, to_old, from_new, to_new in compared.get_opcodes():
        gone, come = " ".join(old[from_old:to_old]), " ".join(new[from_new:to_new])
        if what == "equal":
            found.append(escape(come))
            continue
        if gone.strip():
            found.append(Markup("<s>{}</s>").format(gone))
        if come.strip():
            found.append(Markup("<u>{}</u>").format(come))
    return Markup(" ").join(found)


def replaced(now: str | None, before: str | None) -> Markup:
    """Return both of two short answers: the old one struck out, the new one underlined, by word if they are similar."""
    if now and before and (text := marked(now, before)) != escape(now):
        return text
    gone = Markup("<s>{}</s>").format(before) if before else None
    come = Markup("<u>{}</u>").format(now) if now else None
    return Markup(" ").join(filter(None, (gone, come)))
