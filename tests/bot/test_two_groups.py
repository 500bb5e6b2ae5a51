"""One person in two groups: asked which one where it matters, and nothing seeps from the one to the other."""

from pathlib import Path

from bot.demo.town import GROUP, town
from bot.demo.transcript import also_in, begin, gathered

OTHER = "Kärngruppen i Grannstad"


async def test_a_person_in_two_groups_is_asked_which(tmp_path: Path) -> None:
    """The map is of one group, so a person with two chooses; what waits is listed for both, with their names."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        await also_in(played, OTHER, ["Cia", "Bo"])
        await played.write("Bo", "/steg")
        assert played.last("Bo") == "/vagen: Vilken grupp gäller det?"
        assert sorted(played.keys("Bo")) == [GROUP, OTHER]
        await played.tap("Bo", OTHER)
        assert played.last("Bo").startswith(OTHER)
        await begin(played, "Riktning")
        await played.write("Bo", "/svara")
        assert f"Riktning ({GROUP})" in played.last("Bo")
        await played.tap("Bo", "Riktning")
        for _ in range(5):
            await played.tap("Bo", "Ja")
        await played.tap("Bo", "Lämna in")
        assert "1 av 2: Bo" in "\n".join(played.texts("Bo", GROUP))
        assert "Riktning" not in "\n".join(played.texts("Cia", OTHER)[1:]).replace("Nästa: Riktning", "")


async def test_a_button_of_one_group_does_nothing_in_another(tmp_path: Path) -> None:
    """Buttons open only in the chat they were sent to, whoever presses them."""
    async with town(tmp_path) as played:
        await gathered(played, ["Alva", "Bo"])
        played.group(OTHER, "Cia", "Bo")
        await played.act("Cia", "add_bot", chat=played.groups[OTHER])
        message, _, _, _ = played.button("Cia", "Stegen", OTHER)
        _, _, _, ours = played.button("Alva", "Stegen", GROUP)
        data = ours["callback_data"]
        await played.act("Bo", "press", chat=played.groups[OTHER], message_id=message.id, data=data, stale=True)
        assert played.toast() == "Den knappen fungerar inte längre."
