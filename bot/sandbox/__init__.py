"""Telegram played on this machine, for the demo and the tests. See README.md in this folder."""

from .errors import ActError, ApiError
from .faults import Faults
from .sandbox import TOKEN, Sandbox
from .transport import SandboxRequest

__all__ = ["TOKEN", "ActError", "ApiError", "Faults", "Sandbox", "SandboxRequest"]
