"""What a line must not part stands together, in whatever the bot says; nothing else is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.line_breaks import NO_BREAK
from messages.structure.layout import laid_out
from messages.voice import PLAIN, the_voice

held = the_voice("sv").rules.line_breaks.held


@pytest.mark.parametrize(
    "text",
    [
        "Polisen svarar på 114_14 dygnet runt.",
        "torsdagen den 14_mars kl._9.05 i sal_3",
        "Tar 90_minuter, 2_timmar med paus.",
        "Kostar 45_000_kr, 1_200_000_kronor om året.",
        "Steg_3 är klart; 4_av_7 har svarat.",
        "<b>1. Svårt, men vi vill</b> ●●●: Ja_3 · Tveksam_0 · Nej_12",
        "Det säger artikel_3 och 12_§ i lagen.",
        "Ring 020-390 000, 070-123 45 67 eller 0701 234 567.",
        "+46 70 123 45 67 och 013 12 34 56 blir länkar",
        "Ring dem på_1\nJour: 020-390 000\nSocialjouren 070-123 45 67\n0701 234 567 · +46 70 123 45 67 · 08-123 456 78",
        "1 – 2 ●● 3 ● 4 ● 5 ●●",
    ],
)
def test_held_together(text: str) -> None:
    """Numbers, times, dates and amounts are not parted; telephone numbers stay as Telegram makes links of them."""
    assert held(text.replace("_", " ")) == text.replace("_", NO_BREAK)


def test_messages_are_held_together() -> None:
    """The rule is followed in what is said, not in a list of its own."""
    voice = the_voice("sv")
    fixed = [name for name, text in voice.texts().items() if "114 14" in text and "{" not in text]
    messages = [name for name in fixed if not name.startswith(PLAIN)]
    assert messages
    assert not [name for name in messages if "114 14" in laid_out(voice.render(name))]


@given(st.text(alphabet=st.sampled_from("0123456789 kl.avminuter<b>·\n,-–+"), max_size=80))
def test_nothing_else_is_changed(text: str) -> None:
    """Whatever the text, only spaces are exchanged, and a second look finds nothing more."""
    once = held(text)
    assert once.replace(NO_BREAK, " ") == text
    assert held(once) == once
