"""One of the group's organisations, or one that is only named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.buttons import Button, Keyboard, paged
from flows.dates.date_patterns import bare_words
from flows.dates.dates import DateReader
from flows.enums import Kind
from flows.fields.base import Pointing, Says, Standing, There
from flows.input_errors import Problem, Trouble
from flows.values import Value, pointed_id


@dataclass(frozen=True, slots=True)
class OrganisationField(Pointing):
    """Which it is is tapped among the group's organisations, or named."""

    kind = Kind.ORGANISATION

    def read(self, text: str, today: date, dates: DateReader) -> Value | Trouble:
        """Return the name that a person means, or the trouble with one who would rather not say."""
        if any(words in bare_words(text) for words in dates.words.untold):
            return Trouble(Problem.UNTOLD)
        return Pointing.read(self, text, today, dates)

    def choices(self, there: There) -> Mapping[str, Value]:
        """The group's organisations."""
        return {str(one): {"id": one} for one in there.organisations}

    def offer(self, there: There, at: Standing) -> Keyboard:
        """A button for each, one under the other."""
        return paged([Button("pick", arg, "organisation") for arg in self.choices(there)], at.offered.page)

    def say(self, value: Value, says: Says) -> str:
        """The organisation's name."""
        number = pointed_id(value)
        if number is not None:
            return says.organisation(number)
        return says.text(str(value["name"] if isinstance(value, Mapping) else value))
