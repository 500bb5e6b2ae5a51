"""Sixty everyday questions, each answered in a line from what its asker may read (`everyday.toml`)."""

import tomllib
from pathlib import Path
from typing import Final

from bot.demo.player import Player
from bot.demo.town import town

QUESTIONS: Final = Path(__file__).parent / "everyday.toml"
LEAST: Final = 60
# A town with a calendar, and an exercise that Cia has answered and Bo has not.
BEFORE: Final = """# A town that everyday questions are asked in.
Med: Alva, Bo, Cia
I gång: Beslut
Alva trycker i gruppen [Skriv gruppens svar]
Alva gör: [Börja] [Ja, vi vill] [Ja, det har vi] [Vi börjar] [14] [Om två veckor] [Klart] [Avsluta övningen]
Alla gör i gruppen: [Ja]
I gång: Engagemang
Cia gör: «/svara» [Engagemang] [Ja] [Ja] [Ja] [Ja] [Ja] [Ja] [Ja] [Lämna in]
"""


async def test_everyday_questions_are_answered(tmp_path: Path) -> None:
    """Whatever is asked is answered at once, in the words that stand beside it; each by their own state."""
    asked = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    assert sum(map(len, asked.values())) >= LEAST
    async with town(tmp_path) as played:
        await Player(played).play("everyday", BEFORE)
        wrong = {}
        for name, questions in asked.items():
            for question, answer in questions.items():
                before = len(played.texts(name))
                await played.write(name, question)
                said = " ".join(" ".join(played.texts(name)[before:]).split())
                if answer not in said:
                    wrong[f"{name}: {question}"] = said
        assert wrong == {}
