from datetime import date

import pytest

from messages.documents import invented_town
from messages.documents.make import make
from messages.documents.material import Material

_files: dict[tuple[str, str, int], tuple[Material, bytes]] = {}


@pytest.fixture(scope="session")
def town() -> Material:
    """The invented town with everything answered."""
    return invented_town.material()


@pytest.fixture
def empty() -> Material:
    """A group that has just begun."""
    return Material("Exempelstad", date(2027, 2, 5))


def file_of(document: str, form: str, material: Material) -> bytes:
    """The file, made once for a material that several tests look at: the same gives the same bytes, as a test holds."""
    place = document, form, id(material)
    if place not in _files:
        _files[place] = material, make(document, form, material)
    return _files[place][1]
