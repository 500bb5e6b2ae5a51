"""Erasing a person: what is theirs alone is deleted, what is shared stays without them."""

from storage.records.incidents import CONTACT, Incidents
from storage.records.members import Members
from storage.records.passkeys import Passkeys
from storage.records.people import People
from storage.records.records import REVEALED, Member, Reach, private_chat
from storage.records.repository import Repository
from storage.records.sign_ins import SignIns
from storage.table import SqlValue

SHOWN = ", ".join(f"'{phase}'" for phase in REVEALED)
# Answers of one's own that the group has not seen, and everything that only says what one has to do or has been told.
OWN = (
    f"""DELETE FROM answers WHERE owner = 'm:' || :member AND NOT (
        handed_in AND audience IN ('group', 'org') AND run_id IN (SELECT id FROM runs WHERE phase IN ({SHOWN}))
    )""",
    "UPDATE answers SET member_id = NULL, source_chat = NULL, source_message = NULL WHERE member_id = :member",
    "UPDATE answer_versions SET member_id = NULL WHERE member_id = :member",
    "UPDATE rows SET author = NULL WHERE author = :member",
    "UPDATE rows SET assignee = NULL WHERE assignee = :member",
    "UPDATE row_versions SET author = NULL WHERE author = :member",
    "UPDATE row_versions SET assignee = NULL WHERE assignee = :member",
    "DELETE FROM matters WHERE member_id = :member",
    "DELETE FROM wishes WHERE member_id = :member OR to_member = :member",
    "DELETE FROM check_in_turns WHERE member_id = :member",
    "DELETE FROM makings WHERE member_id = :member",
    "DELETE FROM agenda WHERE member_id = :member",
    "DELETE FROM prompts WHERE person_id = :person AND group_id = :group",
    "DELETE FROM held_texts WHERE person_id = :person AND group_id = :group",
    "DELETE FROM outbox WHERE chat = :chat AND about = :group",
    "DELETE FROM dead_letters WHERE person_id = :person",
    "DELETE FROM copied_files WHERE chat = :chat AND about = :group",
    "DELETE FROM copy_blocks WHERE chat = :chat AND about = :group",
    "DELETE FROM ballots WHERE purpose = 'admission' AND ref = CAST(:person AS TEXT) AND group_id = :group",
)
NOBODY = (
    "DELETE FROM habits WHERE person_id = :person",
    "DELETE FROM absences WHERE person_id = :person",
    "DELETE FROM links WHERE person_id = :person",
    "DELETE FROM agenda WHERE ref = 'person:' || :person",
    "DELETE FROM outbox WHERE chat = :chat AND about IS NULL",
    "DELETE FROM kept_chats WHERE chat = :chat",
    "DELETE FROM mails WHERE person_id = :person",
    "DELETE FROM mail_addresses WHERE person_id = :person",
)


class Erasure(Repository):
    """Erases people."""

    async def member(self, member: Member) -> None:
        """Erase a member who has left the group. The seat stays, nameless, as many records refer to it."""
        values: dict[str, SqlValue] = {
            "member": member.id,
            "group": member.group_id,
            "person": member.person_id,
            "chat": private_chat(member.person_id),
        }
        await self._unlink_incidents(member)
        for statement in OWN:
            self._session.write(statement, values)
        gone = -member.id  # no user of Telegram has such an id
        members = Members(self._session, self._caches)
        await members.update(member.id, name="", profile={}, organisation_id=None, user_id=gone)
        self._caches.forget()
        self._session.wipe_log = True

    async def person(self, person_id: int) -> None:
        """Erase a person and their private chat, unless they have a seat in another group."""
        if await Members(self._session, self._caches).of_person(person_id):
            return
        for statement in NOBODY:
            self._session.write(statement, {"person": person_id, "chat": private_chat(person_id)})
        await SignIns(self._session, self._caches).end_all(person_id)
        await Passkeys(self._session, self._caches).remove_all(person_id)
        people = People(self._session, self._caches)
        await people.update(person_id, user_id=-person_id, reach=Reach.NEW, current_group=None, focus=None)
        self._caches.forget()
        self._session.wipe_log = True

    async def _unlink_incidents(self, member: Member) -> None:
        """Keep the incidents that they have logged, without the mark that leads to them."""
        incidents = Incidents(self._session, self._caches)
        for incident in await incidents.all_of(member.group_id):
            values = dict(incident.values)
            if (values.get(CONTACT) or {}).get("id") == member.id:
                del values[CONTACT]
            reporter = await incidents.reporter(member.group_id, incident.id, member.person_id)
            mine = incident.reporter == reporter
            if mine or values != incident.values:
                version = incident.version + 1
                await incidents.update(
                    incident.id, values=values, version=version, reporter=None if mine else incident.reporter
                )
