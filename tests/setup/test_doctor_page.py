"""The doctor and the page: what can be wrong with address, headers and mail is found, and told how to mend."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.doctor import page
from bot.doctor.finding import Finding, Level
from bot.page.templates import HEADERS
from bot.settings import MailServer, Operator

URL = "http://stad.example.se"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KNOWN = Operator("Exempelstads kommun", "tillganglighet@exempelstad.example")


async def examined(
    answer: httpx.Response | Exception,
    mail: MailServer | None = None,
    url: str = URL,
    now: datetime = NOW,
    *,
    running: bool = True,
) -> list[Finding]:
    """What is found where the page answers so."""

    def handle(request: httpx.Request) -> httpx.Response:
        assert request.method == "GET", "the doctor changes nothing"
        if isinstance(answer, Exception):
            raise answer
        return answer

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
        return [finding async for finding in page.examine(client, url, mail, now, running=running)]


async def test_all_is_well() -> None:
    """The bot's own headers are what is looked for."""
    found, *_ = await examined(httpx.Response(200, headers=HEADERS))
    assert found.level is Level.OK


@pytest.mark.parametrize(
    ("operator", "level"),
    [(Operator(), Level.WARNING), (Operator("Exempelstads kommun"), Level.WARNING), (KNOWN, Level.OK)],
)
def test_whose_page_it_is(operator: Operator, level: Level) -> None:
    """An authority that has not said who answers for the page, and how they are reached, is told what to set."""
    found = page.examine_statement(operator)
    assert found.level is level
    assert level is Level.OK or "STADSBOT_OPERATOR_CONTACT" in found.cure


@pytest.mark.parametrize("name", page.NEEDED)
async def test_a_header_is_missing(name: str) -> None:
    """A proxy that changes a header is found, by the header's name."""
    headers = {key: value for key, value in HEADERS.items() if key.lower() != name}
    found, *_ = await examined(httpx.Response(200, headers=headers))
    assert found.level is Level.ERROR
    assert name in found.says


async def test_nobody_answers() -> None:
    """Neither a page that cannot be reached nor one that answers with an error is well."""
    for answer in (httpx.ConnectError("no"), httpx.Response(502)):
        found, *_ = await examined(answer)
        assert found.level is Level.ERROR
        assert found.cure


@pytest.mark.parametrize("answer", [httpx.ConnectError("no"), *map(httpx.Response, page.NOBODY_BEHIND)])
async def test_no_bot_runs(answer: httpx.Response | Exception) -> None:
    """While the bot is stopped, as for an upgrade, its proxy reaches nobody: no error, as other answers are."""
    found, *_ = await examined(answer, running=False)
    assert found.level is Level.WARNING
    found, *_ = await examined(httpx.Response(404), running=False)
    assert found.level is Level.ERROR


async def test_a_certificate_that_nobody_trusts() -> None:
    """No connection with a valid certificate is an error."""
    found = await examined(httpx.Response(200, headers=HEADERS), url="https://127.0.0.1:9")
    assert [one.level for one in found if one.about == "certificate"] == [Level.ERROR]


@pytest.mark.parametrize(
    ("days", "level", "says"), [(-1, Level.ERROR, "expired"), (5, Level.WARNING, "ends on"), (60, Level.OK, "good")]
)
async def test_a_certificate_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, level: Level, says: str
) -> None:
    """A certificate that has run out, or soon will, is told, and one that lasts is well."""
    now = datetime.now(UTC)  # which TLS looks at, too
    paths = certificate(tmp_path, now + timedelta(days=days))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*paths)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.load_verify_locations(paths[0])
    if days > 0:
        trusting.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=server)
    url = f"https://localhost:{listening.sockets[0].getsockname()[1]}"
    told = await examined(httpx.Response(200, headers=HEADERS), url=url, now=now)
    found = [one for one in told if one.about == "certificate"]
    listening.close()
    assert [one.level for one in found] == [level], found
    assert says in found[0].says


def certificate(folder: Path, until: datetime) -> tuple[Path, Path]:
    """A certificate of localhost's own that ends then, and its key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(until - timedelta(days=90))
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


class Post:
    """A mail server that takes no mail from strangers."""

    async def handle_MAIL(  # noqa: N802
        self, _server: object, _session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender, or not."""
        if address != "stad@example.se":
            return "550 No"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """A real mail server on this machine."""
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(Post(), loop=loop, ident="test"), "127.0.0.1", 0)
    yield listening.sockets[0].getsockname()[1]
    listening.close()


async def test_mail(port: int) -> None:
    """A server that takes the sender is well; one that refuses it, is away, or is not there at all is told."""
    level = {}
    for called, mail in {
        "well": MailServer("127.0.0.1", port, "stad@example.se", "none"),
        "refused": MailServer("127.0.0.1", port, "other@example.se", "none"),
        "away": MailServer("127.0.0.1", 9, "stad@example.se", "none"),
        "none": None,
    }.items():
        found = await examined(httpx.Response(200, headers=HEADERS), mail)
        level[called] = next(one.level for one in found if one.about == "mail")
    assert level == {"well": Level.OK, "refused": Level.ERROR, "away": Level.ERROR, "none": Level.WARNING}
