"""Examine whether everything is as it should be for the bot to run, and say what to do where it is not."""

import argparse
import asyncio
from collections.abc import AsyncIterator

import httpx

from bot.commands import Arguments
from bot.doctor import backups, database, help_lines, machine, page
from bot.doctor.finding import Finding, Level, ok
from bot.doctor.telegram import BotApi, examine, remove_webhook
from bot.settings import Settings
from messages.help_lines import HelpLines
from storage.vault.vault import Keyring


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what it does only on request."""
    parser.add_argument("--before-start", action="store_true", help="fail only for what the bot would not start for")
    parser.add_argument("--poll", action="store_true", help="while no bot runs, look whether another program polls")
    parser.add_argument("--remove-webhook", action="store_true", help="take away a webhook that is left behind")


def main(args: Arguments) -> int:
    """Print what was found; return 1 if anything must be mended, or only before the bot can start if that is asked."""
    findings = asyncio.run(_collect(args, args.settings()))
    width = max(len(finding.about) for finding in findings)
    for finding in findings:
        print(f"{finding.level:8}{finding.about:{width}}  {finding.says}")
        if finding.cure:
            print(f"{'':{width + 10}}→ {finding.cure}")
    grave = [finding for finding in findings if finding.level is Level.ERROR]
    if args.before_start:
        grave = [finding for finding in grave if finding.stops]
    return 1 if grave else 0


async def _collect(args: Arguments, settings: Settings) -> list[Finding]:
    return [finding async for finding in _examine(args, settings)]


async def _examine(args: Arguments, settings: Settings) -> AsyncIterator[Finding]:
    for finding in (
        *machine.disks(settings.database, settings.backups.folder, settings.backups.latest),
        *machine.modes(settings.database),
    ):
        yield finding
    for finding in help_lines.look(HelpLines(settings.language), args.clock().date()):
        yield finding
    yield backups.look(settings.backups.folder, settings.database, Keyring(settings.master_key), args.clock())
    if settings.backups.latest:
        yield backups.look_at_latest(settings.backups.latest, args.clock())
    if settings.towns:
        from bot.doctor import towns

        for finding in towns.look(settings.towns):
            yield finding
    looked = await database.look(
        settings.database, settings.master_key, args.clock, settings.backups.folder, settings.backups.latest
    )
    for finding in looked.findings:
        yield finding
    async with httpx.AsyncClient() as client:
        if settings.page.url:
            yield page.examine_statement(settings.operator)
            async for finding in page.examine(
                client, settings.page.url, settings.mail, args.clock(), running=looked.running
            ):
                yield finding
        if not settings.token:
            yield ok("token", "None is set: the bot is on the page alone.")
            return
        telegram = BotApi(client, settings.api_url, settings.token)
        if args.remove_webhook:
            yield await remove_webhook(telegram)
        async for finding in examine(
            telegram,
            looked.groups,
            args.clock,
            running=looked.running,
            poll=args.poll,
            webhook_url=settings.webhook.url,
        ):
            yield finding
