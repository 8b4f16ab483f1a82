"""A person's word is committed with what it ends; an approval is for what was seen."""

from __future__ import annotations

import makers
import pytest

from pipeline.rules.errors import NeedsPerson, UsageError
from pipeline.steps import review
from pipeline.steps.means import Means
from pipeline.tools.catalog import cases, publications
from pipeline.tools.catalog.cases import CaseRow

CASE = "massage--s1"


def row(means: Means) -> CaseRow:
    """The case."""
    with means.catalog.read() as connection:
        found = cases.find(connection, CASE)
    assert found is not None
    return found


def live(means: Means) -> list[str]:
    """The channels whose epoch runs."""
    with means.catalog.read() as connection:
        return [each.channel for each in publications.live(connection, row(means).id)]


def test_hold_closes_in_the_commit_that_says_so(published: makers.Workspace) -> None:
    """When `hold` returns no upload may begin any more; a release only ends the hold."""
    with published.opened() as means:
        review.hold(means, row(means), why="w")
        assert live(means) == []
        assert row(means).held_why == "w"
        review.release(means, row(means), why="")
        assert row(means).held_why is None
        assert live(means) == []


def test_hold_all_counts_every_case(published: makers.Workspace) -> None:
    """The emergency stop closes all in one commit and leaves single holds as they are."""
    with published.opened() as means:
        assert review.hold_all(means, why="stop") == 1
        assert live(means) == []
        assert row(means).held_why is None


def test_retract_is_final(published: makers.Workspace) -> None:
    """A retracted case cannot be released."""
    with published.opened() as means:
        review.retract(means, row(means), why="w")
        assert live(means) == []
        with pytest.raises(UsageError, match="for good"):
            review.release(means, row(means), why="")


def test_take_out_tells_where_and_since_when(published: makers.Workspace) -> None:
    """One incident a channel, with times and every address that showed the file."""
    with published.opened() as means:
        since = published.clock.at
        published.clock.forward(hours=3)
        incidents = review.take_out(means, row(means), file="after.jpg", why="w")
        assert {each.channel for each in incidents} == {"web", "instagram"}
        for each in incidents:
            assert each.since is not None
            assert each.since < since
            assert each.until == published.clock.at
            assert all(url.startswith("http://127.0.0.1:8000/") for url in each.urls)
        with pytest.raises(UsageError, match=r"before\.jpg"):
            review.take_out(means, row(means), file="befor.jpg", why="w")


def test_an_approval_needs_something_to_approve(published: makers.Workspace) -> None:
    """Where nothing waits for an approval, saying so is better than a yes without effect."""
    with published.opened() as means, pytest.raises(NeedsPerson):
        review.approve(means, row(means), why="w")


def test_an_approval_names_who_and_why(taken: makers.Workspace) -> None:
    """The event holds both, and is for exactly what was planned."""
    taken.configure(review="always")
    taken.sign(makers.record("s1"))
    taken.run()
    with taken.opened(by="Kim") as means:
        assert review.approve(means, row(means), why="seen on a large screen") == [
            "instagram", "web",
        ]  # fmt: skip
    last = taken.events()[-1]
    assert (last.verb, last.actor) == ("approved", "Kim")
    assert last.data["why"] == "seen on a large screen"
    assert len(last.data["judged"]) == 2  # type: ignore[arg-type] # a JSON list
