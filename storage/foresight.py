"""Foresight: many are about to be heard at once, so what is known of them is read in a few statements beforehand.

Nothing is found otherwise than without it, only sooner: a hundred people who come back at the same moment, as after a
restart, would else be looked up one by one.
"""

from collections.abc import Iterable

from storage.groups import Groups
from storage.members import Members, Organisations
from storage.people import People
from storage.repository import Repository


class Foresight(Repository):
    """What is known of people."""

    async def of_users(self, user_ids: Iterable[int]) -> None:
        """Remember these Telegram users, their seats, and the groups that they sit in with all who sit there."""
        people, members = People(self._session, self._memory), Members(self._session, self._memory)
        new = [person.id for person in await people.learn("user_id", user_ids)]
        if not new:
            return
        groups = [group.id for group in await Groups(self._session, self._memory).with_people(new)]
        await members.learn("person_id", new)
        await members.learn("group_id", groups)
        await Organisations(self._session, self._memory).learn("group_id", groups)
