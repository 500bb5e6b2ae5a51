"""The bot is quick to start and small: it loads what it needs."""

import subprocess
import sys

FOR_FILES = ("docx", "pptx", "lxml")


def test_files_are_for_the_worker() -> None:
    """The libraries that write files are loaded by the worker that makes them, and not by the bot."""
    told = f"import sys, bot.app; print([name for name in {FOR_FILES} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout
    assert loaded.strip() == "[]"
