from datetime import date

import pytest

from messages.documents import invented_town
from messages.documents.material import Material


@pytest.fixture(scope="session")
def town() -> Material:
    """The invented town with everything answered."""
    return invented_town.material()


@pytest.fixture
def empty() -> Material:
    """A group that has just begun."""
    return Material("Exempelstad", date(2027, 2, 5))
