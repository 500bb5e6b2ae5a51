"""Where a line must not break: within a number, a time, a date, an amount, and before a figure that ends the line.

Telegram and browsers break a line at any space, so that "114" would stand on one line and "14" on the next. Here those
spaces become no-break spaces, in whatever the bot says as a message, by the language's rule (`[unbroken]`). Telephone
numbers of seven digits and more keep theirs: Telegram makes a link of them only as they are.
"""

import re
from collections.abc import Iterable, Mapping

NO_BREAK = "\N{NO-BREAK SPACE}"
NAMES = ("numbers", "before", "after", "between")  # of the lists in a language's file


class LineBreaks:
    """The rule of one language.

    `numbers` are held together as they are, `before` are words before a figure ("kl."), `after` those after one
    ("minuter"), and `between` those between two ("av").
    """

    def __init__(self, lists: Mapping[str, Iterable[str]], months: Iterable[str]) -> None:
        before, between = _any(lists["before"]), _any(lists["between"])
        after = _any([*lists["after"], *months])
        self._found = re.compile(
            rf"(?<!\w)(?:{_any(lists['numbers'])})(?!\w)"
            r"|(?<![\w,.\-–+])(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?![\w\-–]| \d)"  # thousands
            rf"|(?<!\w)(?:{before}) (?=\d)"
            rf"|(?<=\d) (?:{between}) (?=\d)"
            rf"|(?<=\d) (?=(?:{after})(?!\w))"
            r"|(?<=[^\W\d]) (?=\d{1,3}(?: ·|$))",  # not after a digit: it may be a telephone number
            re.MULTILINE | re.IGNORECASE,
        )

    def held(self, text: str) -> str:
        """Return the text with no-break spaces where its lines must not break."""
        return self._found.sub(lambda match: match[0].replace(" ", NO_BREAK), text)


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, words))
