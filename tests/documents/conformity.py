"""What a library that has nothing to do with ours finds wrong with a PDF, by the standards that it claims to follow."""

import re

import pytest

# It counts a stream's last byte as its line ending where the compressed data happen to end in a carriage return.
LENGTH = "PDFA2A-STREAM-LENGTH-001"
STREAM = re.compile(rb"(\d+) 0 obj\s*<<[^>]*?/Length (\d+)[^>]*>>\s*stream\r?\n")


def faults(pdf: bytes) -> list[str]:
    """The rules of PDF/UA-1 and PDF/A-2a that a PDF breaks; skips the test where the library is not installed."""
    page = pytest.importorskip("page")
    broken = []
    for profile in ("ua1", "2a"):
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures:
            number = failure.object_id.object_number if failure.object_id else 0
            if failure.rule_id != LENGTH or not _as_long_as_told(pdf, number):
                broken.append(f"{failure.rule_id}: {failure.message}")
    return broken


def _as_long_as_told(pdf: bytes, number: int) -> bool:
    """Whether a stream is exactly as long as its /Length, ended by a line feed and `endstream`."""
    for found in STREAM.finditer(pdf):
        if int(found[1]) == number:
            end = found.end() + int(found[2])
            return pdf[end : end + 10] == b"\nendstream"
    return False
