"""Make a one-time code that lets one group use the bot; it is shown once and good for seven days."""

import argparse
import asyncio

import httpx

from bot.commands import Arguments
from bot.context.sealed_actions import Buttons
from bot.doctor.telegram import BotApi
from bot.features.members.activation import CONSENT, GOOD_FOR, WAY_BACK, new_code
from bot.settings import Settings
from bot.telegram.links import link
from storage.vault.vault import Keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the code is for."""
    other = parser.add_mutually_exclusive_group()
    other.add_argument(
        "--consent",
        action="store_true",
        help="a code for a coordinator: to take out the archive or erase the group though somebody has objected",
    )
    other.add_argument(
        "--way-back",
        action="store_true",
        help="a code for a core group whose coordinators, or all of whom, are signed out of the page: to let them in",
    )


def main(args: Arguments) -> int:
    """Print the code, and the link that adds the bot to a group with it."""
    settings = args.settings()
    buttons = Buttons(Keyring(settings.master_key).button_key)
    username = asyncio.run(_username(settings)) if settings.token else None
    if args.consent:
        code = new_code(buttons, args.clock(), CONSENT)
        print("Give this to the coordinator who has asked, once you know that it is they. It opens our private chat:")
        print(f"\n  {link(username, code) if username else f'/start {code}'}\n")
        print("It counts once, for what somebody has objected to. It is not shown again.")
        return 0
    if args.way_back:
        code = new_code(buttons, args.clock(), WAY_BACK)
        print("Give this to somebody in the core group who is in, once you know that the coordinator asks for it.")
        print("They write it to the bot, in their own chat or on the page:")
        print(f"\n  /start {code}\n")
        print("They stand in, and get a link for the coordinator.")
        if settings.page.url:
            print("When nobody of the core group is in, the coordinator, if you know that it is they, opens this:")
            print(f"\n  {settings.page.url}/tillbaka/{code}\n")
        print("It counts once, for seven days, while no coordinator is signed in. It is not shown again.")
        return 0
    code = new_code(buttons, args.clock())
    if username:
        print("Give this to the person who will coordinate. Opened, it asks for a group, and adds the bot to it:")
        print(f"\n  {link(username, code, to_group=True)}\n")
        print("If the bot asks for a code all the same, or is in the group already, an administrator writes there:")
        print(f"\n  /aktivera@{username} {code}\n")
    elif settings.token:
        print("Telegram could not be asked for the bot's name (see `stadsbot doctor`). The code:")
        print(f"\n  {code}\n")
    if settings.page.url:
        print("To begin a group on the page, without a chat in Telegram, they open this instead:")
        print(f"\n  {settings.page.url}/ny/{code}\n")
    end = (args.clock() + GOOD_FOR).astimezone(settings.time_zone)
    print(f"Good for one group, until {end:%Y-%m-%d %H:%M}. It is not shown again.")
    return 0


async def _username(settings: Settings) -> str | None:
    async with httpx.AsyncClient() as client:
        return await BotApi(client, settings.api_url, settings.token).username()
