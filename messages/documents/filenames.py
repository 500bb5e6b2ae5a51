"""What files are called on a person's disk."""

import re


def safe(words: str) -> str:
    """Return the words without characters that some file system refuses."""
    plain = re.sub(r'[*?"<>|\x00-\x1f]', "", re.sub(r"\s*:\s*", " – ", re.sub(r"[\\/]", "-", words)))
    return re.sub(r"\s+", " ", plain.replace(",", "")).strip(" .-")
