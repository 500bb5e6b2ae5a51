"""The network's statistics (I.3) as tables and files. Small numbers are hidden from all but the readers."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from bot.context.context import Actor, Context
from bot.context.message import Key, when
from bot.context.permissions import About, Rank
from bot.context.routes import NOTHING_KEPT, Routes, buttons, texts
from bot.context.sealed_actions import Action
from bot.exercises import runner
from bot.features.incidents.follow_ups import LOGGED_TWICE
from bot.views.exercise import ExerciseView
from bot.views.shared_buttons import picture_key
from flows.enums import ExerciseRole, Field
from flows.figures.figures import NotTold
from flows.figures.statistics import (
    UNKNOWN,
    CrossTable,
    Fact,
    Figures,
    Series,
    as_published,
    divided,
    figures_until,
    publication,
    quarterly,
    to_publish,
    told_divided,
    told_quarters,
    told_years,
    yearly,
)
from messages.documents.cells import defused
from messages.documents.tables import sheet
from messages.figures import in_words, legend
from messages.structure.blocks import said
from messages.voice import TemplateFacts
from storage.records.message_notes import MessageContext
from storage.records.records import Attachment, Countable, Group

DIMENSIONS = (Field.KIND, Field.AREA, Field.KNOWN)
QUARTER = "quarter"
VIEWS = ("year", QUARTER, *DIMENSIONS)
WORKBOOK = "xlsx"
FORMS = ("csv", WORKBOOK)
UNSAID = ("-", "–")  # a figure that is not known, in a line of figures
SHOWN_YEARS = 4  # columns of a table in a chat; the files have them all


async def _counted(ctx: Context, group_id: int) -> list[Fact]:
    found = await ctx.work.incidents.countable(group_id)
    once = [incident for incident in found if all(one["what"] != LOGGED_TWICE for one in incident.follow_ups)]
    return [fact for number, incident in enumerate(once) for fact in _facts(incident, number)]


async def _published(ctx: Context, group_id: int) -> Mapping[str, Figures]:
    """Return the published figures of each quarter. One that is over is published as soon as somebody asks."""
    facts, published = await _counted(ctx, group_id), dict[str, Figures]()
    for one in await ctx.work.published.of_group(group_id):
        published[one.quarter] = as_published(one.figures)
        if not one.figures.keys() >= set(Series):  # of a version that kept no reason for what it did not tell
            new = publication(figures_until(facts, one.quarter), published.values())
            none = {str(series): new[series] for series in Series if series in new and not new[series].number}
            published[one.quarter] = {**none, **published[one.quarter]}
            await ctx.work.published.complete(one, _kept(published[one.quarter]))
    for quarter in to_publish(facts, published, ctx.today):
        published[quarter] = publication(figures_until(facts, quarter), published.values())
        await ctx.work.published.add(group_id, quarter, _kept(published[quarter]))
    return published


def _kept(figures: Figures) -> dict[str, list[int] | None]:
    """Return a quarter's figures as they are stored: a series that is withheld as null."""
    told = {name: [figure.number, figure.incidents, figure.unsaid] for name, figure in figures.items()}
    return {**dict.fromkeys(Series), **told}


async def years_for_all(ctx: Context, group_id: int) -> CrossTable:
    """Return the four series per year as everybody may see them."""
    return told_years(await _published(ctx, group_id), await _earlier(ctx, group_id))


async def reported_in(ctx: Context, group: Group, quarter: str) -> int | None:
    """Return how many incidents of a quarter everybody may know of; None where that is not told."""
    table = told_quarters(await _published(ctx, group.id), int(quarter[:4]))
    told = next((column.cells.get(quarter) for column in table.columns if column.name == Series.REPORTED), None)
    return None if isinstance(told, NotTold) else told


async def _earlier(ctx: Context, group_id: int) -> dict[tuple[int, Series], int]:
    return {(f.year, Series(f.series)): f.number for f in await ctx.work.earlier_years.of_group(group_id)}


def _facts(incident: Countable, number: int) -> list[Fact]:
    values = incident.values
    seen = values.get(Field.WHEN)
    day = date.fromisoformat(seen) if seen is not None else incident.logged_on
    of: dict[str, tuple[str, ...]] = {
        Field.KIND: tuple(values.get(Field.KIND, ())),
        Field.AREA: (values[Field.AREA],) if values.get(Field.AREA) else (),
        Field.KNOWN: (values[Field.KNOWN],) if values.get(Field.KNOWN) else (),
    }
    exposed = values.get(Field.EXPOSED)
    found = [Fact(Series.REPORTED, day, 1, of, number)]
    found.append(Fact(Series.EXPOSED, day, int(exposed or 0), of, number, unsaid=exposed is None))
    series = {"talk": Series.TALKS, "support_begun": Series.SUPPORT}
    followed = (f for f in incident.follow_ups if f["what"] in series)
    return found + [Fact(series[f["what"]], date.fromisoformat(f["day"]), 1, of, number) for f in followed]


async def _table(ctx: Context, actor: Actor, view: str) -> tuple[CrossTable, bool]:
    """Return the table of a view: for a reader as it is now, for others as it was published."""
    group_id, earlier = actor.group.id, await _earlier(ctx, actor.group.id)
    if await ctx.work.incidents.may_read(actor.member):
        facts = await _counted(ctx, group_id)
        if view in DIMENSIONS:
            areas = {area for fact in facts for area in fact.of.get(Field.AREA, ())}
            return divided(facts, Series.REPORTED, view, _categories(ctx, view, areas)), True
        return yearly(facts, earlier) if view == "year" else quarterly(facts, _year(ctx, view), ctx.today), True
    published = await _published(ctx, group_id)
    if view in DIMENSIONS:
        told = (name.partition(":") for figures in published.values() for name in figures)
        areas = {category for of, _, category in told if of == Field.AREA and category != UNKNOWN}
        return told_divided(published, view, _categories(ctx, view, areas)), False
    return told_years(published, earlier) if view == "year" else told_quarters(published, _year(ctx, view)), False


def _view(ctx: Context, chosen: str) -> str:
    """Return the view that a button names: one of `VIEWS`, or the quarters of an earlier year ("quarter.2026")."""
    of, _, year = chosen.partition(".")
    sound = year.isdecimal() and len(year) == 4 and of == QUARTER and int(year) < ctx.today.year
    return chosen if sound or (of in VIEWS and not year) else "year"


def _year(ctx: Context, view: str) -> int:
    """Return the year whose quarters a view shows."""
    return int(view.partition(".")[2] or ctx.today.year)


async def _years_with_quarters(ctx: Context, actor: Actor) -> list[int]:
    """Return the years whose quarters can be shown to this person."""
    if await ctx.work.incidents.may_read(actor.member):
        return sorted({fact.day.year for fact in await _counted(ctx, actor.group.id)} | {ctx.today.year})
    return sorted({int(quarter[:4]) for quarter in await _published(ctx, actor.group.id)} | {ctx.today.year})


def _categories(ctx: Context, view: str, areas: Collection[str]) -> Sequence[str]:
    if view == Field.AREA:  # also those that the group has removed from its list since
        return sorted(areas)
    return ctx.services.process.with_role(ExerciseRole.INCIDENT).field(Field(view)).options


def _name(present: ExerciseView, view: str, category: str) -> str:
    """Return the name of a category or a column."""
    label = present.voice.label
    if category == UNKNOWN:
        return label("statistics.unknown")
    if category in tuple(Series):
        return label(f"series.{category}")
    if view.startswith(QUARTER):
        return label("statistics.quarter_name", {"n": category[-1]})
    if view in DIMENSIONS and category in (question := present.exercise.field(Field(view))).options:
        return present.option(question, category)
    return category  # a year, or a part of town


async def _present(ctx: Context, actor: Actor) -> ExerciseView:
    scene = await runner.scene_of(ctx, actor.group)
    return ExerciseView(ctx.services.voice, scene, ctx.services.process.with_role(ExerciseRole.INCIDENT))


async def show(ctx: Context, actor: Actor, action: Action | str = "") -> None:
    """Show a view of the statistics as a table."""
    chosen = action.arg if isinstance(action, Action) else ""
    view = _view(ctx, chosen)
    table, whole = await _table(ctx, actor, view)
    present, quarters = await _present(ctx, actor), view.startswith(QUARTER)
    columns = table.columns if quarters else table.columns[-SHOWN_YEARS:]
    across = quarters or view == "year"
    empty = not columns or not table.categories
    facts = {
        "view": ctx.services.voice.label(f"statistics.{view.partition('.')[0]}"),
        "year": _year(ctx, view) if quarters else None,
        "lines": _lines(present, view, CrossTable(table.categories, tuple(columns)), across=across),
        "whole": whole,
        "legend": legend(ctx.services.voice, (figure for c in columns for figure in c.cells.values())),
        "empty": empty,
        "too_few": empty and not whole and await _is_something_hidden(ctx, actor.group.id),
        "without": _without(ctx, present, view, table),
        "several": view == Field.KIND,
    }
    years = await _year_keys(ctx, actor, view) if quarters else []
    await ctx.reply(actor, "statistics.table", facts, [years, *_ways(ctx, actor, view)])


async def _year_keys(ctx: Context, actor: Actor, view: str) -> list[Key]:
    """Return the buttons to the quarters of the other years."""
    years = [y for y in await _years_with_quarters(ctx, actor) if y != _year(ctx, view)]
    named = [(str(y), f"{QUARTER}.{y}" if y < ctx.today.year else QUARTER) for y in years[-SHOWN_YEARS:]]
    return [Key(year, Action("stats", actor.group.id, 0, arg)) for year, arg in named]


def _ways(ctx: Context, actor: Actor, view: str) -> list[list[Key]]:
    """Return the buttons to the other views, the files and what belongs to them."""
    group, label = actor.group, ctx.services.voice.label
    views = [Key(label(f"statistics.{v}"), Action("stats", group.id, 0, v)) for v in VIEWS if v != view]
    files = [ctx.key(f"statistics.{form}", "statsfile", group.id, f"{view}:{form}") for form in FORMS]
    picture = [picture_key(ctx, "statistics", group.id)] if view == "year" else []
    earlier = when(actor.member.coordinator, ctx.key("statistics.earlier", "figures", group.id))
    return [views[:2], views[2:], [*files, *picture], [ctx.key("statistics.example", "statsex", group.id), *earlier]]


async def example(ctx: Context, actor: Actor, _action: Action) -> None:
    """Show the figures of the network in Helsingborg (handbook, I.3), as an example of what such figures can tell."""
    await ctx.reply(actor, "statistics.example", {}, [[ctx.key("statistics.back", "stats", actor.group.id)]])


async def _is_something_hidden(ctx: Context, group_id: int) -> bool:
    """True if the years that everybody may see tell of incidents, in a number or as one too small to be shown."""
    told = told_years(await _published(ctx, group_id), {})
    return any(column.cells[Series.REPORTED] != 0 for column in told.columns)


def _without(ctx: Context, present: ExerciseView, view: str, table: CrossTable) -> list[str]:
    """Return the categories that there are no figures of, where some have any."""
    if view not in DIMENSIONS or view == Field.AREA or not table.categories:
        return []
    return [_name(present, view, one) for one in _categories(ctx, view, ()) if one not in table.categories]


def _lines(present: ExerciseView, view: str, table: CrossTable, *, across: bool) -> list[TemplateFacts]:
    """Return the table line by line. Years are lines of four series; categories are lines of years."""
    voice = present.voice
    if across:
        return [
            {
                "name": _name(present, view, column.name),
                "cells": [
                    (_name(present, view, c), in_words(voice, column.cells[c]), column.unsaid.get(c, 0))
                    for c in table.categories
                ],
            }
            for column in table.columns
        ]
    return [
        {
            "name": _name(present, view, category),
            "cells": [(column.name, in_words(voice, column.cells[category]), 0) for column in table.columns],
        }
        for category in table.categories
    ]


# -- a file ------------------------------------------------------------------------------------------------------------
async def as_file(ctx: Context, actor: Actor, action: Action) -> None:
    """Send the table as a file for spreadsheets, with all years: as text with semicolons, or as a workbook."""
    chosen, _, form = action.arg.partition(":")
    view, label = _view(ctx, chosen), ctx.services.voice.label
    header, *rows = await lines(ctx, actor, view)
    title = label(f"statistics.{view.partition('.')[0]}")
    if view.startswith(QUARTER):
        title = f"{title} {_year(ctx, view)}"
    made = sheet(title, header, rows, ctx.today) if form == WORKBOOK else as_csv([header, *rows])
    name = label("statistics.file_name", {"view": title, "form": form or "csv"})
    caption = said(label("statistics.caption"))
    await ctx.send_file(actor.person.id, Attachment("document", name, made), caption, about=actor.group.id)


async def lines(ctx: Context, actor: Actor, view: str) -> list[list[Any]]:
    """Return a view as this person may see it, with all years: a header, and a line for each category."""
    table, _ = await _table(ctx, actor, view)
    present = await _present(ctx, actor)
    header = ["", *(_name(present, view, column.name) for column in table.columns)]
    return [header] + [
        [_name(present, view, category), *(in_words(present.voice, c.cells[category]) for c in table.columns)]
        for category in table.categories
    ]


def as_csv(rows: Sequence[Sequence[Any]]) -> bytes:
    """Return lines for a Swedish spreadsheet (semicolons, UTF-8 with a byte order mark); formulas become text."""
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([defused(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


# -- earlier years -----------------------------------------------------------------------------------------------------
async def ask_figures(ctx: Context, actor: Actor, _action: Action) -> None:
    """Ask for figures of earlier years, a line each."""
    await _ask_figures(ctx, actor)


async def _ask_figures(ctx: Context, actor: Actor, *, trouble: str = "", saved: Sequence[str] = ()) -> None:
    """Ask for figures of earlier years, with those that are there as they were written."""
    known = [(f.year, f.series, f.number) for f in await ctx.work.earlier_years.of_group(actor.group.id)]
    years = {
        year: [next((n for y, s, n in known if (y, s) == (year, series)), None) for series in Series]
        for year, _, _ in known
    }
    facts = {"years": sorted(years.items()), "trouble": trouble, "saved": saved}
    context = MessageContext(want="figures", group=actor.group.id)
    hint = ctx.services.voice.label("figures_hint")
    await ctx.tell(actor, "statistics.earlier", facts, context=context, write_for=hint)


def _is_year(ctx: Context, year: str) -> bool:
    return year.isdecimal() and 1990 <= int(year) <= ctx.today.year


def _are_figures(numbers: Sequence[str]) -> bool:
    known = all(n in UNSAID or (n.isdecimal() and len(n) < 7) for n in numbers)
    return known and 1 <= len(numbers) <= len(Series)


async def take_figures(ctx: Context, actor: Actor, text: str, _context: MessageContext) -> None:
    """Take lines such as "2019: 30 12 8 3", with a dash for an unknown figure: all of them, or none."""
    lines = [line for line in text.splitlines() if line.strip()]
    found: dict[int, list[int | None]] = {}
    for line in lines:
        year, *numbers = line.replace(":", " ").replace(",", " ").split() or [""]
        if not _is_year(ctx, year) or not _are_figures(numbers):
            await _ask_figures(ctx, actor, trouble=line.strip()[:60])
            return
        found[int(year)] = [None if n in UNSAID else int(n) for n in numbers]
    for then, values in found.items():
        for series, value in zip(Series, values, strict=False):
            await ctx.work.earlier_years.put(actor.group.id, then, series, value)
    await _ask_figures(ctx, actor, saved=[str(year) for year in sorted(found)])


ROUTES: Routes = (
    *buttons(Rank.NETWORK, About.GROUP, stats=show, statsex=example, statsfile=as_file),
    *buttons(Rank.COORDINATOR, About.GROUP, figures=ask_figures),
    *texts(Rank.COORDINATOR, NOTHING_KEPT, figures=take_figures),
)
