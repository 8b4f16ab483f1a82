"""The commands on records: add, import, list, show, end, revoke, report."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import makers
import pytest
from makers import csv_of, record, today

NAME = "Alma Brightwater"


def badges(clinic: makers.Workspace) -> dict[str, str]:
    """Every record with where it stands."""
    return {each["id"]: each["state"] for each in clinic.say("consent", "list").data["records"]}


def gone(clinic: makers.Workspace, told: Any, *, before: set[str]) -> None:
    """Check that a receipt is complete, names every key, and that all of them are gone."""
    withdrawals = told.json["withdrawals"]
    assert all(each["complete"] for each in withdrawals)
    keys = {key["key"] for each in withdrawals for key in each["keys"]}
    media = {key for key in before if key.startswith("media/")}
    assert media <= keys
    assert not media & set(clinic.public())


def test_a_complete_record_is_kept(empty: makers.Workspace, tell: Any) -> None:
    """It is listed as valid, shown with its words, and its person is named in no event."""
    file = empty.file("c.yaml", record("0042", **today()))
    told = tell(empty, "consent", "add", str(file))
    assert told.code == 0
    assert "C-0042 (version 1) is kept and complete." in told.out
    assert badges(empty) == {"C-0042": "valid"}
    shown = tell(empty, "consent", "show", "C-0042").out
    assert NAME in shown
    assert "valid; version 1 of 1" in shown
    assert all(NAME not in str(each) for each in empty.events())


def test_a_defective_record_is_kept_and_its_defects_named(
    empty: makers.Workspace, tell: Any
) -> None:
    """Exit 1; every defect with its citation; the record clears nothing."""
    bad = record("0042", **today(), **{"statements.redisclosure": None, "purpose": None})
    told = tell(empty, "consent", "add", str(empty.file("c.yaml", bad)), "--json")
    assert told.code == 1
    (kept,) = told.json["records"]
    assert kept["kept"]
    assert len(kept["defects"]) == 2
    assert all("164.508" in each["text"] and each["remedy"] for each in kept["defects"])
    assert badges(empty) == {"C-0042": "defective"}


def test_many_records_in_one_file(empty: makers.Workspace, tell: Any) -> None:
    """A CSV and a list in YAML hold several; one without an id is told and the others stay."""
    records = [record("0042", **today()), record("0043", **today())]
    assert tell(empty, "consent", "import", str(empty.file("r.csv", csv_of(records)))).code == 0
    assert badges(empty) == {"C-0042": "valid", "C-0043": "valid"}
    more = [record("0044", **today()), record("0045", id=None)]
    told = tell(empty, "consent", "add", str(empty.file("r.yaml", json.dumps(more))), "--json")
    assert told.code == 1
    assert [each["kept"] for each in told.json["records"]] == [True, False]
    assert badges(empty).keys() == {"C-0042", "C-0043", "C-0044"}


@pytest.mark.parametrize("text", ["", "id: [", "id: A\nid: B\n", "# nothing\n"])
def test_a_file_that_holds_no_record_is_a_usage_error(
    empty: makers.Workspace, tell: Any, text: str
) -> None:
    """Empty or unreadable: 2, in words, and nothing is kept."""
    told = tell(empty, "consent", "add", str(empty.file("c.yaml", text)))
    assert (told.code, told.out) == (2, "")
    assert "c.yaml" in told.err
    assert tell(empty, "consent", "add", str(empty.folder / "none.yaml")).code == 2
    assert badges(empty) == {}


def test_the_list_teaches_when_it_is_empty(empty: makers.Workspace, tell: Any) -> None:
    """Without a record there is a sentence, not silence."""
    assert tell(empty, "consent", "list").out.strip() == "No consent records yet."


@pytest.mark.parametrize("act", ["show", "report", "end"])
def test_an_unknown_record_is_a_usage_error(
    published: makers.Workspace, tell: Any, act: str
) -> None:
    """2, and the way to the list."""
    told = tell(published, "consent", act, "C-99")
    assert told.code == 2
    assert "C-99" in told.err
    assert "consent list" in told.err


def test_revoke_withdraws_in_the_same_command(published: makers.Workspace, tell: Any) -> None:
    """Nothing is left when the command ends, the receipt names every key, and it stays so."""
    before = set(published.public())
    told = tell(published, "consent", "revoke", "C-0042", "--json")
    assert told.code == 0
    assert (told.json["revoked"], told.json["unknown"]) == (["C-0042"], [])
    assert {each["channel"] for each in told.json["withdrawals"]} == {"web", "instagram"}
    gone(published, told, before=before)
    assert badges(published) == {"C-0042": "revoked"}
    published.run()
    assert published.shown("massage--0042") == []
    assert makers.codes(published.case("massage--0042")) & {
        "closed_by_revocation",
        "consent_revoked",
    }


def test_revoking_a_person_revokes_every_record(published: makers.Workspace, tell: Any) -> None:
    """All records of a code, and of that code alone; the words list every key with its proof."""
    more = [record("0042", id="C-2", **today()), record("42", id="C-3", **today())]
    tell(published, "consent", "add", str(published.file("r.yaml", json.dumps(more))))
    told = tell(published, "consent", "revoke", "--subject", "0042")
    assert told.code == 0
    assert told.out.startswith("Revoked: C-0042, C-2.")
    assert badges(published) == {"C-0042": "revoked", "C-2": "revoked", "C-3": "valid"}


def test_a_person_without_records_is_a_usage_error(published: makers.Workspace, tell: Any) -> None:
    """A mistyped code revokes nothing and says so."""
    told = tell(published, "consent", "revoke", "--subject", "004")
    assert told.code == 2
    assert badges(published) == {"C-0042": "valid"}


def test_an_unknown_id_stays_revoked(published: makers.Workspace, tell: Any) -> None:
    """The revocation of a record that nobody has yet is kept for when it comes: exit 1."""
    told = tell(published, "consent", "revoke", "C-7", "--json")
    assert (told.code, told.json["unknown"]) == (1, ["C-7"])
    file = published.file("c.yaml", record("7", **today()))
    tell(published, "consent", "add", str(file))
    assert badges(published)["C-7"] == "revoked"
    published.run()
    assert published.shown("cupping--7") == []


def test_a_slip_in_the_time_does_not_delay_a_revocation(
    published: makers.Workspace, tell: Any
) -> None:
    """An unreadable --received-at counts as now: gone, with exit 1 and a sentence."""
    told = tell(published, "consent", "revoke", "C-0042", "--received-at", "yesterday")
    assert told.code == 1
    assert "'yesterday' is no time" in told.out
    assert published.shown("massage--0042") == []


def test_the_time_of_receipt_is_kept(published: makers.Workspace, tell: Any) -> None:
    """What was received before it was recorded counts from its receipt."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    tell(published, "consent", "revoke", "C-0042", "--received-at", at.isoformat())
    revoked = [each for each in published.events() if each.verb == "consent_revoked"]
    assert revoked[0].data["received_at"] == at.isoformat()


def test_the_end_of_an_event_withdraws(published: makers.Workspace, tell: Any) -> None:
    """`consent end` takes down what stood on the record from that day on, in the same command."""
    before = set(published.public())
    told = tell(published, "consent", "end", "C-0042", "--json")
    assert told.code == 0
    gone(published, told, before=before)
    assert badges(published) == {"C-0042": "ended"}


def test_an_end_in_the_future_changes_nothing_yet(published: makers.Workspace, tell: Any) -> None:
    """What stands on the record stays until that day."""
    before = set(published.public())
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    assert tell(published, "consent", "end", "C-0042", "--on", day.isoformat()).code == 0
    assert set(published.public()) == before
    assert tell(published, "consent", "end", "C-0042", "--on", "soon").code == 2


def test_a_record_that_narrows_withdraws_at_once(published: makers.Workspace, tell: Any) -> None:
    """A new version that allows less is carried out in the command that brought it."""
    less = record("0042", channels=["web"], **today())
    told = tell(published, "consent", "add", str(published.file("c.yaml", less)), "--json")
    assert [each["channel"] for each in told.json["withdrawals"]] == ["instagram"]
    assert set(published.tokens("massage--0042")) == {"web"}


def test_the_report_tells_what_was_public(published: makers.Workspace, tell: Any) -> None:
    """When, where, on this record, from and to; nothing for a record on which nothing stood."""
    told = tell(published, "consent", "report", "C-0042", "--json").json["publications"]
    assert {(each["case"], each["channel"], each["to"]) for each in told} == {
        ("massage--0042", "web", None),
        ("massage--0042", "instagram", None),
    }
    tell(published, "consent", "revoke", "C-0042")
    after = tell(published, "consent", "report", "C-0042", "--json").json["publications"]
    assert all(each["from"] < each["to"] <= each["gone"] for each in after)
    text = tell(published, "consent", "report", "C-0042").out
    assert text.startswith("# What stood on C-0042")
    assert "| massage--0042 | web |" in text
    file = published.file("c.yaml", record("7", **today()))
    tell(published, "consent", "add", str(file))
    assert "Nothing was ever public" in tell(published, "consent", "report", "C-7").out
