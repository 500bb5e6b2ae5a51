"""Reports that a mail could not be delivered (RFC 3464), read from what anybody may have sent.

It is done in a process of its own: mail can be made so that Python's parser works on it for minutes.
"""

from email import message_from_bytes
from email.message import Message
from typing import Final

REPORT: Final = b"multipart/report"
# As many of these as a report with the mail that it returns has at the most, whichever server made it.
MOST: Final = {b"boundary": 16, b"message/": 16, b"\n--": 64}


def may_be_report(raw: bytes) -> bool:
    """True for mail that is worth reading; costs next to nothing."""
    plain = raw.lower()
    return REPORT in plain and all(plain.count(mark) <= most for mark, most in MOST.items())


def returned_id(raw: bytes) -> str:
    """Return the Message-ID of the mail that a report says could not be delivered; empty for all other mail.

    Raises RecursionError for parts within parts within parts.
    """
    report = message_from_bytes(raw)
    if report.get_content_type() != "multipart/report":
        return ""
    failed, returned = False, ""
    for part in _parts(report):
        match part.get_content_type():
            case "message/delivery-status":
                failed |= any(str(block["Action"]).strip().casefold() == "failed" for block in _parts(part))
            case "message/rfc822":
                returned = "".join(str(mail["Message-ID"] or "") for mail in _parts(part))
            case "text/rfc822-headers":
                headers = part.get_payload(decode=True)
                assert isinstance(headers, bytes)
                returned = str(message_from_bytes(headers)["Message-ID"] or "")
    return returned.strip() if failed else ""


def _parts(message: Message) -> list[Message]:
    """Return the parts of a message; none where it is not made of any, whatever it says of itself."""
    parts = message.get_payload()
    return [part for part in parts if isinstance(part, Message)] if isinstance(parts, list) else []
