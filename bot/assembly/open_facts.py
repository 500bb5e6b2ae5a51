"""What people ask of something that is open to them, or say of it, in their own words: until when, how many have
answered, who sees it, where its text is, that it is done. All of it is told from the one list of what is open, by what
each kind says of itself (`Particulars`); no question is coded for a kind.

A rule of `messages/<language>/own_words.toml` that speaks of what is open has the words `open`, and the aspect that
`Told` knows for an id; the words of all of them stand under `own.open` in the interface.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.assembly import inbox
from bot.assembly.asked_in_words import Answerer, Asked, Found, Keys, towns
from bot.context.context import Context
from bot.context.open_thing import Kind, OpenThing, Part, Particulars
from bot.context.permissions import Rank
from bot.views.shared_buttons import in_town
from messages.voice import TemplateFacts
from storage.records.records import Person

MOST: Final = 3  # things that are told of, where none is named


@dataclass(frozen=True, slots=True)
class Told:
    """A thing that is open, with what can be asked of it."""

    thing: OpenThing
    of: Particulars

    def has(self, aspect: str) -> bool:
        """True if there is something to say to this aspect."""
        lacks = {"count": self.of.progress is None, "much": self.of.amount is None, "sees": not self.of.sees}
        return not lacks.get(aspect, False)

    def line(self, aspect: str) -> TemplateFacts:
        """Return its line in what is told."""
        progress, amount = self.of.progress, self.of.amount
        return {
            "town": self.thing.facts.get("town"),
            "name": self.of.name,
            "aspect": aspect,
            "until": self.of.until,
            "progress": {"yes": 0, "no": 0, **progress} if progress else None,
            "amount": amount,
            "sees": self.of.sees,
            "part": self.thing.part,
        }

    def ways(self, ctx: Context, aspect: str) -> Keys:
        """Return the buttons: where its text is read, or else where it counts what is said of it."""
        town = self.thing.facts.get("town")
        rows = (self.of.reads,) if aspect == "text" else self.of.settles
        return [[in_town(ctx, key, str(town) if town else None) for key in row] for row in rows if row]


async def every(ctx: Context, person: Person, group: int | None = None) -> list[Told]:
    """Return all that is open to this person of which anything can be asked; `group`: in this one only."""
    found = [one async for one in inbox.open_to(ctx, person, group) if one.told]
    return [Told(one, await one.told()) for one in found if one.told]


def named(ctx: Context, there: Sequence[Told], text: str) -> list[Told]:
    """Return what a text speaks of by name, those by most of their words; nothing if it names none."""
    speaks = ctx.services.voice.rules.own_words.common
    counted = [(speaks(text, one.of.name), speaks(text, one.of.words), one) for one in there]
    most = max(((name, words) for name, words, _ in counted), default=(0, 0))
    return [one for name, words, one in counted if (name, words) == most] if any(most) else []


async def named_to(ctx: Context, person: Person, text: str) -> list[Told]:
    """Return what a text speaks of by name, of all that is open to this person."""
    return named(ctx, await every(ctx, person), text)


async def answer(ctx: Context, asked: Asked) -> Found | None:
    """Tell of what a text names; else of what it stands under; else of what is open, the person's own first."""
    aspect = asked.heard.rule.id
    there = [one for one in await every(ctx, asked.person, asked.only) if one.has(aspect)]
    above = [one for one in there if one.of.above(asked.above)]
    if aspect in BY_NAME:
        meant = [one for one in above if asked.only and one.thing.kind is Kind.TASK]
    else:
        meant = above or [one for one in there if aspect != "until" or one.of.until]
    found = named(ctx, there, asked.text) or meant
    if not found and not (aspect in ALWAYS and towns(asked, Rank.MEMBER)):
        return None
    return told(ctx, asked, sorted(found, key=lambda one: one.thing.part is not Part.TODO)[:MOST], aspect)


async def standing_above(ctx: Context, asked: Asked) -> tuple[str, TemplateFacts, Keys] | None:
    """Tell what is known of what a question stands under, if not just what it asks."""
    found = [one for one in await every(ctx, asked.person, asked.only) if one.of.above(asked.above)]
    return ("open", *told(ctx, asked, found, "any")) if found else None


def told(ctx: Context, asked: Asked, found: Sequence[Told], aspect: str) -> Found:
    """Return the lines and buttons of these; what is asked right above needs none but to its text."""
    opened = [one for one in found if aspect == "text" or not (asked.questions and one.of.above(asked.above))]
    keys = [row for one in opened for row in one.ways(ctx, aspect)]
    lines = [one.line(aspect) for one in found]
    return {"lines": lines, "today": ctx.today, "in_group": asked.only is not None}, keys


BY_NAME: Final = ("settles",)  # what may be about anything, unless it names what it is about, or replies to it
ALWAYS: Final = ("until", "count")  # what is answered, too, where nothing is open
ANSWERS: Final[Mapping[str, Answerer]] = {"open": answer}
