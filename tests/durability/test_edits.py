"""What is changed after it was said, and what is said in another way than it was meant to be."""

import pytest
from telegram.error import BadRequest

from storage.records.records import Attachment, OutboxKind
from tests.durability.conftest import PostOffice, raising


# -- edits -------------------------------------------------------------------------------------------------------------
async def test_edits_fold(office: PostOffice) -> None:
    """Of edits that wait only the newest is made; edits of what is not sent yet change what will be sent."""
    group = await office.group()
    await office.put(group, "Ett", slot="card")
    for text in ("Två", "Tre"):
        await office.put(group, text, OutboxKind.EDIT, slot="card")
    await office.send()
    assert office.texts(group) == ["Tre"]
    assert len(office.line.calls) == 1
    for text in ("Fyra", "Fem", "Sex"):
        await office.put(group, text, OutboxKind.EDIT, slot="card")
    await office.send(60)
    assert office.texts(group) == ["Sex"]
    assert len(office.line.calls) == 2


async def test_edits_of_what_is_on_its_way(office: PostOffice) -> None:
    """An edit that comes while its message is on its way is made when the message has arrived."""
    group = await office.group()
    answer = office.line.hold(group.chat_id)
    await office.put(group, "Ett", slot="card")
    await office.bot.sender.round()
    for text in ("Två", "Tre"):
        await office.put(group, text, OutboxKind.EDIT, slot="card")
    answer.set()
    await office.send(60)
    assert office.texts(group) == ["Tre"]
    assert len(office.line.calls) == 2


async def test_nothing_to_change(office: PostOffice) -> None:
    """An edit that changes nothing is not sent, and the keyboard stays; the next that does is."""
    alva = await office.person()
    keys = {"keyboard": [[{"label": "Ja", "action": "yes"}]]}
    await office.put(alva, "Hej", slot="card", content=keys)
    await office.send()
    for _ in range(2):
        await office.put(alva, "Hej", OutboxKind.EDIT, slot="card", content=keys)
        await office.send(60)
    assert len(office.line.calls) == 1
    (message,) = office.shown(alva)
    assert message.markup == {"inline_keyboard": [[{"text": "Ja", "callback_data": "yes"}]]}
    for content in ({}, keys, keys):  # without the keyboard, and with it again
        await office.put(alva, "Hej", OutboxKind.EDIT, slot="card", content=content)
        await office.send(60)
    assert len(office.line.calls) == 3
    assert message.markup == {"inline_keyboard": [[{"text": "Ja", "callback_data": "yes"}]]}


async def test_edit_of_a_deleted_message(office: PostOffice) -> None:
    """A card that somebody has deleted comes back as a new message, in the group's topic, and is edited there."""
    group = await office.group(supergroup=True)
    owner = office.owner(group)
    office.sandbox.act(owner, "make_forum", chat=group.chat_id)
    office.sandbox.act(owner, "create_topic", chat=group.chat_id, name="Kärngruppen")
    topic = next(iter(office.sandbox.chat(group.chat_id).topics))
    async with office.bot.store.work() as work:
        await work.groups.update(group.id, thread_id=topic)
    await office.put(group, "Ett", slot="card", content={"topic": topic})
    await office.send()
    (message,) = office.shown(group)
    del office.sandbox.chat(group.chat_id).messages[message.id]
    answer = office.line.hold(group.chat_id)
    await office.put(group, "Två", OutboxKind.EDIT, slot="card")
    await office.bot.sender.round()
    await office.put(group, "Tre", OutboxKind.EDIT, slot="card")  # the one before is on its way
    answer.set()
    await office.send(60)
    assert office.texts(group) == ["Tre"]
    assert office.shown(group)[0].thread == topic
    await office.put(group, "Fyra", OutboxKind.EDIT, slot="card")
    await office.send(60)
    assert office.texts(group) == ["Fyra"]


@pytest.mark.parametrize(
    "words",
    ["message to edit not found", "MESSAGE_ID_INVALID", "message can't be edited", "MESSAGE_AUTHOR_REQUIRED"],
)
async def test_an_edit_that_is_refused_becomes_a_message(office: PostOffice, words: str) -> None:
    """With whatever words Telegram refuses an edit, what it had to say is said anew, and edited there from then on."""
    group = await office.group()
    await office.put(group, "Ett", slot="card")
    await office.send()
    office.line.trouble(group.chat_id, raising(BadRequest, f"Bad Request: {words}"), times=1)
    await office.put(group, "Två", OutboxKind.EDIT, slot="card")
    await office.send(60)
    assert office.texts(group) == ["Ett", "Två"]
    await office.put(group, "Tre", OutboxKind.EDIT, slot="card")
    await office.send(60)
    assert office.texts(group) == ["Ett", "Tre"]


async def test_an_edit_is_said_anew_once(office: PostOffice) -> None:
    """A text that Telegram does not take as a message either is given up, and what comes after it is sent."""
    group = await office.group()
    await office.put(group, "Ett", slot="card")
    await office.send()
    office.line.trouble(group.chat_id, raising(BadRequest, "Bad Request: MESSAGE_ID_INVALID"), times=2)
    edit = await office.put(group, "Två", OutboxKind.EDIT, slot="card")
    await office.put(group, "Tre")
    await office.send(60)
    assert (await office.item(edit)).state == "failed"
    assert office.texts(group) == ["Ett", "Tre"]


# -- said in another way -----------------------------------------------------------------------------------------------
async def test_lost_topic(office: PostOffice) -> None:
    """When the topic was deleted the message goes to the General topic, and so does all that follows."""
    group = await office.group(supergroup=True)
    async with office.bot.store.work() as work:
        await work.groups.update(group.id, thread_id=77)
    await office.put(group, "Ett", content={"topic": 77})
    await office.put(group, "Två")
    await office.send(60)
    assert office.texts(group) == ["Ett", "Två"]
    async with office.bot.store.work() as work:
        assert (await work.groups.get(group.id)).thread_id is None


async def test_lost_topic_that_is_none(office: PostOffice) -> None:
    """A message that Telegram finds no topic for in General either is given up, not tried for ever."""
    group = await office.group()
    office.line.trouble(group.chat_id, raising(BadRequest, "Bad Request: message thread not found"), times=9)
    item = await office.put(group, "Ett", content={"topic": 77})
    await office.send(60)
    assert (await office.item(item)).state == "failed"
    assert len(office.line.calls) == 2


async def test_bad_markup(office: PostOffice) -> None:
    """A text that Telegram cannot read as HTML arrives as plain text, in its place among the others."""
    alva = await office.person()
    for text in ("Ett", "<b>Två &lt;3 <i>kursivt</b>", "Tre"):
        await office.put(alva, text, content={"plain": False})
    await office.send(60)
    assert office.texts(alva) == ["Ett", "Två <3 kursivt", "Tre"]


async def test_bad_markup_under_a_picture(office: PostOffice) -> None:
    """The same holds for the text under a document, and the document comes along."""
    alva = await office.person()
    async with office.bot.store.work() as work:
        await work.outbox.put(
            f"p:{alva.id}",
            OutboxKind.DOCUMENT,
            {"text": "<b>Planen"},
            about=None,
            files=[Attachment("document", "plan.txt", b"Vi planerar.")],
        )
    await office.send(60)
    (message,) = office.shown(alva)
    assert message.content["caption"] == "Planen"
    assert message.content["document"]["file_name"] == "plan.txt"


# -- groups that move --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("heard_first", [False, True])
async def test_group_becomes_a_supergroup(office: PostOffice, heard_first: bool) -> None:
    """A group that gets a new id is followed there, whether a refused call or a service message (twice) tells first;
    what was to be said arrives once, and what was to be edited is said anew."""
    group = await office.group()
    await office.put(group, "Kort ett", slot="card")
    await office.send()
    office.sandbox.act(office.owner(group), "make_supergroup", chat=group.chat_id)
    office.sandbox.faults.add("duplicate")
    await office.put(group, "Hej")
    await office.put(group, "Kort två", OutboxKind.EDIT, slot="card")
    await office.put(group, "Hej då")

    async def hear() -> None:
        for _ in range(3):
            await office.bot.poller.poll(0)

    if heard_first:
        await hear()
    await office.send(60)
    await hear()
    await office.send(60)
    async with office.bot.store.work() as work:
        (moved,) = await work.groups.all_active()
    assert moved.id == group.id
    assert moved.chat_id == office.sandbox.chat(group.chat_id).migrated_to
    *said, where = office.texts(moved)
    assert said == ["Hej", "Kort två", "Hej då"]
    assert where.startswith("Exempelstad\n\n▶ Steg 0.")  # where the group is, once: the old messages are out of reach
    assert office.texts(group) == ["Kort ett"]


async def test_commands_are_about_no_chat(office: PostOffice) -> None:
    """The menu of commands is set without the chat that everything else is sent to."""
    alva = await office.person()
    async with office.bot.store.work() as work:
        await work.outbox.put(f"p:{alva.id}", OutboxKind.MENU, {"commands": [["hjalp", "Hjälp"]]}, about=None)
    await office.send()
    async with office.bot.store.work() as work:
        assert await work._session.rows("SELECT * FROM outbox") == [], "sent, and no trace of it is left"
