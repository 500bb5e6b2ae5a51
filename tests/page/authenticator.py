"""A telephone that makes and shows passkeys, played by the rules of WebAuthn; it can be told to break each of them."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

from tests.page.reader import ADDRESS

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40  # flags of what a device says of itself


@dataclass(slots=True)
class Device:
    """One telephone. `asked` is what the page asks of it, as JSON."""

    origin: str = ADDRESS  # of the page that its browser shows
    unlocks: bool = True  # its owner shows who they are
    counter: int = 0
    id: bytes = field(default_factory=lambda: token_bytes(16))
    _key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def makes(self, asked: str) -> str:
        """Make a key."""
        point = self._key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        new = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        said = {"fmt": "none", "attStmt": {}, "authData": self._says(json.loads(asked)["rp"]["id"], HAS_KEY) + new}
        attestation = bytes_to_base64url(cbor2.dumps(said))
        return self._answer("webauthn.create", asked, {"attestationObject": attestation})

    def shows(self, asked: str) -> str:
        """Show its key, whichever are asked for."""
        self.counter += 1
        said = self._says(json.loads(asked)["rpId"])
        client = self._client("webauthn.get", asked)
        signature = self._key.sign(said + sha256(client).digest(), ECDSA(SHA256()))
        shown = {"authenticatorData": bytes_to_base64url(said), "signature": bytes_to_base64url(signature)}
        return self._answer("webauthn.get", asked, shown)

    def _says(self, host: str, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.unlocks else 0)
        return sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind: str, asked: str) -> bytes:
        return json.dumps({"type": kind, "challenge": json.loads(asked)["challenge"], "origin": self.origin}).encode()

    def _answer(self, kind: str, asked: str, response: dict[str, str]) -> str:
        id, client = bytes_to_base64url(self.id), bytes_to_base64url(self._client(kind, asked))
        return json.dumps(
            {"id": id, "rawId": id, "type": "public-key", "response": {"clientDataJSON": client, **response}}
        )
