"""Records: kept in versions, defective ones too; an end is committed whatever else is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import makers
import pytest
from makers import record

from pipeline.rules.errors import UsageError
from pipeline.steps.enrol import end, enrol, read_records, revoke, subjects_records
from pipeline.tools.catalog import consents, publications

CASE = "massage--s1"


def test_a_record_is_kept_once_and_again_as_a_new_version(empty: makers.Workspace) -> None:
    """The same bytes twice are one version and one event; a change is the next version."""
    with empty.opened() as means:
        first = enrol(means, [record("1")], folder=None)[0]
        same = enrol(means, [record("1")], folder=None)[0]
        other = enrol(means, [record("1", purpose="Teaching")], folder=None)[0]
    assert (first.version, same.version, other.version) == (1, 1, 2)
    assert [event.verb for event in empty.events()] == ["consent_recorded"] * 2


def test_defective_records_are_kept_with_every_defect(empty: makers.Workspace) -> None:
    """Without purpose and channels it is kept, and both are named; without an id it is not."""
    with empty.opened() as means:
        kept, lost = enrol(
            means, [record("1", purpose=None, channels=None), record("2", id=None)], folder=None
        )
        assert kept.kept
        assert {reason.facts["element"] for reason in kept.reasons} == {"purpose", "channels"}
        assert not lost.kept
        with means.catalog.read() as connection:
            assert [each.record.id for each in consents.every(connection)] == ["C-1"]


def test_no_event_names_a_person(empty: makers.Workspace) -> None:
    """The log holds ids and figures; the signer stands in the record's row alone."""
    with empty.opened() as means:
        enrol(means, [record("1")], folder=None)
    assert "Brightwater" not in str(empty.events())


def test_the_scan_beside_a_record_is_kept_in_private(empty: makers.Workspace) -> None:
    """A file named by `document` is kept byte for byte; a link in its place is not followed."""
    empty.file("scan.pdf", "paper")
    (empty.folder / "link.pdf").symlink_to(empty.config)
    with empty.opened() as means:
        documents = [record("1", document="scan.pdf"), record("2", document="link.pdf")]
        enrol(means, documents, folder=empty.folder)
    kept = makers.files_below(empty.private / "documents")
    assert [body for name, body in kept.items() if len(Path(name).name) == 64] == [b"paper"]


def test_a_later_version_never_revives(empty: makers.Workspace) -> None:
    """A record that once said it was revoked stays so when a later version does not say it."""
    with empty.opened() as means:
        enrol(means, [record("1", revoked_on="2026-05-05")], folder=None)
        enrol(means, [record("1")], folder=None)
        with means.catalog.read() as connection:
            known = consents.newest(connection, "C-1")
    assert known is not None
    assert known.version == 2
    assert known.revocation is not None


def test_an_unknown_id_stays_revoked_when_its_record_comes(empty: makers.Workspace) -> None:
    """A revocation is never refused: it waits for the record that it is about."""
    with empty.opened() as means:
        assert revoke(means, ["C-1"], received_at=means.now()) == ["C-1"]
        enrol(means, [record("1")], folder=None)
        with means.catalog.read() as connection:
            known = consents.newest(connection, "C-1")
    assert known is not None
    assert known.revocation is not None


def test_a_revocation_closes_in_its_own_commit(published: makers.Workspace) -> None:
    """When `revoke` returns no epoch that stood on the record is live, and falls are written."""
    with published.opened() as means:
        assert revoke(means, ["C-s1"], received_at=means.now()) == []
        with means.catalog.read() as connection:
            assert publications.in_state(connection, publications.OPEN, publications.PUBLIC) == []
            closed = publications.in_state(connection, publications.WITHDRAWING)
            falls = publications.falls_of(connection, closed[0].case_id)
    assert {each.cause for each in closed} == {"revoked"}
    assert {(fall.channel, fall.person) for fall in falls} == {("web", "s1"), ("instagram", "s1")}
    verbs = [event.verb for event in published.events()]
    assert verbs.index("consent_revoked") < verbs.index("closed")


def test_a_revocation_forgets_what_was_rendered_and_never_shown(
    published: makers.Workspace,
) -> None:
    """Renditions of a case that a person holds go with the consent as well."""
    published.say("hold", CASE, "--why", "looking")
    assert makers.files_below(published.private / "rendered")
    published.say("consent", "revoke", "C-s1")
    assert not [k for k in makers.files_below(published.private / "rendered") if len(k) > 64]


def test_codes_are_matched_exactly(empty: makers.Workspace) -> None:
    """The records of 0042 are not those of 42."""
    with empty.opened() as means:
        enrol(means, [record("0042"), record("42"), record("0042", id="C-b")], folder=None)
        assert sorted(subjects_records(means, "0042")) == ["C-0042", "C-b"]


def test_only_a_known_record_ends_by_its_event(empty: makers.Workspace) -> None:
    """`end` says which ids there are to look at when it knows none such."""
    with empty.opened() as means:
        with pytest.raises(UsageError, match="C-9"):
            end(means, "C-9", day=date(2026, 12, 1))
        enrol(means, [record("1")], folder=None)
        end(means, "C-1", day=date(2026, 12, 1))
        with means.catalog.read() as connection:
            known = consents.newest(connection, "C-1")
    assert known is not None
    assert known.ended_on == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("name", "text", "subjects"),
    [
        ("a.yaml", "id: A\nsubject: 0042\n", ["0042"]),
        ("a.yaml", "- {id: A, subject: 1}\n- {id: B, subject: 2}\n", ["1", "2"]),
        ("a.json", '{"id": "A", "subject": "7"}', ["7"]),
        ("a.csv", "id,subject,statements.remuneration\nA,007,none\n", ["007"]),
    ],
)
def test_records_are_read_from_yaml_json_and_csv(
    tmp_path: Path, name: str, text: str, subjects: list[str]
) -> None:
    """Every scalar stays the text that was typed."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert [each["subject"] for each in read_records(path)] == subjects


@pytest.mark.parametrize("text", ["id: [", "a: 1\na: 2\n", "- one\n- two\n"])
def test_a_file_that_is_no_record_is_refused_whole(tmp_path: Path, text: str) -> None:
    """Broken YAML, a key twice and a list of words are named, and so is a file that is gone."""
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.yaml"):
        read_records(path)
    with pytest.raises(UsageError):
        read_records(tmp_path / "none.yaml")
