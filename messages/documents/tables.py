"""Registers as workbooks and as comma-separated text. Nothing that a person wrote can become a formula."""

import csv as csv_writer
import io
import re
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows.model import Kind, Question
from flows.statistics import Series
from messages.documents.catalogue import registers
from messages.documents.cells import defused
from messages.documents.facts import Facts
from messages.documents.material import Material
from messages.documents.reproducible import noon, steadied

LONGEST_CELL = 32_767  # characters, a limit of the format
WIDEST = 60  # characters; longer texts wrap
HEAD = "#0B4F6C"
# Texts that look like formulas, links or numbers stay texts.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def workbook(material: Material, register: str | None) -> bytes:
    """A register as a workbook; with None all that have rows, a sheet each, and the statistics."""
    facts, made = Facts(material), io.BytesIO()
    with xlsxwriter.Workbook(made, SAFE) as book:
        book.set_properties({"title": material.town, "created": noon(material.today).replace(tzinfo=None)})
        chosen = [register] if register else [name for name in registers() if facts.stored(name)]
        _cover(book, facts, chosen)
        for name in chosen:
            _sheet(book, facts, name)
        if register:
            book.worksheets()[1].activate()
        if register is None and (material.years or not chosen):
            _statistics(book, facts)
    return steadied(made.getvalue())


def sheet(name: str, header: list[str], rows: list[list[Any]], today: date) -> bytes:
    """One small table as a workbook; numbers are numbers in it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, SAFE) as book:
        book.set_properties({"created": noon(today).replace(tzinfo=None)})
        _fill(book, book.add_worksheet(_sheet_name(name, [])), header, rows)
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
    """The columns of a register: its number, its questions, who has it, until when, and whether it is done."""
    questions = facts.exercise(register).questions
    label = facts.words
    more = [(label(f"label.{name}"), None) for name in ("row_assignee", "row_due", "row_state")]
    return [(label("label.number"), None), *((facts.short(register, q.id), q) for q in questions), *more]


def _cells(facts: Facts, register: str, row: dict[str, Any]) -> list[Any]:
    """A row's values in the columns' order: numbers and dates as such, all else as text."""
    stored = row["stored"]
    cells: list[Any] = [stored.number]
    for question in facts.exercise(register).questions:
        value = stored.values.get(question.id)
        match question.kind:
            case _ if value is None:
                cells.append(None)
            case Kind.SCALE | Kind.NUMBER:
                cells.append(int(value))
            case Kind.DATE:
                cells.append(date.fromisoformat(value))
            case _:
                cells.append(row[question.id])
    due = stored.due
    return [*cells, row["assignee"] or None, due, facts.words(f"label.{stored.state}")]


def _cover(book: xlsxwriter.Workbook, facts: Facts, chosen: list[str]) -> None:
    """Add a first sheet: the town, the day of the newest row, and what each sheet holds."""
    sheet, label = book.add_worksheet(facts.words("label.sheet_cover")), facts.words
    title = book.add_format({"bold": True, "font_size": 16, "font_color": HEAD})
    strong, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, label("label.cover_title", town=facts.material.town), title)
    on = max((row.on for name in chosen for row in facts.stored(name)), default=facts.material.today)
    sheet.write_string(1, 0, label("label.cover_dated", on=facts.dated(on)))
    sheet.write_string(2, 0, label("label.cover_columns"))
    for line, name in enumerate(chosen, 4):
        sheet.write_string(line, 0, facts.name(name), strong)
        sheet.write_string(line, 1, str(facts.spoken(name)["lead"]), wrapped)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def _sheet(book: xlsxwriter.Workbook, facts: Facts, register: str) -> None:
    sheet = book.add_worksheet(_sheet_name(facts.name(register), [s.get_name() for s in book.worksheets()]))
    header = [name for name, _ in _columns(facts, register)]
    rows = [_cells(facts, register, row) for row in facts.rows(register)]
    _fill(book, sheet, header, rows)


def _statistics(book: xlsxwriter.Workbook, facts: Facts) -> None:
    sheet = book.add_worksheet(facts.words("label.sheet_statistics"))
    header = [facts.words("label.year"), *(facts.words(f"series.{name}") for name in Series)]
    few = facts.words("picture.statistics.few")
    rows = [[year.year, *(year.shown(name, few) for name in Series)] for year in facts.material.years]
    _fill(book, sheet, header, rows)


def _fill(book: xlsxwriter.Workbook, sheet: Worksheet, header: list[str], rows: list[list[Any]]) -> None:
    """Fill a sheet: header, typed cells, filter, and a header that stays when one scrolls."""
    top = book.add_format({"bold": True, "font_color": "white", "bg_color": HEAD, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    number = book.add_format({"valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
    for column, name in enumerate(header):
        sheet.write_string(0, column, name, top)
        longest = max((len(str(row[column])) for row in rows if row[column] is not None), default=0)
        sheet.set_column(column, column, min(WIDEST, max(10, len(name) + 4, longest + 2)))
    for line, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write(sheet, line, column, cell, {str: text, int: number, date: day})
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(header) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write(sheet: Worksheet, line: int, column: int, cell: Any, formats: dict[type, Format]) -> None:
    match cell:
        case None:
            return
        case date():
            sheet.write_datetime(line, column, cell, formats[date])
        case int():
            sheet.write_number(line, column, cell, formats[int])
        case _:
            sheet.write_string(line, column, str(cell)[:LONGEST_CELL], formats[str])


def _sheet_name(name: str, taken: list[str]) -> str:
    """A sheet's name as the format allows it: 31 characters, some signs not, each only once."""
    told = re.sub(r"\s*:\s*", " – ", name)
    safe = re.sub(r"\s+", " ", re.sub(r"[\[\]*?/\\]", " ", told)).strip("' ")[:31].strip()
    count, found = 2, safe
    while found.casefold() in (other.casefold() for other in taken):
        found, count = f"{safe[:28]} {count}", count + 1
    return found
