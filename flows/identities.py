"""What can point out a person in a text, and what a question makes of it. How it is found is up to each language."""

from enum import StrEnum


class Identity(StrEnum):
    """A kind of thing that points out a person."""

    NUMBER = "number"  # personal identity, coordination or reserve number, whole or its last four digits
    BIRTH = "birth"  # a day of birth
    PHONE = "phone"
    MAIL = "mail"
    PROFILE = "profile"  # a name or a page in a social network
    LINK = "link"  # any other address on the web
    ACCOUNT = "account"  # where money goes: bank account, giro, payment card
    PLATE = "plate"
    ADDRESS = "address"  # a street with its number
    NAME = "name"  # a full name
    DESCRIBED = "described"  # who somebody is and where, so that those who know the place know them
    MEMBER = "member"  # the name of somebody in the group
    FEW = "few"  # one to four people: so few that those who know the town can tell who they are
    WITHHELD = "withheld"  # how many there were of something whose number the statistics withhold


class Handling(StrEnum):
    """How a text that points somebody out is handled, as the definition marks its question (`identities`)."""

    ASK = "ask"  # whoever wrote it is asked once whether it is to stand
    REFUSE = "refuse"  # nothing of it is kept
    FIGURES = "figures"  # as `ask`, and about figures that the statistics would not show
    UNNAMED = "unnamed"  # as `ask`, and about the group's own people: what bears no name is not to be about one of them
    CONTACT = "contact"  # it says who somebody in the work is, or how they are reached: asked about little

    def concerns(self, found: "tuple[Identity, ...]") -> tuple[Identity, ...]:
        """Return those of the found kinds that this handling asks about or refuses."""
        return tuple(kind for kind in found if kind not in _PASSES[self])

    def refuses(self, found: "tuple[Identity, ...]") -> bool:
        """True if nothing of a text with these kinds is kept; else it is asked about at most."""
        return self is Handling.REFUSE and any(kind is not Identity.DESCRIBED for kind in self.concerns(found))


# What goes to nobody outside the group: it is sure to point somebody out, and cannot be taken back.
NEVER_SENT = frozenset({Identity.NUMBER, Identity.PLATE, Identity.ACCOUNT})

_PASSES = {
    Handling.ASK: frozenset({Identity.LINK, Identity.FEW, Identity.WITHHELD, Identity.MEMBER, Identity.DESCRIBED}),
    Handling.FIGURES: frozenset({Identity.LINK, Identity.MEMBER, Identity.DESCRIBED}),
    Handling.UNNAMED: frozenset({Identity.LINK, Identity.FEW, Identity.WITHHELD}),
    Handling.REFUSE: frozenset({Identity.FEW, Identity.WITHHELD, Identity.MEMBER}),
    Handling.CONTACT: frozenset(Identity) - NEVER_SENT,
}
