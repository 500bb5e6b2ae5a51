"""Somebody in the group, or somebody who is only named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flows.buttons import Button, Keyboard, paged
from flows.enums import Kind
from flows.fields.base import Pointing, Says, Standing, There
from flows.toml_table import TomlTable
from flows.values import Value, pointed_id


@dataclass(frozen=True, slots=True)
class PersonField(Pointing):
    """Who it is about is tapped among the group's people, or named."""

    others: bool = False  # somebody else than the one who answers: who else took part
    tells: bool = False  # whoever is named is told at once, and can take their name out

    kind = Kind.PERSON

    @classmethod
    def of(cls, table: TomlTable) -> Self:
        """Read the keys that only a person can have."""
        tells = table.get("tells", bool, False)
        return cls(others=tells and table.data.get("default") != "me", tells=tells)

    def choices(self, there: There) -> Mapping[str, Value]:
        """Those of the group who take part, away or not."""
        return {str(one): {"id": one} for one in there.members if not (self.others and one == there.me)}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """A button for each, one under the other."""
        return paged([Button("pick", arg, "person") for arg in self.choices(there)], at.offered.page)

    def say(self, value: Value, says: Says) -> str:
        """The person's name."""
        number = pointed_id(value)
        if number is not None:
            return says.member(number)
        return says.text(str(value["name"] if isinstance(value, Mapping) else value))
