"""What holds for all tests."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from messages.voice import Voice

# A busy machine is no fault of the code: how long things take is measured, and not tested.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

# A fact that a view forgets is an error wherever the template asks for it, also in a branch that no test takes.
Voice.strict = True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where CI=true, a test that is skipped has failed: all that tests need is there, or nothing is proved."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {report.longreprtext}"
    return report
