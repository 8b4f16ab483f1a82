"""From rows to answers: what is asked of the consent rules."""

from __future__ import annotations

import makers
from makers import record

from pipeline.rules.consent import Clearance, Refusal
from pipeline.steps import enrol
from pipeline.steps.means import Means
from pipeline.steps.wanted.clearing import Standing, standing_of
from pipeline.steps.wanted.ending import (
    permitted,
)
from pipeline.tools.catalog import cases, publications
from pipeline.tools.catalog.publications import PublicationRow

CASE = "massage--s1"


def standing(means: Means) -> Standing:
    """Where the case stands now."""
    with means.catalog.read() as connection:
        row = cases.find(connection, CASE)
        assert row is not None
        return standing_of(connection, row, config=means.config, moment=means.moment())


def web(means: Means) -> PublicationRow:
    """The publication on the web."""
    with means.catalog.read() as connection:
        found = publications.in_state(connection, "public", "withdrawing")
    return next(each for each in found if each.channel == "web")


def test_each_channel_has_its_own_answer(taken: makers.Workspace) -> None:
    """A record for the web alone clears the web; the case's own channels replace the config's."""
    with taken.opened() as means:
        enrol.enrol(means, [record("s1", channels=["web"])], folder=None)
        found = standing(means)
        assert isinstance(found.answers["web"], Clearance)
        assert isinstance(found.answers["instagram"], Refusal)
        assert len(permitted(found)) == 3
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            cases.change(tx, found.row.id, {"channels": ["tiktok"]})
        assert list(standing(means).answers) == ["tiktok"]
        assert permitted(standing(means)) == set()


def test_a_clinic_may_require_the_paper(taken: makers.Workspace) -> None:
    """With `consent.document: required` a record without a scan or a copy clears nothing."""
    with taken.opened() as means:
        enrol.enrol(means, [record("s1")], folder=None)
        assert isinstance(standing(means).answers["web"], Clearance)
    taken.configure(consent={"document": "required"})
    with taken.opened() as means:
        answer = standing(means).answers["web"]
    assert isinstance(answer, Refusal)
    assert {reason.code for reason in answer.reasons} == {"consent_document_not_kept"}


def test_a_question_is_read_from_rows_and_pairs(taken: makers.Workspace) -> None:
    """A stored question names its file; a before without an after is one, unless complete."""
    with taken.opened() as means:
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            for asset in standing(means).assets:
                if asset.file == "after.jpg":
                    cases.change_asset(tx, asset.id, {"state": cases.TAKEN_OUT})
                if asset.file == "during.jpg":
                    cases.change_asset(tx, asset.id, {"reason": {"code": "no_role"}})
        found = {(reason.code, reason.file) for reason in standing(means).questions}
        assert found == {("no_role", "during.jpg"), ("lone_before", "before.jpg")}
