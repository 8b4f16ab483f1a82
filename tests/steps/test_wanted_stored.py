"""Reasons survive being rows."""

from __future__ import annotations

from pipeline.rules.errors import Reason
from pipeline.steps.wanted.stored import reason_from, reason_to


def test_a_reason_survives_being_stored() -> None:
    """What is written to a row is read back as the same reason."""
    reason = Reason("no_consent", file="a.jpg", channel="web", facts={"code": "0042"})
    assert reason_from(reason_to(reason)) == reason
    assert reason_from({"code": "no_role"}, file="b.jpg") == Reason("no_role", file="b.jpg")
