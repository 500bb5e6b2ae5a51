"""Work that takes its worker down with it."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import NoReturn

from messages.documents.material import Material
from messages.documents.render_request import Made, fulfil


def always(_document: str, _form: str, _material: Material, _known: Collection[str]) -> NoReturn:
    """Die each time."""
    os._exit(1)


def once(mark: Path, document: str, form: str, material: Material, known: Collection[str]) -> Made | None:
    """Die the first time; `mark` is the file that tells the second time from it."""
    if not mark.exists():
        mark.touch()
        os._exit(1)
    return fulfil(document, form, material, known)
