"""Seats on the page: confirmed each quarter, ended with the sign-ins, told of in one's own data; what copies keep."""

import json
import re
from datetime import timedelta

from bot.context.context import Context
from bot.demo.town import GROUP
from bot.demo.transcript import begin
from bot.features.members import sign_in
from storage.records.records import private_chat
from tests.page.reader import Browser
from tests.page.test_both import Both, both
from tests.page.test_exercise import fill
from tests.page.test_proof import code_for

__all__ = ["both"]

UNCLEAR = "Jag kan inte se om du fortfarande är med"


async def copies(both: Both) -> str:
    """All that is kept of chats, as it can be read."""
    async with both.town.bot.store.work() as work:
        (group,) = await work.groups.all_active()
        chats = [private_chat(m.person_id) for m in await work.members.of_group(group.id)] + [f"g:{group.id}"]
        found = [copy for chat in chats for copy in await work.chat_copies.newest(chat, 500)]
    return json.dumps([copy.content for copy in found], ensure_ascii=False)


async def notes(both: Both) -> str:
    """All that has been handed in without a name."""
    async with both.town.bot.store.work() as work:
        runs = [run.id for group in await work.groups.all_active() for run in await work.runs.all_of(group.id)]
        return json.dumps([await work.answers._unnamed(id, shown=False) for id in runs], ensure_ascii=False)


async def reads(both: Both, name: str) -> None:
    """Let Alva name a reader."""
    await both.town.write("Alva", "/skydd")
    await both.town.tap("Alva", "Vem läser")
    await both.town.tap("Alva", f"☐ {name}")


async def test_a_seat_is_confirmed_each_quarter(both: Both) -> None:
    """Whoever came by a link is asked about once a quarter; until somebody has said yes they read no incident."""
    cia = await both.invited("Cia")
    await reads(both, "Cia")
    await opened(both, cia)
    assert UNCLEAR not in cia.text
    await both.town.wind(days=130)
    assert any("Är Cia fortfarande med" in text for text in both.town.texts("Alva"))
    assert not any("Är Cia fortfarande med" in text for text in both.town.texts("Bo"))
    cia = await signed_in_anew(both, "Cia")
    await opened(both, cia)
    assert UNCLEAR in cia.text
    await both.town.tap("Alva", "Ja, Cia är med", under="fortfarande")
    before = cia.text.count(UNCLEAR)
    await both.write(cia, "/handelser")
    assert cia.text.count(UNCLEAR) == before


async def opened(both: Both, cia: Browser) -> None:
    """Cia wants to read, and is told a code by Alva."""
    await cia.write("/handelser")
    await both.town.settle()
    code = re.findall(r"\d{3} \d{3}", "\n".join(both.town.texts("Alva")))[-1]
    await both.press(cia, "Fortsätt", code=code)
    await cia.open("/samtal")


async def signed_in_anew(both: Both, name: str) -> Browser:
    """A person of the page in another browser, by a link as a mail has it."""
    async with both.town.bot.store.work() as work:
        (group,) = await work.groups.all_active()
        member = next(m for m in await work.members.of_group(group.id) if m.name == name)
        person = await work.people.get(member.person_id)
        url = await sign_in.make(Context(both.town.bot.services, work, both.town.clock()), person, timedelta(hours=1))
    browser = both.page.browser()
    await browser.open(url)
    return await browser.press("Logga in")


async def test_somebody_else_says_that_they_left(both: Both) -> None:
    """A no gives the seat up, and with the last seat every sign-in ends."""
    await both.invited("Cia")
    await both.town.wind(days=130)
    cia = await signed_in_anew(both, "Cia")
    await both.town.tap("Alva", "Nej, inte längre")
    await cia.open("/samtal")
    assert cia.path == "/"
    assert GROUP not in cia.text
    assert any("Cia är inte med längre" in text for text in both.town.texts("Alva"))


async def shares(both: Both, name: str) -> None:
    """Let Alva share the coordination."""
    await both.town.write("Alva", "/deltagare")
    for label in ("Dela eller lämna över", name, f"Ja, dela med {name}"):
        await both.town.tap("Alva", label)


async def test_nobody_else_ends_the_seat_of_one_who_coordinates(both: Both) -> None:
    """At an open browser or telephone of one coordinator a no asks the other, who is there; once they are silent it
    counts."""
    await both.invited("Cia")
    await shares(both, "Cia")
    await both.town.wind(days=130)
    cia = await signed_in_anew(both, "Cia")
    await both.write(cia, "/ring")
    await both.town.tap("Alva", "Nej, inte längre")
    assert any("Cia samordnar och är inloggad" in text for text in both.town.texts("Alva"))
    await cia.open("/samtal")
    assert "Alva säger att du inte längre är med" in cia.text
    await both.write(cia, "/deltagare")
    assert "Dela eller lämna över" in cia.text  # coordinates still
    await both.town.wind(days=45)  # silent, and asked about again
    await both.town.tap("Alva", "Nej, inte längre")
    await cia.open("/samtal")
    assert cia.path == "/"


async def test_who_has_left_and_coordinated_says_so_themselves(both: Both) -> None:
    """The way out is under the question."""
    await both.invited("Cia")
    await shares(both, "Cia")
    await both.town.wind(days=130)
    cia = await signed_in_anew(both, "Cia")
    await both.write(cia, "/ring")
    await both.town.tap("Alva", "Nej, inte längre")
    await cia.open("/samtal")
    await both.press(cia, "Lämna kärngruppen")
    await both.press(cia, "Ja, jag lämnar")
    assert "Cia (Kvinnojouren) har lämnat" in both.town.last("Alva")


async def test_who_uses_the_page_stays_signed_in(both: Both) -> None:
    """Thirty days and the week count from the latest thing one did; who is out without mail is seen to be."""
    cia = await both.invited("Cia")
    await cia.open("/konto")
    assert "Om du loggar ut behöver du en ny länk" in cia.text
    for _ in range(3):
        await both.town.wind(days=20)
        await both.write(cia, "/ring")
        assert cia.status == 200
        assert "112" in cia.text
    await both.town.wind(days=37)
    await cia.open("/")
    assert "Kom in" in cia.text
    await both.town.write("Alva", "/deltagare")
    assert "Cia, Kvinnojouren, insläppt av Alva (utloggad från webbsidan)" in both.town.last("Alva")
    await both.town.tap("Alva", "Länk för att Cia ska komma in")
    assert "Är det Cia själv som ska in igen? Skicka länken till hen." in both.town.last("Alva")


async def test_who_waits_at_the_door_is_seen_on_the_first_page(both: Both) -> None:
    """Whoever coordinates on the page sees there that somebody wants to come in."""
    alva = await both.signed_in("Alva")
    await both.write(alva, "/start")
    await both.press(alva, "Bjud in till webbsidan")
    link = re.findall(r"/l/[\w-]+", alva.text)[-1]
    await alva.open("/")
    assert "nästa att sätta i gång" in alva.text
    dag = both.page.browser()
    await dag.open(link)
    await both.press(dag, "Be att få", name="Dag")
    await alva.open("/")
    assert "Dag vill komma in" in alva.text, "the list itself, and no number of things"


async def test_a_seat_is_taken_over_on_the_page(both: Both) -> None:
    """A colleague, or oneself after one was signed out, follows the link, and those who coordinate say who it is."""
    cia = await both.invited("Cia")
    await both.town.write("Alva", "/deltagare")
    await both.town.tap("Alva", "En kollega tar över en plats")
    assert "utloggad från webbsidan" in both.town.last("Alva")
    await both.town.tap("Alva", "Cia")
    shown = both.town.last("Alva")
    assert "på webbsidan öppnar länken i en webbläsare och skriver sitt namn. Sedan frågar jag" in shown
    assert "själv som ska in igen?" not in shown, "Cia is signed in"
    ella = both.page.browser()
    await ella.open(re.findall(r"/l/[\w-]+", shown)[-1])
    assert "Exempelstad" not in ella.text
    await both.press(ella, "Fortsätt", name="Ella")
    assert "Jag har frågat den som samordnar" in ella.text
    assert "Ella vill ta över platsen efter Cia i gruppen i Exempelstad" in both.town.last("Alva")
    await both.town.write("Alva", "/svara")
    assert "Ella vill komma in" in both.town.last("Alva")
    await both.town.tap("Alva", "Vem är Ella?")
    assert "Ella vill ta över platsen efter Cia i gruppen i Exempelstad" in both.town.last("Alva")
    await both.town.tap("Alva", "Släpp in")
    await both.seen(ella)
    await both.press(ella, "Jag lovar")
    for label in ("Civilsamhälle", "☐ Operativt", "Klar", "Nej", "Lämna in"):
        await both.press(ella, label)
    assert "Ella tar över efter Cia" in "\n".join(both.town.texts("Bo", GROUP))
    assert "kvar i gruppens chatt" not in "\n".join(both.town.texts("Alva"))
    await cia.open("/")
    assert "Kom in" in cia.text, "the seat's earlier sign-ins have ended"


async def test_ones_own_data_tell_of_the_page(both: Both) -> None:
    """What one takes out names the browsers that one is signed in with, and who was let in under which name."""
    cia = await both.invited("Cia")
    await both.town.wind(minutes=16)
    await both.write(cia, "/mina_uppgifter")
    await cia.press("Få allt som fil")
    assert "ringer upp dig" in cia.text, "it holds what she has logged"
    await both.town.settle()
    await both.press(cia, "Fortsätt", code=code_for(both, "Alva"))
    link = next(path for path in re.findall(r"/fil/\d+/\d+", cia.html))
    async with cia.client.get(link) as answer:
        told = json.loads(await answer.read())
    assert told["let_in"]["name"] == "Cia"
    assert len(told["signed_in"]) == 1


async def test_nothing_unnamed_stays_in_a_conversation(both: Both) -> None:
    """A note without a name, a word of a check-in and an incident leave nothing in what is kept, once handed in."""
    cia = await both.invited("Cia")
    await begin(both.town, "Hur skapar vi en modig")
    await both.seen(cia)
    await both.press(cia, "Börja")
    await both.write(cia, "En zebrafink vid fönstret")
    assert "Det du skrev är inte sparat." in cia.text
    await cia.open("/")
    await cia.open(cia.links["Hur skapar vi en modig miljö?"])
    assert "Spara och fortsätt senare" not in cia.labels, "no draft of it is kept"
    first, second = (name for name in cia.form("Lämna in").written)
    await fill(cia, "done", **{first: "En zebrafink vid fönstret", second: ""})
    assert "zebrafink" not in await notes(both), "nothing is kept of a sheet that lacks something"
    await fill(cia, "done", **{first: "En zebrafink vid fönstret", second: "En kornknarr i hallen"})
    assert "zebrafink" in (said := await notes(both))
    assert "kornknarr" in said
    assert "utan namn" in await copies(both), "the conversation is kept"
    await both.write(cia, "/incident")
    await both.seen(cia)
    assert "Inga bilder" in cia.text
    assert "två dygn" not in cia.text, "here everything can be deleted"
    for label in ("I går", "☐ Exploatering i arbete", "Klar", "Nej", "Hoppa över resten"):
        await both.press(cia, label)
    assert "Exploatering i arbete" in await copies(both), "shown before it is saved"
    await both.press(cia, "Spara")
    await both.town.wind(days=47)
    cia = await signed_in_anew(both, "Cia")
    await both.press(await cia.open("/samtal"), "2")
    await both.write(cia, "en lappuggla i natten")
    assert "sparat, utan namn" in cia.text
    kept = await copies(both)
    for word in ("zebrafink", "kornknarr", "lappuggla", "Exploatering i arbete", "I går"):
        assert word not in kept, word


async def test_old_copies_go(both: Both) -> None:
    """A chat that Telegram has is no longer kept here when nobody is signed in to read it."""
    bo = await both.signed_in("Bo")
    await both.write(bo, "/ring")
    async with both.town.bot.store.work() as work:
        person = await work.people.by_user(both.town.person("Bo"))
        assert person is not None
        assert await work.chat_copies.newest(private_chat(person.id))
    await both.town.wind(days=37)
    async with both.town.bot.store.work() as work:
        await work.sign_ins.settle()
        await work.chat_copies.end_unread()
        assert not await work.chat_copies.newest(private_chat(person.id))
        assert not await work.chat_copies.is_kept(private_chat(person.id))
