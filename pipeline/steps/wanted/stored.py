"""Reasons as rows keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.rules.errors import Reason


def reason_from(stored: Mapping[str, Any], *, file: str | None = None) -> Reason:
    """Read a stored reason back."""
    return Reason(
        code=str(stored["code"]),
        file=stored.get("file") or file,
        channel=stored.get("channel"),
        facts=dict(stored.get("facts") or {}),
    )


def reason_to(reason: Reason) -> dict[str, Any]:
    """Return a reason as it is stored."""
    return {
        "code": reason.code,
        "file": reason.file,
        "channel": reason.channel,
        "facts": dict(reason.facts),
    }
