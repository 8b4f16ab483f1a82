"""Amendments: only what was given changes, the event keeps the old words, who counts is derived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import makers
import pytest

from pipeline.rules.errors import UsageError
from pipeline.rules.inbox.case_file import CaseFile, Medium, read_case_file, to_mapping
from pipeline.rules.media import Role
from pipeline.steps.amend import amend, current, start_of
from pipeline.steps.means import Means
from pipeline.tools.catalog import cases, texts
from pipeline.tools.catalog.cases import AssetRow, CaseRow

CASE = "massage--s1"


def change(means: Means, wanted: CaseFile) -> dict[str, list[object]]:
    """Amend the case and return what changed."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        row = cases.find(tx.connection, CASE)
        assert row is not None
        return amend(tx, row, wanted, config=means.config)


def stored(means: Means) -> tuple[CaseRow, dict[str, AssetRow]]:
    """The case and its originals by file."""
    with means.catalog.read() as connection:
        row = cases.find(connection, CASE)
        assert row is not None
        return row, {each.file: each for each in cases.assets_of(connection, row.id)}


def test_only_the_keys_given_change_and_the_event_keeps_the_old(taken: makers.Workspace) -> None:
    """A title and channels are set; the next title leaves the channels, and its event both."""
    with taken.opened() as means:
        change(means, CaseFile(title="First", channels=("web",)))
        assert change(means, CaseFile(title="Second")) == {"title": ["First", "Second"]}
        assert stored(means)[0].channels == ["web"]
        last = taken.events()[-1]
        assert change(means, CaseFile(complete=True)) == {"complete": [False, True]}
    assert (last.verb, last.data) == ("amended", {"changes": {"title": ["First", "Second"]}})


def test_the_same_again_is_no_change_and_no_event(taken: makers.Workspace) -> None:
    """What already holds changes nothing, whatever its form."""
    with taken.opened() as means:
        wanted = CaseFile(title="First", complete=True, media=(("after.jpg", Medium(view="x")),))
        assert change(means, wanted)
        assert change(means, wanted) == {}
        assert change(means, CaseFile()) == {}
    assert [event.verb for event in taken.events()].count("amended") == 1


def test_a_case_is_looked_at_again_after_a_change(taken: makers.Workspace) -> None:
    """An amendment puts the case on the work lane."""
    with taken.opened() as means:
        change(means, CaseFile(complete=True))
        assert stored(means)[0].look_at == means.now()


def test_a_file_that_the_case_does_not_have_changes_nothing(taken: makers.Workspace) -> None:
    """The nearest name is given, and no other key of the file was applied."""
    with taken.opened() as means:
        wanted = CaseFile(title="T", media=(("affter.jpg", Medium(alt="A")),))
        with pytest.raises(UsageError, match=r"Did you mean after\.jpg"):
            change(means, wanted)
        with means.catalog.read() as connection:
            assert all(t.text != "T" for t in texts.texts_of(connection, stored(means)[0].id))


def test_the_subject_counts_in_every_file(taken: makers.Workspace) -> None:
    """People of the case count in every file, those of a file in it alone."""
    with taken.opened() as means:
        media = (("after.jpg", Medium(people=("friend",))), ("during.jpg", Medium(people=())))
        change(means, CaseFile(people=("aide",), media=media))
        _, assets = stored(means)
    assert set(assets["before.jpg"].people) == {"s1", "aide"}
    assert set(assets["after.jpg"].people) == {"s1", "aide", "friend"}
    assert set(assets["during.jpg"].people) == {"s1", "aide"}


@pytest.mark.parametrize("said", [Medium(), Medium(people=()), Medium(rights=())])
def test_press_asks_until_both_rights_and_people_are_said(
    taken: makers.Workspace, said: Medium
) -> None:
    """Half an answer is none; `[]` said out loud is one, and then nobody counts."""
    with taken.opened() as means:
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            cases.change(tx, stored(means)[0].id, {"subject": "press"})
        change(means, CaseFile(media=(("during.jpg", replace(said, role=Role.PRESS)),)))
        assert _asked(means) == "press_unsaid"
        said_all = Medium(people=(), rights=("L-1",))
        change(means, CaseFile(media=(("during.jpg", said_all),)))
        assert _asked(means) is None
        asset = stored(means)[1]["during.jpg"]
    assert (asset.people, asset.rights) == ((), ("L-1",))


def test_the_person_of_a_case_cannot_be_swapped(taken: makers.Workspace) -> None:
    """A new case.yaml with another chart code changes nothing and says what to do."""
    with taken.opened() as means, pytest.raises(UsageError, match="take-out"):
        change(means, CaseFile(subject="s2", title="T"))
    assert taken.case(CASE)["subject"] == "s1"
    assert taken.case(CASE)["title"] != "T"


def test_press_in_a_patients_folder_is_a_question(taken: makers.Workspace) -> None:
    """The role would take the patient out of those whose consent counts."""
    with taken.opened() as means:
        said = Medium(role=Role.PRESS, people=(), rights=())
        change(means, CaseFile(media=(("during.jpg", said),)))
        assert _asked(means) == "press_elsewhere"


def _asked(means: Means) -> str | None:
    reason = stored(means)[1]["during.jpg"].reason
    return None if reason is None else str(reason["code"])


def test_naming_a_record_again_is_an_act_of_its_own(taken: makers.Workspace) -> None:
    """The time at which records were named moves although their names did not change."""
    with taken.opened() as means:
        change(means, CaseFile(consent=("C-1",)))
        first = stored(means)[0].consents_named_at
        taken.clock.forward(days=1)
        assert "consents" in change(means, CaseFile(consent=("C-1",)))
        second = stored(means)[0].consents_named_at
    assert first is not None
    assert second is not None
    assert first < second


def test_what_is_printed_can_be_read_and_says_nothing_new(taken: makers.Workspace) -> None:
    """`current` of a case, written and read again, changes nothing but the naming of records."""
    with taken.opened() as means:
        media = (("after.jpg", Medium(role=Role.AFTER, caption="C", people=("friend",))),)
        change(means, CaseFile(title="T", people=(), complete=True, media=media))
        with means.catalog.read() as connection:
            row, assets = stored(means)
            words = texts.texts_of(connection, row.id)
            form = to_mapping(current(row, assets=list(assets.values()), texts=words))
        again = read_case_file(form)
        assert isinstance(again, CaseFile)
        assert change(means, again) == {}


def test_a_day_begins_at_the_clinic(empty: makers.Workspace) -> None:
    """`publish_after: 2026-11-20` is midnight in New York."""
    with empty.opened() as means:
        start = start_of(date(2026, 11, 20), config=means.config)
        assert start == datetime(2026, 11, 20, 5, tzinfo=UTC)
        assert start_of(None, config=means.config) is None
