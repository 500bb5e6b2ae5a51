"""Parts of texts that are signed: the lines to sign on, and the year in short."""

from collections.abc import Iterable, Sequence

from flows.enums import ExerciseRole
from flows.figures.statistics import Series
from messages.documents.blocks import Source
from messages.documents.facts import Facts
from messages.documents.material import Round, Year
from messages.documents.parts import Parts
from messages.documents.template import Markdown
from messages.figures import in_words, legend
from messages.structure.blocks import Bullets, Heading, Span, Table

LINES = 3  # lines to sign on, if it is not known who will
HEIGHT = 0.95  # cm, room to write by hand
HALF_A_YEAR = 6  # months


def signatures(parts: Parts, kind: str = "", of: Sequence[str] = ()) -> Markdown:
    """Make lines to sign on: for each organisation that takes part (or those in `of`), or for who keeps "minutes".

    While a network has nobody but the core group, there are empty lines for those who come.
    """
    words = parts.words
    if kind:
        first, signers = "", [words("signatures.secretary"), words("signatures.checked")]
    else:
        first = words("signatures.organisation")
        core, network = set(parts.material.names.core), set(parts.material.names.network)
        signers = list(of) or sorted(core | network)
        if not of and network <= core:  # the network has nobody yet
            signers += [""] * LINES
    header = (first or words("signatures.title"), *words.each("signatures", "name", "on", "signed"))
    table = Table(header, tuple((signer, "", "", "") for signer in signers), (0.3, 0.28, 0.14, 0.28), HEIGHT)
    made = parts.keep(Heading(2 if kind else 1, words(f"signatures.{kind or 'title'}")), table)
    parts.apart += parts.kept[-2:]
    return made


def report_year(facts: Facts) -> int:
    """Return the year that a yearly report is about: that of its review, which may be held in the half year after it.

    Without a review the newest year with figures that is over, or else the one that a report could be about today. No
    year before the group began, unless it has figures.
    """
    reviewed = facts.material.rounds.get(facts.process.with_role(ExerciseRole.YEARLY).id, Round()).changed()
    over = {year.year for year in facts.material.years if not year.preliminary}
    if not reviewed and over:
        return max(over)
    day = reviewed or facts.material.today
    about, began = day.year if day.month > HALF_A_YEAR else day.year - 1, facts.material.began
    return max(about, began.year) if began and about not in over else about


def counted_from(parts: Parts, years: Iterable[Year]) -> list[str]:
    """Say from when incidents are counted, if that is a day within one of these years; else nothing."""
    on = parts.material.began
    if on is None or (on.month, on.day) == (1, 1) or on.year not in {year.year for year in years}:
        return []
    return [parts.words("year_table.counted_from", on=parts.dated(on))]


def year_in_short(parts: Parts) -> Markdown:
    """Show the report's year in figures with those of the year before; nothing while there are none."""
    about = report_year(parts)
    years = sorted((year for year in parts.material.years if year.year <= about), key=lambda year: year.year)
    if not years:
        return Markdown("")
    now, before = years[-1], years[-2] if len(years) > 1 else None
    said = []
    for place, (series, figure) in enumerate(zip(Series, now.figures(), strict=True)):
        last = before.figures()[place] if before else None
        facts = {
            "name": parts.words(f"series.{series}"),
            "now": in_words(parts.voice, figure),
            "before": last if isinstance(figure, int) and isinstance(last, int) else None,
        }
        said.append(parts.words("yearly.so_many", **facts))
    said += counted_from(parts, (before, now) if before else (now,))
    if now.preliminary:
        said.append(parts.words("yearly.until_now", year=now.year))
    why = legend(parts.voice, now.figures())
    return parts.keep(Bullets(tuple((Span(line),) for line in said)), *([Source("\n".join(why), ())] if why else []))
