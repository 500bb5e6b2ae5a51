"""What E-ARK's validator says of a package, as JSON: `python -m tests.bot.eark PACKAGE`.

A process of its own, as the library leaves files open. At its import it fetches vocabularies that it also brings along.
"""

import importlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

# The validator asks for an attribute of SIP's without its namespace, which the schema of METS does not allow.
NOT_TO_BE_HAD = {"SIP14"}


def validated(made: Path) -> dict[str, Any]:
    """What E-ARK's own validator finds, by the schema of METS and by the rules of CSIP and SIP 2.1."""
    if importlib.util.find_spec("eark_validator") is None:
        pytest.skip("eark-validator is not installed: requirements-eark.lock")
    asked, folder = [sys.executable, "-m", "tests.bot.eark", str(made)], {"TMPDIR": str(made.parent)}
    told = subprocess.run(asked, capture_output=True, text=True, check=True, env={**os.environ, **folder})
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def main() -> None:
    """Print the structure's status and every error by its rule."""
    spec = importlib.util.find_spec("eark_validator")
    assert spec is not None
    assert spec.origin is not None
    vocabularies = Path(spec.origin).parent / "ipxml/resources/vocabs"

    def brought_along(uri: str) -> io.BytesIO:
        return io.BytesIO((vocabularies / uri.rsplit("/", 1)[-1]).read_bytes())

    setattr(urllib.request, "urlopen", brought_along)  # noqa: B010 (of another type, on purpose)
    report = importlib.import_module("eark_validator.packages").PackageValidator(Path(sys.argv[1])).validation_report
    found = [*report.metadata.schema_results.messages, *report.metadata.schematron_results.messages]
    errors = {message.rule_id: message.message for message in found if message.severity.name == "ERROR"}
    print(json.dumps({"structure": report.structure.status.name, "errors": errors}))  # noqa: T201


if __name__ == "__main__":
    main()
