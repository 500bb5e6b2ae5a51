"""Stretches of days as people say them: "1–31 juli", "nästa vecka", "borta över påsk", "sjukskriven till fredag"."""

import re
from datetime import date, timedelta
from typing import Final

from bot.context.context import Context
from bot.reminders.holidays import days_off
from flows.answers import clean
from flows.dates.date_ranges import Span
from flows.dates.months import add_months

LONGEST: Final = 7  # words in which days are named, within a longer text
LONG_AGO: Final = 16 * 7  # days: a stretch that began before today is no longer than that


def all_of(ctx: Context, text: str) -> list[Span]:
    """Return the stretches that a text can mean which says nothing but when, and perhaps why; also what has been."""
    spans = ctx.services.voice.rules.spans
    when = spans.bare(clean(text))
    days = ctx.dates.read_range(when, ctx.today)
    days = [_going_on(a, b, ctx.today) if str(a.year) not in when else (a, b) for a, b in days]
    back = [day - timedelta(1) for day in ctx.dates.read_date(spans.back_on(when), ctx.today) if day > ctx.today]
    days += [(ctx.today, last) for last in back]
    return list(dict.fromkeys([*spans.read(when, ctx.today), *_off(spans.holidays(when), ctx.today), *days]))


def within(ctx: Context, text: str) -> list[Span]:
    """Return the same for a text that may say more: by the most words in a row that are days."""
    if found := all_of(ctx, text):
        return found
    words = [word.strip(".,!;:()") for word in text.split()]
    for length in range(min(LONGEST, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            said = " ".join(words[start : start + length])
            beside = words[max(0, start - 1) : start] + words[start + length : start + length + 1]
            beyond = start and ctx.services.voice.rules.spans.goes_beyond(words[start - 1])
            if any(char.isdigit() for word in beside for char in word):
                continue  # "31 februari" is not February
            if not beyond and re.search(r"[^\W\d]", said) and (found := all_of(ctx, said)):
                return found
    return []


def _off(holidays: list[str], today: date) -> list[Span]:
    """Return the days from the days off around the first of these holidays to those around the last: none or one."""
    if not holidays:
        return []
    first, last = days_off(holidays[0], today)
    return [(first, days_off(holidays[-1], last)[1])]


def _going_on(first: date, last: date, today: date) -> Span:
    """Return the stretch that has begun already, if one without a year means that: "1–31 juli", said on the tenth."""
    begun, ends = add_months(first, -12), add_months(last, -12)
    return (begun, ends) if begun <= today <= ends and (last - first).days <= LONG_AGO else (first, last)
