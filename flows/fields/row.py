"""A row of another register, which is entered once; or several of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.buttons import Button, Keyboard, paged, tick
from flows.enums import Kind
from flows.fields.base import Pointing, Says, Standing, There, all_of
from flows.toml_table import TomlTable
from flows.values import Value, parts


@dataclass(frozen=True, slots=True)
class RowField(Pointing):
    """A row of the register of this name."""

    register: str = ""
    many: bool = False
    organisations: bool = False  # the group's organisations are offered too, and become rows when chosen

    kind = Kind.ROW

    def mistakes(self, table: TomlTable) -> None:
        """A row of nothing."""
        if not self.register:
            table.wrong("register", "a row needs the register that it is of")

    def choices(self, there: There) -> Mapping[str, Value]:
        """What is offered: the register's rows, and organisations that can become one."""
        return {offer.arg: offer.value for offer in there.offers}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """All rows, or those that match the search, with its words as a new row."""
        query = at.offered.query.casefold()
        found = [offer for offer in there.offers if query in offer.title.casefold()]
        new: Keyboard = ((Button("new", "", "new_row"),),) if query else ()
        if not self.many:
            return (*paged([Button("pick", offer.arg, "offer") for offer in found], at.offered.page), *new)
        named = [Button("off", f"+{place}", "offer_on") for place, one in enumerate(at.ticked) if one[0] == "+"]
        known = [tick(offer.arg, on=offer.arg in at.ticked, label="offer") for offer in found]
        done: Keyboard = ((Button("ok", "", "ok"),),) if named or new or there.offers else ()
        return (*paged([*named, *known], at.offered.page), *new, *done)

    def join(self, theirs: Value, mine: Value, between: str) -> Value:
        """Both people's rows; of single ones the later one."""
        return all_of(theirs, mine) if self.many else mine

    def say(self, value: Value, says: Says) -> str:
        """The names of the rows."""
        return says.several([says.row(one) for one in parts(value)])
