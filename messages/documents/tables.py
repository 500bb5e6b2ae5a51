"""Registers as workbooks and as comma-separated text. Nothing that a person wrote can become a formula."""

import csv as csv_writer
import io
import math
import re
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows.definitions.model import Question
from flows.fields.base import Numbered
from flows.figures.statistics import Series
from flows.values import Value, day_of, number, time_of
from messages.documents.catalogue import registers
from messages.documents.cells import defused
from messages.documents.facts import Facts, RowInWords
from messages.documents.material import Material
from messages.documents.reproducible import noon, steadied
from messages.figures import in_words, legend

LONGEST_CELL = 32_767  # characters, a limit of the format
WIDEST, NARROWEST = 60, 14  # characters of a column of text; longer ones wrap
LINE = 150  # characters that an A4 sheet across has room for at the size they are written in
HEAD = "#0B4F6C"
# Texts that look like formulas, links or numbers stay texts.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def workbook(material: Material, register: str | None) -> bytes:
    """A register as a workbook; with None all that have rows, a sheet each, and the statistics."""
    facts, made = Facts(material), io.BytesIO()
    with xlsxwriter.Workbook(made, SAFE) as book:
        book.set_properties({"title": material.town, "created": noon(material.today).replace(tzinfo=None)})
        chosen = [register] if register else [name for name in registers() if facts.stored(name)]
        cover = book.add_worksheet(facts.words("label.sheet_cover"))
        listed = [(_sheet(book, facts, name), facts.name(name), str(facts.spoken(name)["lead"])) for name in chosen]
        if register:
            book.worksheets()[1].activate()
        elif material.years or not chosen:
            told = legend(facts.voice, (figure for year in material.years for figure in year.figures()))
            title, about = facts.words("label.sheet_statistics"), facts.words("label.cover_statistics", legend=told)
            listed.append((_statistics(book, facts, title), title, about))
        _cover(book, cover, facts, chosen, listed)
    return steadied(made.getvalue())


def sheet(name: str, header: list[str], rows: list[list[Any]], today: date) -> bytes:
    """One small table as a workbook; numbers are numbers in it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, SAFE) as book:
        book.set_properties({"created": noon(today).replace(tzinfo=None)})
        _fill(book, _added(book, name), header, rows)
    return steadied(made.getvalue())


def csv(material: Material, register: str) -> bytes:
    """A register in UTF-8 with semicolons, as Swedish spreadsheets expect; what looks like a formula is quoted."""
    facts, made = Facts(material), io.StringIO()
    writer = csv_writer.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow(name for name, _ in _columns(facts, register))
    for row in facts.rows(register):
        writer.writerow(defused(cell) for cell in _cells(facts, register, row))
    return b"\xef\xbb\xbf" + made.getvalue().encode()


def _columns(facts: Facts, register: str) -> list[tuple[str, Question | None]]:
    """The columns of a register: its number, its questions; of tasks also who has each, until when, and its state."""
    questions, label = facts.exercise(register).questions, facts.words
    columns = [(label("label.number"), None), *((facts.short(register, q.id), q) for q in questions)]
    given = ("row_assignee", "row_due", "row_state") if _given_out(facts, register) else ()
    return [*columns, *((label(f"label.{name}"), None) for name in given)]


def _given_out(facts: Facts, register: str) -> bool:
    """True if the register's rows are tasks that somebody has."""
    kept = facts.exercise(register).register
    return kept is not None and kept.assign


def _cells(facts: Facts, register: str, row: RowInWords) -> list[Any]:
    """A row's values in the columns' order: numbers, days and moments as such, all else as text."""
    stored = row["stored"]
    cells: list[Any] = [stored.number]
    for question in facts.exercise(register).questions:
        value = stored.values.get(question.id)
        cells.append(None if value is None else _cell(question, value, row[question.id]))
    if not _given_out(facts, register):
        return cells
    nobodys = stored.assignee is None and stored.state == "open"
    return [*cells, row["assignee"] or None, stored.due, None if nobodys else facts.words(f"label.{stored.state}")]


def _cell(question: Question, value: Value, said: str) -> int | date | str:
    if isinstance(question.field, Numbered):
        return int(number(value))
    if question.field.a_day:
        at = time_of(value)
        return datetime.combine(day_of(value), at) if at else day_of(value)
    return said


def _cover(
    book: xlsxwriter.Workbook, sheet: Worksheet, facts: Facts, chosen: list[str], listed: list[tuple[str, str, str]]
) -> None:
    """Fill the first sheet: the town, the day of the newest row, and what each sheet holds, a tap away."""
    label = facts.words
    title = book.add_format({"bold": True, "font_size": 16, "font_color": HEAD})
    strong = book.add_format({"bold": True, "valign": "top", "font_color": HEAD, "text_wrap": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, label("label.cover_title", town=facts.material.town), title)
    on = max((row.on for name in chosen for row in facts.stored(name)), default=facts.material.today)
    sheet.write_string(1, 0, f"{label('label.cover_dated', on=facts.dated(on))} · {label('label.working')}")
    if any(_given_out(facts, name) for name in chosen):
        sheet.write_string(2, 0, label("label.cover_columns"))
    for line, (place, name, about) in enumerate(listed, 4):
        quoted = place.replace("'", "''")
        sheet.write_url(line, 0, f"internal:'{quoted}'!A1", strong, name)
        sheet.write_string(line, 1, about, wrapped)
    _printed(sheet, pages=1)


def _sheet(book: xlsxwriter.Workbook, facts: Facts, register: str) -> str:
    """Add a register's sheet; its name."""
    header = [name for name, _ in _columns(facts, register)]
    rows = [_cells(facts, register, row) for row in facts.rows(register)]
    return _fill(book, _added(book, facts.name(register)), header, rows, facts)


def _statistics(book: xlsxwriter.Workbook, facts: Facts, title: str) -> str:
    """Add the sheet of the statistics, a row for each year; its name."""
    header = [facts.words("label.year"), *facts.words.each("series", *Series)]
    years = facts.material.years
    rows = [[year.year, *(in_words(facts.voice, figure) for figure in year.figures())] for year in years]
    return _fill(book, _added(book, title), header, rows, facts)


def _fill(
    book: xlsxwriter.Workbook, sheet: Worksheet, header: list[str], rows: list[list[Any]], facts: Facts | None = None
) -> str:
    """Fill a sheet: header, typed cells, filter, and a header that stays when one scrolls; its name."""
    top = book.add_format({"bold": True, "font_color": "white", "bg_color": HEAD, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    number = book.add_format({"valign": "top", "align": "left"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "left"})
    widths = _widths(header, rows)
    for column, (name, width) in enumerate(zip(header, widths, strict=True)):
        sheet.write_string(0, column, name, top)
        sheet.set_column(column, column, width)
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write(sheet, line, column, cell, {str: text, int: number, date: day, datetime: moment})
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(header) - 1)
    sheet.repeat_rows(0)
    if facts:
        town, page = facts.material.town.replace("&", "&&"), facts.words("label.page")
        sheet.set_footer(f"&L{town} · {facts.words('label.working')}&C&A&R{page} &P")
    _printed(sheet, across=math.ceil(sum(widths) / LINE))
    return str(sheet.get_name())


def _widths(header: list[str], rows: list[list[Any]]) -> list[int]:
    """Return the columns' widths in characters: what stands in them, the widest wrapped until all fit on one line."""
    wished = []
    for column, name in enumerate(header):
        cells = [row[column] for row in rows if row[column] is not None]
        words = max((len(word) for word in name.split()), default=0) + 3  # room for the filter's arrow
        wished.append(max(5, words, *(16 if isinstance(cell, datetime) else len(str(cell)) + 2 for cell in cells)))
    fits = (most for most in range(WIDEST, NARROWEST, -1) if sum(min(most, width) for width in wished) <= LINE)
    most = next(fits, NARROWEST)
    return [min(most, width) for width in wished]


def _printed(sheet: Worksheet, pages: int = 0, across: int = 1) -> None:
    """Let a sheet be printed on A4 across, on so many pages; 0: as it takes. `across`: pages beside each other, where
    one would be too small to read; each has the number and the name of its rows.
    """
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(across, pages)
    if across > 1:
        sheet.repeat_columns(0, 1)


def _write(sheet: Worksheet, line: int, column: int, cell: Any, formats: dict[type, Format]) -> None:
    match cell:
        case None:
            return
        case datetime():
            sheet.write_datetime(line, column, cell, formats[datetime])
        case date():
            sheet.write_datetime(line, column, cell, formats[date])
        case int():
            sheet.write_number(line, column, cell, formats[int])
        case _:
            sheet.write_string(line, column, str(cell)[:LONGEST_CELL], formats[str])


def _added(book: xlsxwriter.Workbook, name: str) -> Worksheet:
    """Add a sheet with a name as the format allows it: 31 characters in whole words, some signs not, each only once."""
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    told = re.sub(r"\s*:\s*", " – ", name)
    safe = re.sub(r"\s+", " ", re.sub(r"[\[\]*?/\\]", " ", told)).strip("' ")
    count, found = 2, _cut(safe, 31)
    while found.casefold() in taken:
        found, count = f"{_cut(safe, 28)} {count}", count + 1
    return book.add_worksheet(found)


def _cut(text: str, most: int) -> str:
    """The beginning of a text in whole words, if it has any."""
    return text if len(text) <= most else text[: most + 1].rpartition(" ")[0] or text[:most]
