"""The one error tree: what can stop a command, with the exit code and the remedy that go with it.

Everything that a person may have to act on is a `Reason`; an error carries one or more of them
when it ends a command. Texts are not here: a reason has a code and facts, and the message
catalogue (`pipeline.rules.messages`) turns both into words of the clinic's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NO_FACTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something waits, was refused or failed.

    `code` is one of the codes listed in docs/reasons.md; `file` is the name that staff gave the
    file; `channel` is set when only that channel is concerned; `facts` fill the blanks of the
    catalogue's sentence and never hold a secret.
    """

    code: str
    file: str | None = None
    channel: str | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: _NO_FACTS, hash=False)


class ClinicmediaError(Exception):
    """Anything that Clinicmedia itself reports. `text` says what is wrong, `remedy` what to do."""

    exit_code = 70

    def __init__(self, text: str, *, remedy: str = "") -> None:
        """Keep both sentences; `str()` of the error is both of them."""
        super().__init__(f"{text} {remedy}".strip())
        self.text = text
        self.remedy = remedy


class NeedsPerson(ClinicmediaError):
    """The command worked, and something now waits for a person."""

    exit_code = 1


class UsageError(ClinicmediaError):
    """The command's words or the configuration are wrong."""

    exit_code = 2


class ToolMissing(ClinicmediaError):
    """A program or package that this step needs is not installed."""

    exit_code = 3


class Unreachable(ClinicmediaError):
    """Storage or the database did not answer, or a withdrawal is not complete yet."""

    exit_code = 4


class VerificationFailed(ClinicmediaError):
    """What is stored is not what was recorded."""

    exit_code = 5


class BadMedia(ClinicmediaError):
    """An original that cannot be used. `reason` is what staff are told; the file is kept."""

    exit_code = 1

    def __init__(self, reason: Reason, detail: str = "") -> None:
        """`detail` is for the log only: it never names a file or a person."""
        super().__init__(detail or reason.code)
        self.reason = reason
