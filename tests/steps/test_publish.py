"""Publishing: decided again at the last moment, media before pages before indexes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import makers
import pytest
from makers import record

from pipeline.steps import enrol, leases, tick
from pipeline.steps.means import Means
from pipeline.steps.public.showing import pages_of
from pipeline.steps.publish import publish
from pipeline.steps.wanted.outlook import Outlook, outlook_of
from pipeline.tools.catalog import cases, publications, work

CASE = "massage--s1"


def outlook(means: Means) -> Outlook:
    """What is wanted of the case now."""
    with means.catalog.read() as connection:
        row = cases.find(connection, CASE)
        assert row is not None
        return outlook_of(means, connection, row, moment=means.moment())


@contextmanager
def rendered(taken: makers.Workspace) -> Iterator[Means]:
    """The case with its record, rendered and not published."""
    with taken.opened() as means:
        enrol.enrol(means, [record("s1")], folder=None)
        tick.render_due(means)
        yield means


def test_media_come_before_pages(taken: makers.Workspace) -> None:
    """Every medium of the web is there before the first page that links to it."""
    with rendered(taken) as means:
        wanted = outlook(means)
        done = publish(means, wanted, pages=pages_of(means), moment=means.moment())
        assert sorted(done) == ["instagram", "web"]
        with means.catalog.read() as connection:
            assert not publications.intents_of(connection, None), "indexes are another step"
    times: dict[str, list[int]] = {"media": [], "cases": []}
    for path in (path for path in taken.site.rglob("*") if path.is_file()):
        times[path.relative_to(taken.site).parts[0]].append(path.stat().st_mtime_ns)
    tokens = taken.tokens(CASE)
    web = [path.stat().st_mtime_ns for path in (taken.site / "media" / tokens["web"]).iterdir()]
    assert len(web) == 3
    assert max(web) < min(times["cases"])


@pytest.mark.parametrize("act", ["revoke", "hold", "narrow", "ask"])
def test_what_ended_since_it_was_planned_is_not_begun(taken: makers.Workspace, act: str) -> None:
    """A plan of a moment ago publishes nothing once consent, a person or a question says no."""
    with rendered(taken) as means:
        stale = outlook(means)
        if act == "revoke":
            enrol.revoke(means, ["C-s1"], received_at=means.now())
        elif act == "narrow":
            newer = record("s1", id="C-new", signed_on="2026-11-15", **{"allows.face": "false"})
            enrol.enrol(means, [newer], folder=None)
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            if act == "hold":
                cases.change(tx, stale.standing.row.id, {"held_why": "w"})
            elif act == "ask":
                asset = stale.standing.assets[0]
                cases.change_asset(tx, asset.id, {"reason": {"code": "no_role"}})
        assert publish(means, stale, pages=pages_of(means), moment=means.moment()) == []
        with means.catalog.read() as connection:
            assert publications.of_case(connection, stale.standing.row.id) == []
    assert taken.public() == {}


def test_what_is_not_rendered_is_not_published(taken: makers.Workspace) -> None:
    """A case that misses one file waits for it, whole."""
    with taken.opened() as means:
        enrol.enrol(means, [record("s1")], folder=None)
        assert publish(means, outlook(means), pages=pages_of(means), moment=means.moment()) == []
    assert taken.public() == {}


def test_only_one_publishes_a_case(published: makers.Workspace) -> None:
    """While another process that may be alive holds the slot, nothing is replaced."""
    published.say("edit", CASE, str(published.file("c.yaml", {"title": "New"})))
    before = published.public()
    with published.opened() as means:
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            for each in publications.in_state(tx.connection, "public"):
                work.take_lease(tx, f"publish-{each.id}", holder="elsewhere:1:2#3", seconds=60)
        assert publish(means, outlook(means), pages=pages_of(means), moment=means.moment()) == []
        assert published.public() == before
        published.clock.forward(seconds=61)
        done = publish(means, outlook(means), pages=pages_of(means), moment=means.moment())
        assert done == ["web"]
        assert not leases.is_held(means, "publish-1")


def test_what_is_public_already_is_left_alone(published: makers.Workspace) -> None:
    """The same outlook a second time writes neither an object nor an event."""
    events = len(published.events())
    with published.opened() as means:
        assert publish(means, outlook(means), pages=pages_of(means), moment=means.moment()) == []
    assert len(published.events()) == events
