"""Buttons as data: what each does, the name of its label, and how many of them stand on a phone at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

PAGE = 8  # buttons for rows and people at a time: a keyboard holds a hundred, a phone shows about ten


@dataclass(frozen=True, slots=True)
class Button:
    """One button: what it does (`verb`, `arg`) and the name of its label in the words."""

    verb: str
    arg: str = ""
    label: str = ""


Keyboard = tuple[tuple[Button, ...], ...]


def tick(arg: str, *, on: bool, label: str) -> Button:
    """Return a button that unticks what is ticked, and ticks what is not; its label is "…_on" or "…_off"."""
    return Button("off", arg, f"{label}_on") if on else Button("on", arg, f"{label}_off")


def paged(buttons: Sequence[Button], page: int) -> Keyboard:
    """Return a page of buttons, one in each row, with a way to the others."""
    if len(buttons) <= PAGE + 2:
        return tuple((button,) for button in buttons)
    page = min(page, (len(buttons) - 1) // PAGE)
    shown = tuple((button,) for button in buttons[page * PAGE :][:PAGE])
    return (*shown, turn(page, more=(page + 1) * PAGE < len(buttons)))


def turn(page: int, *, more: bool) -> tuple[Button, ...]:
    """Return the buttons to the pages before and after this one; none where it is the only one."""
    back = (Button("page", str(page - 1), "earlier"),) if page else ()
    return (*back, Button("page", str(page + 1), "later")) if more else back
