"""The bot is quick to start and small: it loads what it needs."""

import subprocess
import sys

# The libraries that write files, which the worker loads that makes them; and other countries' holidays.
NOT_NEEDED = ("docx", "pptx", "lxml", "holidays.countries")


def test_only_what_is_needed_is_loaded() -> None:
    """The program and the bot start without what only its worker, or nobody, has use for."""
    told = f"import sys, bot.__main__, bot.service; print([name for name in {NOT_NEEDED} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"
