"""Typst, as documents and pictures use it: no network, no fonts but the packaged ones, the same bytes each time."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import manimgx_fonts
import manimgx_fonts_cjk
import typst

if TYPE_CHECKING:
    from typst import PDFStandard

PageData = Mapping[str, Any]  # what a page description takes: text, numbers, lists and tables of these
HERE = Path(__file__).parent
_TEMPLATE_LINE = re.compile(r"┌─ (?:.*/)?([\w-]+\.typ:\d+)")  # in what Typst says of an error


class NotTypeset(Exception):
    """Typst could not set a page. Holds the template's line as `place`, and no message: that may quote a person."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@cache
def _fonts() -> typst.Fonts:
    folders = [str(Path(package.__file__).parent) for package in (manimgx_fonts, manimgx_fonts_cjk)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


def _inputs(layout: str, data: PageData) -> dict[str, Any]:
    """Return Typst's inputs, the same for every page."""
    return {
        "input": str(HERE / "layout" / f"{layout}.typ"),
        "root": str(HERE),
        "font_paths": _fonts(),
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(data, ensure_ascii=False)},
    }


def measured(layout: str, data: PageData, label: str) -> list[float]:
    """The numbers that a layout tells of itself under a label, once it is set. Raises NotTypeset."""
    try:
        told = typst.query(**_inputs(layout, data), selector=f"<{label}>", field="value", one=True)
    except (typst.TypstError, RuntimeError):
        raise NotTypeset(f"{layout}.typ") from None
    found: list[float] = json.loads(told)
    return found


def typeset(layout: str, data: PageData, kind: Literal["pdf", "png"], on: date, pixels_per_point: float = 3) -> bytes:
    """A page description (a file in `layout/`) with its data, as a tagged PDF (PDF/UA-1, PDF/A-2a) or as a picture.

    The data reach Typst as JSON and are set as strings, so that nothing in them can be markup. Raises NotTypeset.
    """

    def compiled(standards: "list[PDFStandard]") -> bytes:
        made = typst.compile(
            **_inputs(layout, data),
            format=kind,
            ppi=72 * pixels_per_point,
            pdf_standards=standards,
            timestamp=int(datetime.combine(on, time(12), UTC).timestamp()),
        )
        assert isinstance(made, bytes)  # one page of a picture, or a PDF
        return made

    try:
        if kind == "png":
            return compiled([])
        try:
            return compiled(["ua-1", "a-2a"])
        except typst.TypstError as error:
            if "could not be displayed" not in error.message:
                raise
            # A sign that no font has (of a rare script) may stand in neither; it becomes an empty box, still tagged.
            return compiled([])
    except typst.TypstError as error:
        found = _TEMPLATE_LINE.search(error.diagnostic)
        raise NotTypeset(found[1] if found else f"{layout}.typ") from None
