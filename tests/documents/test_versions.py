import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest

from flows.definitions.loader import the_process
from messages.documents import invented_town
from messages.documents.blocks import PageBreak, Source
from messages.documents.changes import parts_of
from messages.documents.compose import compose
from messages.documents.editions import Edition
from messages.documents.facts import Facts
from messages.documents.make import make
from messages.documents.material import Approval, ApprovalLine, Material, Round, Said, Version
from messages.documents.own_look import OwnLook
from messages.documents.render_request import ADOPTED, READ, fulfil
from messages.documents.standing import CHAT
from messages.structure.blocks import Heading, Paragraph, Quote, Table, plain, said, stored
from messages.structure.layout import laid_out
from tests.documents.answered import log_of, with_answers, with_rows
from tests.documents.in_chat import as_chat


@pytest.fixture
def town(town: Material) -> Material:
    """The invented town, before its organisations were asked about plan and routine."""
    return replace(town, approvals={})


def pages_of(document: str, town: Material) -> str:
    """The words of a document's PDF."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(make(document, "pdf", town))).pages)


def without_versions(town: Material) -> Material:
    """The town before anything was given out."""
    return replace(town, versions={})


def test_first_version_says_nothing_of_changes(town: Material) -> None:
    """The first version is number one and has nothing to differ from."""
    made = compose("network", without_versions(town))
    assert made.edition == "Version 1"
    assert Edition("network", without_versions(town)).at_hand.number == 1
    assert Edition("network", without_versions(town)).differences == ""


def test_same_content_keeps_its_number(town: Material) -> None:
    """Giving out a document again without changes makes no new version."""
    first = Edition("plan", without_versions(town)).at_hand
    again = replace(town, versions={"plan": (first,)})
    assert Edition("plan", again).at_hand == first
    assert compose("plan", again).edition == "Utkast 1"
    assert Edition("plan", again).differences == "inget i texten"


def asked(town: Material, version: int) -> Material:
    """The town once its organisations have been asked about this version of plan and routine."""
    approval = Approval(version, final=False, lines=(ApprovalLine("Polisen"),))
    return replace(town, approvals={"plan_approval": approval, "routine_approval": approval})


def test_drafts_are_counted_by_themselves(town: Material) -> None:
    """However many drafts are given out before, what the organisations are asked about first is version one."""
    first = Edition("plan", without_versions(town)).at_hand
    changed = with_answers(replace(town, versions={"plan": (first,)}), "vision", {"vision": "Ny", "goals": "Nya"})
    second = Edition("plan", changed).at_hand
    assert [(draft.number, draft.draft) for draft in (first, second)] == [(1, True), (2, True)]
    made = compose("plan", replace(changed, versions={"plan": (first, second)}))
    assert made.edition == "Utkast 2"
    assert "Ändrat sedan utkast 1: Vision" in repr(made.blocks[0])
    assert "Vad som ändrades" not in repr(made.blocks)
    put = asked(replace(changed, versions={"plan": (first, second)}), 1)
    assert (Edition("plan", put).at_hand.number, Edition("plan", put).at_hand.draft) == (1, False)
    assert compose("plan", put).edition == "Version 1, utkast"
    assert "skiljer sig" not in repr(compose("plan", put).blocks)


def test_a_new_version_tells_what_differs(town: Material) -> None:
    """A changed vision makes version two, which names the part that changed and no other."""
    first = Edition("plan", asked(without_versions(town), 1)).at_hand
    before = asked(replace(town, versions={"plan": (first,)}), 2)
    changed = with_answers(before, "vision", {"vision": "Ny", "goals": "Nya"})
    made = compose("plan", changed)
    assert made.edition == "Version 2, utkast"
    told = made.blocks[0]
    assert isinstance(told, Paragraph)
    assert plain(told.text) == "Ändrat sedan version 1: Vision och övergripande mål."


def test_given_out_version_still_tells_it(town: Material) -> None:
    """Once version two has been given out, it goes on saying what differs from version one."""
    first = Edition("plan", asked(without_versions(town), 1)).at_hand
    before = asked(replace(town, versions={"plan": (first,)}), 2)
    changed = with_answers(before, "vision", {"vision": "Ny", "goals": "Nya"})
    second = Edition("plan", changed).at_hand
    assert second.number == 2
    made = compose("plan", replace(changed, versions={"plan": (first, second)}))
    assert made.edition == "Version 2, utkast"
    assert "version 1" in repr(made.blocks[0])


def test_what_was_approved_prints_no_gaps(town: Material) -> None:
    """What the organisations approved with gaps is drawn up without them: no "Saknas" for ever, and no empty page."""
    fewer = {name: found for name, found in town.rounds.items() if name != "ambition_path"}
    lacking = replace(town, rounds=fewer)
    assert "Missing" in repr(compose("routine", asked(lacking, 1)).blocks)
    yes = (ApprovalLine("Polisen", "approve", town.today, yes=True),)
    approval = Approval(1, final=True, lines=yes)
    made = compose("routine", replace(lacking, approvals={"routine_approval": approval}))
    assert made.draft == ""
    assert "Missing" not in repr(made.blocks)
    assert not isinstance(made.blocks[-1], PageBreak)


def test_the_log_of_an_adopted_text_says_so_of_itself(town: Material) -> None:
    """The paper that is kept as it was adopted has its own day in its log, with the version before it that was not."""
    first = replace(Edition("plan", asked(without_versions(town), 1)).at_hand, on=date(2026, 8, 3))
    changed = with_answers(replace(town, versions={"plan": (first,)}), "vision", {"vision": "Ny", "goals": "Nya"})
    yes = (ApprovalLine("Polisen", "approve", date(2027, 1, 25), yes=True),)
    adopted = replace(changed, approvals={"plan_approval": Approval(2, final=True, lines=yes)})
    given_out = Edition("plan", adopted).at_hand
    for versions in ((first,), (first, given_out)):  # nobody has taken it out yet, or somebody has
        log = log_of(compose("plan", replace(adopted, versions={"plan": versions})))
        assert isinstance(log, Table)
        assert [row[1] for row in log.rows] == ["3 augusti 2026", "25 januari 2027 (godkänd)"]


def test_what_nobody_approves_is_a_draft_until_it_is_whole(town: Material, empty: Material) -> None:
    """The mapping is counted as the plan is: drafts by themselves, and version one is the first whole text."""
    draft = Edition("mapping_report", empty).at_hand
    assert (draft.number, draft.draft) == (1, True)
    assert compose("mapping_report", empty).edition == "Utkast 1"
    whole = replace(town, versions={"mapping_report": (draft, replace(draft, number=2, parts={}))})
    assert compose("mapping_report", whole).edition == "Version 1"


MARKED = ["mapping_presentation", "feedback", "journey"]


@pytest.mark.parametrize("document", MARKED)
def test_what_others_read_says_that_it_is_a_draft(document: str, town: Material, empty: Material) -> None:
    """What the network reads, or what is sent from the group, is marked on each page until it is whole."""
    made = compose(document, empty)
    assert made.draft == "UTKAST"
    assert "utkast" in made.line.casefold()
    assert compose(document, town).draft == ""


def test_a_changed_text_says_which_one_holds(town: Material) -> None:
    """Until the new text is approved whoever has it on paper reads which version holds, and the log says the same."""
    held = replace(Edition("routine", asked(without_versions(town), 1)).at_hand, adopted=date(2027, 1, 25))
    kept = {"routine": (held,), "card": (replace(held, parts={}),)}
    changed = with_rows(asked(replace(town, versions=kept), 2), "chain", [])
    for document in kept:
        made = compose(document, changed)
        assert made.line.endswith("tills den är godkänd gäller version 1 (25 januari 2027)")
        assert made.meanwhile in as_chat(made).partition("\n\n")[0]
    assert "gäller version 1 (" in " ".join(pages_of("card", changed).replace("\xa0", " ").split())
    assert "25 januari 2027 (godkänd)" in repr(compose("routine", changed).blocks)
    assert "gäller version" not in compose("routine", asked(replace(town, versions=kept), 1)).line  # a yes taken back
    assert "gäller version" not in compose("routine", asked(replace(town, versions={}), 1)).line


def test_what_is_told_beside_the_text_has_its_day(town: Material) -> None:
    """A role's paper that tells when it is looked at again says of when that is, and is no new version for it."""
    facts = compose("network", town)
    later = with_answers(replace(town, today=date(2028, 3, 1)), "keeping_alive", {"review": "2029-01-10"})
    moved = replace(later.rounds["keeping_alive"], on=date(2028, 3, 1))
    told = compose("network", replace(later, rounds={**later.rounds, "keeping_alive": moved}))
    assert (told.on, told.edition) == (facts.on, facts.edition)
    assert told.line.endswith("läget den 1 mars 2028")


def test_drafts_are_marked(town: Material) -> None:
    """While something is missing the version is a draft."""
    fewer = {name: found for name, found in town.rounds.items() if name != "vision"}
    assert compose("plan", replace(without_versions(town), rounds=fewer)).edition == "Utkast 1"


def test_dated_by_its_newest_part(town: Material) -> None:
    """A document carries the day of its newest answer, so that it stays the same until something changes."""
    later = replace(town, today=town.today.replace(year=2030))
    assert compose("plan", later) == compose("plan", town)
    assert compose("plan", town).on < town.today


def test_a_plan_is_a_draft_until_all_have_answered(town: Material) -> None:
    """A refused plan, or one that waits for somebody, is a draft on every page, and says who has not answered."""
    waits = (ApprovalLine("Polisen", "approve", town.today), ApprovalLine("Hotell Exempel"))
    made = compose("plan", replace(town, approvals={"plan_approval": Approval(3, final=False, lines=waits)}))
    assert (made.draft, made.edition) == ("UTKAST", "Version 3, utkast")
    assert "('Hotell Exempel', 'Inte svarat'" in repr(made.blocks)
    done = compose("plan", replace(town, approvals={"plan_approval": Approval(3, final=True, lines=waits[:1])}))
    assert (done.draft, done.edition) == ("", "Version 3")


@pytest.mark.parametrize(("document", "beside"), [("plan", "Underlag"), ("routine", "Bilaga: vår ambition")])
def test_what_nobody_approves_stands_by_itself_and_says_so(document: str, beside: str) -> None:
    """What is printed with an approved text without being a part of it can change alone: it stands in one part after
    the approvals, which says so once. Where everything comes from stands at the end, each source once.
    """
    blocks = compose(document, invented_town.material()).blocks
    heads = [block.text for block in blocks if isinstance(block, Heading) and block.level == 1]
    assert heads.index("Godkännanden") < heads.index(beside) < heads.index("Källor") == len(heads) - 1
    said = "ingår inte i texten som organisationerna godkänner"
    (at,) = (n for n, block in enumerate(blocks) if isinstance(block, Paragraph) and said in plain(block.text))
    assert blocks[at - 1] == Heading(1, beside)
    approving = {e.id: e.approves for e in the_process().exercises.values() if e.approves}
    approved = {*approving[f"{document}_approval"], f"{document}_approval"}
    sources = [block for block in blocks if isinstance(block, Source) and block.exercises]
    assert list(blocks[-len(sources) :]) == sources
    apart = [source for source in sources if not approved.issuperset(source.exercises)]
    assert apart
    assert all(source.text.startswith(f"{beside}:") for source in apart)


def test_the_plan_says_whose_task_and_mandate_it_is() -> None:
    """The tasks of the coordination and of the network stand below the name of whose they are."""
    blocks = compose("plan", invented_town.material()).blocks
    headings = [block for block in blocks if isinstance(block, Heading)]
    for who in ("Samordningen", "Nätverket"):
        at = headings.index(Heading(2, who))
        assert headings[at + 1].level == 3


def test_a_draft_claims_no_decision(town: Material) -> None:
    """What the board decided, and from when, was said of another text: a draft says that it is not decided itself."""
    asked = Approval(3, final=False, lines=(ApprovalLine("Polisen"),))
    facts = _facts(replace(town, approvals={"plan_approval": asked}))
    assert facts["Beslut"] == "Den här versionen är inte beslutad än"
    assert facts["Planen gäller från"] == "1 september 2026, om den här versionen godkänns"
    never = {name: found for name, found in town.rounds.items() if name != "plan_approval"}
    assert _facts(replace(town, rounds=never)) | {"Bakom planen står": ""} == facts | {"Bakom planen står": ""}
    assert _facts(invented_town.material())["Beslut"] == "Socialnämnden, 26 augusti 2026, § 84"


def test_a_report_with_gaps_is_a_draft(town: Material, empty: Material) -> None:
    """Whoever is to decide on money sees on each page that the year's report still lacks something."""
    assert compose("yearly", empty).draft == "UTKAST"
    without = {name: found for name, found in town.rounds.items() if name != "yearly_review"}
    assert compose("yearly", replace(town, rounds=without)).draft == "UTKAST"
    assert compose("yearly", town).draft == ""


def _facts(town: Material) -> dict[str, str]:
    """Return what is told of the plan in the table below its title, without whom it waits for."""
    table = next(block for block in compose("plan", town).blocks if isinstance(block, Table))
    return {name: said for name, said in table.rows if name != "Väntar på"}


def test_what_is_drawn_from_elsewhere_makes_no_new_version(town: Material) -> None:
    """Another year's figures in the plan change no word of what was decided on."""
    first = Edition("plan", without_versions(town)).at_hand
    counted = replace(town, versions={"plan": (first,)}, years=town.years[:1])
    assert Edition("plan", counted).at_hand == first


def test_the_log_of_changes_tells_what_and_where_from(town: Material) -> None:
    """The plan ends with its versions: what changed in each, and the exercise in which that is answered."""
    first = Edition("plan", asked(without_versions(town), 1)).at_hand
    before = asked(replace(town, versions={"plan": (first,)}), 2)
    changed = with_answers(before, "vision", {"vision": "Ny", "goals": "Nya"})
    second = Edition("plan", changed).at_hand
    made = compose("plan", replace(changed, versions={"plan": (first, second)}))
    log = log_of(made)
    assert isinstance(log, Table)
    told = "Vision och övergripande mål. Nytt: ”Ny” och ”Nya”. Borttaget: 4 stycken"
    assert [row[2] for row in log.rows] == ["Första versionen", told]
    assert log.rows[1][3] == "Samverkansplan: vision och övergripande mål (6.3)"


def test_the_log_names_no_row_that_is_gone(town: Material) -> None:
    """The log names the rows that are new or another, and of those that were taken away only how many."""
    kept = [dict(row.values) for row in town.registers["activities"]]
    gone = [*kept, {**kept[0], "activity": "Prata med Sunes brorson på Kiosken"}]
    first = Edition("plan", asked(without_versions(with_rows(town, "activities", gone)), 1)).at_hand
    moved = [{**kept[0], "by": "2028-06-15"}, *kept[1:], {**kept[1], "activity": "Dela ut kortet på badet"}]
    second = asked(replace(with_rows(town, "activities", moved), versions={"plan": (first,)}), 2)
    log = log_of(compose("plan", second))
    assert isinstance(log, Table)
    assert "Nytt: ”Dela ut kortet på badet”. Ändrat: ”Besöka ett personalmöte" in log.rows[1][2]
    assert log.rows[1][2].endswith("Borttaget: 1 stycke")
    last = log_of(compose("plan", asked(second, 4)))
    assert isinstance(last, Table)
    assert last.rows[1][2].endswith("Version 2 och 3 lämnades aldrig ut.")
    assert "Kiosken" not in repr(first)
    assert "Kiosken" not in repr(log)


def test_the_log_says_whose_number_changed(town: Material) -> None:
    """A link of the chain that has the name of others is told by who does it, once: not also where the hours of those
    to ring join or part for it. Four are all told: "and one more" would be no shorter."""
    kept = [dict(row.values) for row in town.registers["chain"]]
    alike = [{**row, "weekend": row["night"], "evening": row["night"]} if "night" in row else row for row in kept]
    for before, after in ((kept, {"daytime": "070-174 06 99"}), (alike, {"weekend": "070-174 06 99"})):
        first = Edition("routine", asked(without_versions(with_rows(town, "chain", before)), 1)).at_hand
        moved = with_rows(town, "chain", [*before[:3], {**before[3], **after}, *before[4:]])
        made = compose("routine", asked(replace(moved, versions={"routine": (first,)}), 2))
        log = next(block for block in made.blocks if isinstance(block, Table) and "Vad som ändrades" in block.header)
        told = "Vem du ringer\nKedjan. Ändrat: ”Första kontakt: Socialtjänsten i Exempelstad (2)”"
        assert log.rows[1][2] == told
    rows = [dict(row.values) for row in town.registers["activities"]]
    fewer = Edition("plan", asked(without_versions(with_rows(town, "activities", rows[:-4])), 1)).at_hand
    last = log_of(compose("plan", asked(replace(town, versions={"plan": (fewer,)}), 2)))
    assert isinstance(last, Table)
    assert [last.rows[1][2].count("”"), "1 till" in last.rows[1][2]] == [10, False]  # four new, one changed


def test_a_version_that_was_kept_before_tells_its_parts(town: Material) -> None:
    """Of a version of which only its parts were kept, the log names the part that differs, and the number stays."""
    made = Edition("plan", asked(without_versions(town), 1)).at_hand
    old = replace(made, parts=parts_of(made.parts))
    before = replace(town, versions={"plan": (old,)})
    assert Edition("plan", asked(before, 1)).at_hand.number == made.number
    changed = with_answers(asked(before, 2), "vision", {"vision": "Ny", "goals": "Nya"})
    log = log_of(compose("plan", changed))
    assert isinstance(log, Table)
    assert log.rows[1][2] == "Vision och övergripande mål"


def test_a_first_draft_has_no_log(empty: Material) -> None:
    """Nothing has changed in a draft that is the first, and its report promises nothing either."""
    made = compose("mapping_report", empty)
    assert "Ändringar" not in repr(made.blocks)
    assert "Inga enskilda" not in repr(made.blocks)
    assert "utkast" in compose("yearly", empty).line


def test_what_was_approved_says_when() -> None:
    """Below an approved text's title stands when it was approved; a later day is that of its figures alone."""
    town = invented_town.material()
    assert compose("plan", town).line == "Version 2, godkänd den 26 augusti 2026 · läget den 31 december 2026"
    assert compose("routine", town).line == "Version 1, godkänd den 10 november 2026"
    assert compose("yearly", town).line == compose("yearly", town).dated


def test_a_routine_says_who_has_not_approved_it() -> None:
    """The routine's facts name whoever stands in it and has said nothing of the text as it stands."""
    town, on = invented_town.material(), date(2026, 11, 10)
    yes = ApprovalLine("Polisen", "approve", on, yes=True)
    lines = (
        yes,
        ApprovalLine("Hamnen", asked=False, word="Ja", earlier=1),
        ApprovalLine("Vården", asked=False, word="Ja"),
    )
    approved = replace(town, approvals={**town.approvals, "routine_approval": Approval(2, True, lines)})
    made, whole = compose("routine", approved), compose("routine", town)
    assert "Godkänd den 10 november 2026 av alla utom Hamnen" in repr(made.blocks)
    assert made.line == "Version 2, godkänd den 10 november 2026 av alla utom Hamnen"
    assert "Godkänd den 10 november 2026 av organisationerna" in repr(whole.blocks)
    assert "utom" not in whole.line


def test_the_card_begins_with_the_number_to_ring() -> None:
    """Also a later version of the card begins with its band; what has changed stands in the routine's log."""
    town = invented_town.material()
    old = Version(1, date(2026, 11, 10), {"Inledning": "0"})
    card = compose("card", asked(replace(town, versions={"card": (old,)}), 2))
    assert isinstance(card.blocks[0], Quote)
    assert card.edition == "Version 2, utkast"
    assert "skiljer sig" not in repr(card.blocks)


def test_the_card_has_the_routines_version() -> None:
    """The card is a page of the routine: of its version, approved with it, and a draft while that is one."""
    town = invented_town.material()
    asked = Approval(3, final=False, lines=(ApprovalLine("Polisen"),))
    asked_again = replace(town, approvals={**town.approvals, "routine_approval": asked})
    assert compose("card", asked_again).edition == compose("routine", asked_again).edition == "Version 3, utkast"
    assert compose("card", asked_again).draft == "UTKAST"


def test_a_yearly_report_names_its_year() -> None:
    """The title has the year that was looked back upon, also where that was done in the spring after it."""
    town = invented_town.material()
    assert compose("yearly", town).title == "Årsrapport 2026"
    spring = replace(town.rounds["yearly_review"], on=date(2027, 2, 1))
    assert compose("yearly", replace(town, rounds={**town.rounds, "yearly_review": spring})).title == "Årsrapport 2026"
    assert compose("yearly", Material("Exempelstad", date(2027, 2, 5))).title == "Årsrapport 2026"
    assert compose("yearly", Material("Exempelstad", date(2027, 9, 5))).title == "Årsrapport 2027"
    # no year before the group began, unless it has figures of that
    begun = replace(town, years=(), began=date(2027, 1, 11), rounds={**town.rounds, "yearly_review": spring})
    assert compose("yearly", begun).title == "Årsrapport 2027"
    assert compose("yearly", replace(begun, years=town.years)).title == "Årsrapport 2026"


@pytest.mark.parametrize("kept", [True, False])
def test_a_number_that_was_put_right_after_the_approval_says_so(kept: bool) -> None:
    """Routine and card of one version with another number of the social emergency service tell the day of that; also
    where what stood in it then was not kept, as by an older program.
    """
    town = invented_town.material()
    answers = town.rounds["town"]
    on = town.approvals["routine_approval"].on()
    assert on is not None
    before = replace(answers, said=tuple(replace(one, on=on) for one in answers.said))
    same = replace(town, rounds={**town.rounds, "town": before})
    adopted = {
        document: (one if kept else replace(one, standing=None),)
        for document in ("routine", "card")
        for one in (replace(Edition(document, same).at_hand, adopted=on),)
    }
    same = replace(same, versions=adopted)
    later = tuple(
        replace(one, on=on + timedelta(days=9), value="070-174 06 99") if one.question == "emergency" else one
        for one in before.said
    )
    changed = replace(same, rounds={**town.rounds, "town": replace(answers, said=later)})
    day = Facts(town).dated(on + timedelta(days=9))
    for document in adopted:
        made, unchanged = compose(document, changed), compose(document, same)
        assert f"rättad den {day}" in f"{made.line} {made.dated}"
        assert "rättad" not in f"{unchanged.line} {unchanged.dated}"
        assert made.edition == f"{unchanged.edition}, rättad den {day}"
        assert Edition(document, changed).replaced == {1: on + timedelta(days=9)}
        assert Edition(document, same).replaced == {}
    assert "Rättat: Socialjouren." in repr(compose("routine", changed).blocks)


def test_what_lasts_is_printed_as_it_was_approved() -> None:
    """The lawyer's words and until when a text holds are those of the version; the next one has the new ones."""
    town = invented_town.material()
    on = town.approvals["routine_approval"].on()
    then = with_answers(town, "town", {"law": "Fråga först.", "routine_until": "2028-01-01"})
    adopted = replace(then, versions={"routine": (replace(Edition("routine", then).at_hand, adopted=on),)})
    new = Round((Said("law", "Fråga aldrig.", town.today), Said("routine_until", "2031-01-01", town.today)))
    since = replace(adopted, rounds={**adopted.rounds, "town": new}, own=OwnLook(law="Ny lag.", mark="1"))
    printed = repr(compose("routine", since).blocks)
    assert "Fråga först." in printed
    assert "1 januari 2028" in printed
    assert "Fråga aldrig." not in printed
    assert "Ny lag." not in printed
    assert Edition("routine", since).for_the_next == ["Rutinen gäller till", "Juristens tillägg", "Kommunens jurist"]
    assert Edition("routine", adopted).for_the_next == []
    next_one = Approval(3, final=True, lines=(ApprovalLine("Polisen", "approve", town.today, yes=True),))
    approved = replace(since, approvals={**town.approvals, "routine_approval": next_one})
    assert {"Fråga aldrig.", "Ny lag."} <= {
        "".join(span.text for span in b.text) for b in compose("routine", approved).blocks if isinstance(b, Quote)
    }


def test_an_adopted_text_is_read_in_the_chat_as_it_was_adopted() -> None:
    """What a template says otherwise later reaches neither the PDF that is kept nor what is read in the chat; what is
    put right is written anew, and says so."""
    town = without_versions(invented_town.material())
    asked_for = fulfil("routine", ADOPTED, town, ())
    assert asked_for is not None
    assert asked_for.version is not None
    kept = replace(town, versions={"routine": (asked_for.version,)})
    earlier = {**(asked_for.version.standing or {}), CHAT: stored(said("Rutinen som den lät då."))}
    old = replace(town, versions={"routine": (replace(asked_for.version, standing=earlier),)})
    for material, told in ((kept, as_chat(compose("routine", town))), (old, "Rutinen som den lät då.")):
        read = fulfil("routine", READ, material, ())
        assert read is not None
        assert laid_out(read.read) == told
    right = with_answers(old, "town", {"emergency": "070-174 06 99"})
    read = fulfil("routine", READ, right, ())
    assert read is not None
    assert "070-174 06 99" in laid_out(read.read)
    assert "rättad den" in laid_out(read.read)
