"""The steps by hand, one at a time and all together."""

from __future__ import annotations

from typing import Any

import makers
import pytest

from pipeline.steps import tick

CASE = "massage--0042"


def prepare(clinic: makers.Workspace) -> None:
    """Drop a case and its record."""
    clinic.drop(CASE, {"before.jpg": makers.photo("b"), "after.jpg": makers.photo("a")})
    clinic.sign(makers.record("0042", **makers.today()))


def test_the_steps_one_by_one(empty: makers.Workspace, tell: Any) -> None:
    """Intake takes, render makes, publish shows; each says what it did, and does only that."""
    prepare(empty)
    taken = tell(empty, "intake", "--json")
    assert (taken.code, taken.json["cases"], taken.json["records"]) == (0, [CASE], ["C-0042"])
    assert empty.case(CASE)["stage"] == "CLEARED"
    assert empty.shown(CASE) == []
    made = tell(empty, "render", "--json")
    assert (made.code, made.json["rendered"]) == (0, 4)
    assert empty.case(CASE)["stage"] == "RENDERED"
    assert empty.shown(CASE) == []
    shown = tell(empty, "publish", "--json")
    assert shown.code == 0
    assert {(each["case"], each["channel"]) for each in shown.json["published"]} == {
        (CASE, "web"),
        (CASE, "instagram"),
    }
    assert empty.case(CASE)["stage"] == "PUBLISHED"
    assert empty.shown(CASE)


def test_each_step_again_does_nothing(published: makers.Workspace, tell: Any) -> None:
    """When all is done the steps find nothing to do, and leave no event."""
    before = published.events(), published.public()
    said = {word: tell(published, word).out.strip() for word in ("intake", "render", "publish")}
    assert said == {
        "intake": "Nothing new in the inbox.",
        "render": "0 renditions made.",
        "publish": "Nothing to publish.",
    }
    for word in ("watch", "withdraw"):
        assert tell(published, word).out.strip() == "Nothing had to come down."
    assert before == (published.events(), published.public())


def test_run_once_again_changes_nothing(published: makers.Workspace, tell: Any) -> None:
    """A second run writes no object and adds no event; 1, because a case waits for a person."""
    before = published.events(), published.public()
    told = tell(published, "run", "--once", "--json")
    assert (told.code, told.json["waiting"]) == (1, ["cupping--7"])
    assert (told.json["rendered"], told.json["published"], told.json["cases"]) == (0, [], [])
    assert before == (published.events(), published.public())


def test_run_once_with_nothing_waiting_is_fine(empty: makers.Workspace, tell: Any) -> None:
    """0 when everything could be published; the words name what was done."""
    prepare(empty)
    told = tell(empty, "run", "--once")
    assert told.code == 0
    for words in (
        f"Taken in: {CASE}",
        "Consent record: C-0042",
        "4 renditions made.",
        f"Published: {CASE} on web",
        "\n1 case; ",
    ):
        assert words in told.out


def test_what_goes_aside_and_what_waits_is_said(empty: makers.Workspace, tell: Any) -> None:
    """1; the file in _problems and the folder that waits, each with its sentence and remedy."""
    (empty.inbox / "notes.xyz").write_bytes(b"no picture")
    empty.drop("holiday", {"one.jpg": makers.photo("h")})
    told = tell(empty, "intake")
    assert told.code == 1
    assert "Set aside in _problems: notes.xyz" in told.out
    assert "Waits in the inbox: holiday" in told.out
    assert told.out.count("→ ") == 2
    again = tell(empty, "intake", "--json")
    assert (again.code, again.json["aside"]) == (1, [])
    assert [each["name"] for each in again.json["waiting_in_inbox"]] == ["holiday"]


@pytest.mark.parametrize("words", [["intake"], ["render"], ["publish"], ["run", "--once"]])
def test_two_never_work_at_once(published: makers.Workspace, tell: Any, words: list[str]) -> None:
    """While another process works on the workspace a command says so and does nothing."""
    with tick.one_at_a_time(published.folder / "var" / "work.lock"):
        told = tell(published, *words)
    assert told.code == 2
    assert "Another Clinicmedia is working" in told.err


def test_watch_and_withdraw_never_wait_for_the_work(published: makers.Workspace, tell: Any) -> None:
    """A revocation is carried out although another process renders."""
    shown = set(published.shown(CASE))
    with tick.one_at_a_time(published.folder / "var" / "work.lock"):
        for words in (["watch"], ["withdraw"]):
            assert tell(published, *words).code == 0
        assert tell(published, "consent", "revoke", "C-0042").code == 0
    assert not shown & set(published.public())


def test_a_pending_withdrawal_is_told(published: makers.Workspace, tell: Any) -> None:
    """4 while a key is not proved gone: here an address that nobody answers at."""
    storage = makers.local_storage(probe=True, base_url="http://127.0.0.1:1/")
    published.configure(storage=storage)
    told = tell(published, "consent", "revoke", "C-0042", "--json")
    assert told.code == 4
    assert all(each["pending"] for each in told.json["withdrawals"])
    assert not published.shown(CASE)
    again = tell(published, "withdraw")
    assert again.code == 4
    assert "STILL PENDING" in again.out
    published.configure(storage=makers.local_storage())
    assert tell(published, "withdraw").code == 0


def test_a_head_that_is_ahead_holds_everything(empty: makers.Workspace, tell: Any) -> None:
    """After an old backup was restored nothing is published: 5, and the sentence says why."""
    prepare(empty)
    tell(empty, "intake")
    head = empty.private / "ledger" / "head.json"
    head.chmod(0o644)
    head.write_text('{"seq": 4711, "hash": "00"}')
    told = tell(empty, "run", "--once", "--json")
    assert told.code == 5
    assert told.json["held"]["code"] == "catalog_older_than_log"
    assert empty.shown(CASE) == []
