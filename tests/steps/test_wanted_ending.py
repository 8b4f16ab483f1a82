"""What ends a publication, and whom its fall is held to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import makers
import pytest
from makers import record

from pipeline.steps import enrol
from pipeline.steps.means import Means
from pipeline.steps.wanted.clearing import Standing, standing_of
from pipeline.steps.wanted.ending import (
    EXPIRED,
    HELD,
    NARROWED,
    RETRACTED,
    REVOKED,
    falls_from,
    why_down,
)
from pipeline.tools.catalog import cases, consents, publications
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


def hold(means: Means) -> None:
    """A person holds the case."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        cases.change(tx, standing(means).row.id, {"held_why": "w"})


def retract(means: Means) -> None:
    """A person retracts it."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        cases.change(tx, standing(means).row.id, {"retracted": True})


def newer(means: Means, **changes: Any) -> None:
    """A newer record."""
    made = record("s1", **{"id": "C-new", "signed_on": "2026-11-15"} | changes)
    enrol.enrol(means, [made], folder=None)


def revoke(means: Means) -> None:
    """The end of the record, without anybody acting on it."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        consents.revoke(tx, "C-s1", received_at=means.now())


@pytest.mark.parametrize(
    ("act", "cause"),
    [
        (lambda _means: None, None),
        (lambda means: newer(means, expires_on="2028-01-01"), None),
        (lambda means: newer(means, channels=["web", "tiktok"]), None),
        (hold, HELD),
        (retract, RETRACTED),
        (revoke, REVOKED),
        (lambda means: newer(means, channels=["print"]), NARROWED),
        (lambda means: newer(means, **{"allows.voice": "false"}), NARROWED),
        (lambda means: newer(means, purpose=None), NARROWED),
        (lambda means: newer(means, expires_on="2026-11-16"), EXPIRED),
        (lambda means: means.now.forward(days=200), EXPIRED),
    ],
)
def test_what_ends_a_publication(published: makers.Workspace, act: Any, cause: str | None) -> None:
    """Widened or renewed, it stays; whatever shows less, or a person's word, ends it."""
    with published.opened() as means:
        act(means)
        assert why_down(standing(means), web(means)) == cause


def test_a_replaced_file_ends_nothing(published: makers.Workspace) -> None:
    """A newer version of a file replaces without a blink; one that is taken out does not."""
    with published.opened() as means:
        asset = standing(means).assets[0]
        for state, cause in ((cases.REPLACED, None), (cases.TAKEN_OUT, NARROWED)):
            with means.catalog.write(by="Robin", now=means.now()) as tx:
                cases.change_asset(tx, asset.id, {"state": state})
            assert why_down(standing(means), web(means)) == cause


def test_a_fall_names_who_ended_it(published: makers.Workspace) -> None:
    """Only records that the publication stood on, only those that ended, and how."""
    with published.opened() as means:
        live = web(means)
        args: dict[str, Any] = {"moment": means.moment()}
        assert falls_from(standing(means), live, cause=REVOKED, **args) == []
        revoke(means)
        (fall,) = falls_from(standing(means), live, cause=REVOKED, **args)
        assert (fall.cause, fall.person, fall.consents) == ("revoked", "s1", ("C-s1",))
        assert falls_from(standing(means), live, cause=HELD, **args) == []
        other = replace(live, basis={**live.basis, "stands_on": [["C-else", 1]]})
        assert falls_from(standing(means), other, cause=REVOKED, **args) == []


def test_a_revocation_of_an_older_record_is_a_fall_too(published: makers.Workspace) -> None:
    """It ends what was signed before it, so the case is closed as by a revocation of that."""
    with published.opened() as means:
        newer(means, id="C-old", signed_on="2025-01-01")
        live = web(means)
        assert why_down(standing(means), live) is None
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            consents.revoke(tx, "C-old", received_at=means.now())
        assert why_down(standing(means), live) == REVOKED
        (fall,) = falls_from(standing(means), live, cause=REVOKED, moment=means.moment())
        assert (fall.cause, fall.person, fall.consents) == ("revoked", "s1", ("C-s1",))
        assert fall.received_at == means.now()
