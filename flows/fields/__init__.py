"""The kinds of questions, a file each: what it may say in a definition, how it is read, offered, picked and said."""

from collections.abc import Mapping
from dataclasses import fields
from typing import get_args

from flows.enums import Kind
from flows.fields.base import FieldType, Offer, Offered, Says, Standing, There
from flows.fields.choice import ChoiceField, Likely
from flows.fields.day import DateField
from flows.fields.feed import Feed
from flows.fields.link import LinkField
from flows.fields.moment import MomentField
from flows.fields.number import NumberField
from flows.fields.organisation import OrganisationField
from flows.fields.person import PersonField
from flows.fields.row import RowField
from flows.fields.scale import ScaleField
from flows.fields.text import TextField
from flows.toml_table import TomlTable

AnyField = (
    TextField
    | ChoiceField
    | ScaleField
    | NumberField
    | DateField
    | MomentField
    | PersonField
    | OrganisationField
    | LinkField
    | RowField
)

__all__ = [
    "AnyField",
    "ChoiceField",
    "DateField",
    "Feed",
    "FieldType",
    "Likely",
    "LinkField",
    "MomentField",
    "NumberField",
    "Offer",
    "Offered",
    "OrganisationField",
    "PersonField",
    "RowField",
    "Says",
    "ScaleField",
    "Standing",
    "TextField",
    "There",
    "field_of",
    "owners",
]


FIELDS: Mapping[Kind, type[AnyField]] = {one.kind: one for one in get_args(AnyField)}
assert FIELDS.keys() == set(Kind), set(Kind) - FIELDS.keys()


def owners(key: str) -> tuple[Kind, ...]:
    """The kinds of questions whose definitions can have this key; none for one that all have, or that is unknown."""
    return tuple(kind for kind, one in FIELDS.items() if key in {field.name for field in fields(one)})


def field_of(kind: Kind, table: TomlTable) -> AnyField:
    """Read what a definition says of a question of this kind; mistakes are noted on the table."""
    return FIELDS[kind].of(table)
