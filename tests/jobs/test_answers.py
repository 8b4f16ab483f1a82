"""What commands answer with: the gravest code, reasons and receipts in words and as objects."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import makers
import pytest

from jobs import answers
from pipeline.rules import errors
from pipeline.rules.errors import Reason
from pipeline.steps.withdraw import Receipt

ORDER = (70, 2, 3, 4, 5, 1, 0)  # the contract: when several apply, the first of these


@pytest.mark.parametrize("pair", list(itertools.combinations(ORDER, 2)), ids=str)
def test_of_two_codes_the_graver_is_given(pair: tuple[int, int]) -> None:
    """Whatever their order and however often they occur."""
    graver, other = pair
    assert answers.gravest([graver, other]) == graver
    assert answers.gravest([other, other, graver, other]) == graver


def test_nothing_at_all_is_fine() -> None:
    """Without any code everything went well."""
    assert answers.gravest([]) == 0


def test_codes_are_those_of_the_errors() -> None:
    """The constants of the answers and the codes of the error tree are the same numbers."""
    assert [answers.BUG, answers.USAGE, answers.TOOL_MISSING, answers.UNREACHABLE] == [70, 2, 3, 4]
    assert [answers.NOT_VERIFIED, answers.NEEDS_PERSON, answers.FINE] == [5, 1, 0]
    assert errors.ClinicmediaError.exit_code == answers.BUG
    assert errors.UsageError.exit_code == answers.USAGE
    assert errors.ToolMissing.exit_code == answers.TOOL_MISSING
    assert errors.Unreachable.exit_code == answers.UNREACHABLE
    assert errors.VerificationFailed.exit_code == answers.NOT_VERIFIED
    assert errors.NeedsPerson.exit_code == answers.NEEDS_PERSON


def test_a_reason_is_told_in_words_and_as_an_object(empty: makers.Workspace) -> None:
    """Its sentence and its remedy, with the blanks filled; code, file and channel for programs."""
    reason = Reason("no_consent", file="a.jpg", channel="web", facts={"code": "0042"})
    with empty.opened() as means:
        told = answers.reason_json(means, reason)
        lines = answers.reason_lines(means, [reason], indent="  ")
    assert told.keys() == {"code", "text", "remedy", "file", "channel"}
    assert (told["code"], told["file"], told["channel"]) == ("no_consent", "a.jpg", "web")
    assert told["text"] == "This waits: there is no signed consent for 0042."
    assert lines == [f"  {told['text']}", f"  → {told['remedy']}"]


def receipt(*pending: str) -> Receipt:
    """The receipt of a withdrawal of one key, with an export."""
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC).isoformat()
    keys = ({"key": "media/t/a.jpg", "status": "absent", "at": at},)
    return Receipt("massage--0042", "massage-abc", "web", "revoked", keys, pending, ("/desk/out",))


def test_a_receipt_says_what_is_gone_and_what_is_not() -> None:
    """Every key with its proof and the clinic's time; pending ones shout; exports are named."""
    whole = answers.receipt_lines([receipt()], local=lambda at: at.strftime("%H:%M"))
    assert whole[0] == "massage--0042 on web: all gone (revoked)"
    assert "absent" in whole[1]
    assert "18:00" in whole[1]
    assert "media/t/a.jpg" in whole[1]
    assert any("/desk/out" in line for line in whole)
    open_ = answers.receipt_lines([receipt("media/t/b.jpg")], local=str)
    assert "PENDING" in open_[0]
    assert "    pending: media/t/b.jpg" in open_
    told = answers.receipt_json(receipt("media/t/b.jpg"))
    assert (told["complete"], told["pending"], told["exports"]) == (
        False,
        ["media/t/b.jpg"],
        ["/desk/out"],
    )
    assert answers.receipt_json(receipt())["complete"]


def test_times_are_those_of_the_clinic(empty: makers.Workspace) -> None:
    """An instant is written on the clock that hangs on the clinic's wall."""
    with empty.opened() as means:
        local = answers.local_time(means)
        assert local(datetime(2026, 11, 23, 18, 0, tzinfo=UTC)) == "2026-11-23 13:00:00"
        assert local(datetime(2026, 7, 1, 3, 0, tzinfo=UTC)) == "2026-06-30 23:00:00"
