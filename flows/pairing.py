"""Decide who meets whom: pairs in rounds until all have met, and small groups that mix organisations. Repeatable."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

Pair = tuple[int, int]


def rounds(people: Sequence[int]) -> list[list[Pair]]:
    """Rounds of pairs in which everyone meets everyone once (the circle method). Of an odd number, one rests."""
    seats: list[int | None] = list(people)
    if len(seats) < 2:
        return []
    if len(seats) % 2:
        seats.append(None)
    half, found = len(seats) // 2, []
    for _ in range(len(seats) - 1):
        across = zip(seats[:half], reversed(seats[half:]), strict=True)
        found.append([(a, b) for a, b in across if a is not None and b is not None])
        seats = [seats[0], seats[-1], *seats[1:-1]]
    return found


def swap(hands: Mapping[int, str], pairs: Sequence[Pair]) -> dict[int, str]:
    """Return what each person holds after every pair has swapped theirs."""
    return {**hands, **{a: hands[b] for a, b in pairs}, **{b: hands[a] for a, b in pairs}}


def small_groups(organisation_of: Mapping[int, int | None], *, most: int = 4) -> list[list[int]]:
    """Groups of two to `most` people, as even as can be, with as few as possible of one organisation in each.

    People are dealt out like cards, one organisation after the other, the largest first.
    Raises ValueError for a size below 2.
    """
    if most < 2:
        raise ValueError("a small group has at least two people")
    people = len(organisation_of)
    if people <= most:
        return [sorted(organisation_of)] if people else []
    count = -(-people // most)
    by_organisation: dict[int | None, list[int]] = {}
    for person in sorted(organisation_of):
        by_organisation.setdefault(organisation_of[person], []).append(person)
    dealt = [p for members in sorted(by_organisation.values(), key=lambda m: (-len(m), m)) for p in members]
    hands = [dealt[start::count] for start in range(count)]
    return [sorted(hand) for hand in hands]


def turns(organisations: Mapping[int, Sequence[int]]) -> list[int]:
    """The order in which to present: organisations take turns, so that none waits while another speaks twice."""
    columns = zip_longest(*(organisations[key] for key in sorted(organisations)))
    return [person for column in columns for person in column if person is not None]
