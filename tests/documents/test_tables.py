import csv
import io
from datetime import datetime

import openpyxl
import pytest

from flows.figures.figures import NotTold
from messages.documents.catalogue import registers
from messages.documents.cells import defused
from messages.documents.make import make
from messages.documents.material import Material, Year
from tests.documents.answered import DAY, with_rows

FORMULAS = ["=1+1", "+46", "-2+3", "@SUM(A1)", "\t=1", "{=1}", "http://x.example", "=cmd|'/C calc'!A0"]


def test_cells_have_their_types(town: Material) -> None:
    """Numbers are numbers, dates are dates, all else is text; the header stays in view and can be filtered."""
    sheet = openpyxl.load_workbook(io.BytesIO(make("table.indicators", "xlsx", town))).active
    assert sheet is not None
    header = [cell.value for cell in sheet[1]]
    first = dict(zip(header, (cell.value for cell in sheet[2]), strict=True))
    assert first["Nr"] == 1
    assert first["Aktör"] == "Hotell Exempel"
    assert first["Svarsdag"] == datetime(2026, 2, 10)  # noqa: DTZ001 - a cell's date has no zone
    assert first["Köper sex"] == 2
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref is not None


@pytest.mark.parametrize("text", FORMULAS)
def test_no_formula_comes_from_a_person(text: str, town: Material) -> None:
    """What looks like a formula or a link is text in the workbook, and harmless in the comma-separated file."""
    made = with_rows(town, "knowledge", [{"title": text, "kind": "tool", "use": text}])
    sheet = openpyxl.load_workbook(io.BytesIO(make("table.knowledge", "xlsx", made))).active
    assert sheet is not None
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].value == text.strip()
    assert sheet["B2"].hyperlink is None
    rows = list(csv.reader(io.StringIO(make("table.knowledge", "csv", made).decode("utf-8-sig")), delimiter=";"))
    assert rows[1][1][:1] not in ("=", "+", "-", "@", "\t")


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u00a0", "\u200b", "\ufeff", "\u2066", " \u3000\u200d\t"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66"])
def test_nothing_hides_a_formula(blank: str, sign: str) -> None:
    """Whatever stands before the sign and is not seen, and however wide the sign is, the cell becomes text."""
    assert defused(f"{blank}{sign}1+1") == f"'{blank}{sign}1+1"


@pytest.mark.parametrize("cell", ["Hotell Exempel", " två=2", "– ja", "5 @ 3", "", "112"])
def test_plain_cells_stay(cell: str) -> None:
    """What is no formula is left as it was written."""
    assert defused(cell) == cell
    assert (defused(-4), defused(None)) == ("-4", "")


def test_hours_are_hours(town: Material) -> None:
    """When something is held is a day with its hour, by which one can sort, and a day alone while that is settled."""
    row = {"theme": "Läget", "date": "2027-03-18T13:30"}
    made = with_rows(town, "meetings", [row, {**row, "date": "2027-05-20"}])
    sheet = openpyxl.load_workbook(io.BytesIO(make("table.meetings", "xlsx", made))).active
    assert sheet is not None
    when = [cell.value for cell in sheet[1]].index("När") + 1
    kept = [sheet.cell(line, when) for line in (2, 3)]
    assert [cell.value for cell in kept] == [datetime(2027, 3, 18, 13, 30), datetime(2027, 5, 20)]  # noqa: DTZ001
    assert [cell.number_format for cell in kept] == ["yyyy-mm-dd hh:mm", "yyyy-mm-dd"]


def test_who_has_a_row_stands_where_rows_are_given_out(town: Material) -> None:
    """A list of tasks says who has each, until when and whether it is done; of what nobody has it says nothing."""
    header = {id: make(f"table.{id}", "csv", town).decode("utf-8-sig").splitlines()[0] for id in registers()}
    assert header["activities"].endswith("Tar hand om det;Ska vara klart;Öppen eller klar")
    assert header["vulnerable_groups"] == "Nr;Grupp;Varför gruppen är utsatt"
    held = with_rows(town, "meetings", [{"theme": "Läget", "date": "2026-09-10", "status": "held"}])
    assert make("table.meetings", "csv", held).decode("utf-8-sig").endswith("Har varit;;;;\r\n")


def test_printed_sheets_can_be_read(town: Material) -> None:
    """On paper each list says its town and the page, and its letters are hardly smaller than on the screen."""
    book = openpyxl.load_workbook(io.BytesIO(make("tables", "xlsx", town)))
    for sheet in book.worksheets[1:]:
        assert sheet.oddFooter.left.text.partition(" · ")[0] == town.town, sheet.title
        assert sheet.oddFooter.right.text == "Sida &P", sheet.title
        widths = [
            column.width for column in sheet.column_dimensions.values() for _ in range(column.min, column.max + 1)
        ]
        assert sum(widths) < 170 or max(widths) < 16, sheet.title


@pytest.mark.parametrize("register", registers())
def test_every_register(register: str, town: Material, empty: Material) -> None:
    """Every register is a workbook and a text file, with rows and without."""
    for material in (town, empty):
        rows = list(
            csv.reader(io.StringIO(make(f"table.{register}", "csv", material).decode("utf-8-sig")), delimiter=";")
        )
        sheet = openpyxl.load_workbook(io.BytesIO(make(f"table.{register}", "xlsx", material))).active
        assert sheet is not None
        assert [str(cell.value) for cell in sheet[1]] == rows[0]
        assert {len(row) for row in rows} == {len(rows[0])}
        assert len({name.casefold() for name in rows[0]}) == len(rows[0]), "no two columns are called the same"


def test_a_workbook_says_what_it_is(town: Material) -> None:
    """The first sheet names the town, the day, and what stands on each sheet; a list alone opens on the list."""
    book = openpyxl.load_workbook(io.BytesIO(make("tables", "xlsx", town)))
    cover = [str(cell) for row in book["Om filen"].iter_rows(values_only=True) for cell in row if cell]
    assert town.town in cover[0]
    assert "Rutin: kedjan" in cover
    assert "Rutin – kedjan" in book.sheetnames
    assert "Analys av era lokala" in book.sheetnames  # whole words, as far as a name may go
    links = [cell.hyperlink.location for (cell,) in book["Om filen"]["A5:A40"] if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    one = openpyxl.load_workbook(io.BytesIO(make("table.chain", "xlsx", town)))
    assert one.sheetnames == ["Om filen", "Rutin – kedjan"]
    assert one.active is not None
    assert one.active.title == "Rutin – kedjan"


def test_all_in_one(town: Material, empty: Material) -> None:
    """All registers with rows are sheets of one workbook, with the statistics; an empty group has a sheet too."""
    book = openpyxl.load_workbook(io.BytesIO(make("tables", "xlsx", town)))
    assert len(book.sheetnames) == len({name.casefold() for name in book.sheetnames}) > 20
    assert "Statistik" in book.sheetnames
    assert openpyxl.load_workbook(io.BytesIO(make("tables", "xlsx", empty))).sheetnames == ["Om filen", "Statistik"]


def test_hidden_numbers(empty: Material) -> None:
    """A number of the statistics that is hidden is no number in the table either."""
    made = Material(empty.town, DAY, years=(Year(2026, 12, NotTold.WITHHELD, 5, 0),))
    sheet = openpyxl.load_workbook(io.BytesIO(make("tables", "xlsx", made)))["Statistik"]
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == [2026, 12, "redovisas inte", 5, 0]


def test_removed_rows_are_gone(town: Material) -> None:
    """A row that was taken away is in no table."""
    first = town.registers["knowledge"][0]
    removed = {**town.registers, "knowledge": (type(first)(1, first.values, first.on, state="removed"),)}
    made = Material(town.town, town.today, registers=removed)
    assert make("table.knowledge", "csv", made).decode("utf-8-sig").count("\r\n") == 1


def test_a_wide_list_can_be_read_on_paper(town: Material) -> None:
    """A list with many columns is printed on pages beside each other, each with the number and name of its rows, and
    no letter is pressed below two thirds; a narrow one keeps to the width of one page.
    """
    book = openpyxl.load_workbook(io.BytesIO(make("tables", "xlsx", town)))
    across = {sheet.title: int(sheet.page_setup.fitToWidth or 1) for sheet in book.worksheets}
    assert across["Om filen"] == 1
    assert max(across.values()) > 1
    for sheet in book.worksheets[1:]:
        wide = sum(column.width for column in sheet.column_dimensions.values())
        assert wide / across[sheet.title] <= 165, sheet.title
        assert (sheet.print_title_cols is not None) == (across[sheet.title] > 1), sheet.title
