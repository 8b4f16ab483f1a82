"""Indexes: written whole when they are wanted, and not otherwise."""

from __future__ import annotations

import makers
import pytest
from makers import photo, record

from pipeline.rules.errors import Unreachable
from pipeline.steps.means import Means
from pipeline.steps.public import indexes
from pipeline.steps.public.indexes import indexes_due, want_indexes, write_indexes
from pipeline.steps.public.showing import pages_of
from pipeline.tools.catalog import work


def want(means: Means) -> None:
    """Ask for new indexes."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        want_indexes(tx)


def test_nothing_is_written_that_is_as_wanted(published: makers.Workspace) -> None:
    """Not due, nothing done; due with the same cases, the same files untouched."""
    times = {path: path.stat().st_mtime_ns for path in published.site.rglob("*.*")}
    with published.opened() as means:
        assert not write_indexes(means, pages=pages_of(means))
        want(means)
        assert indexes_due(means)
        assert write_indexes(means, pages=pages_of(means))
        assert not indexes_due(means)
    assert {path: path.stat().st_mtime_ns for path in published.site.rglob("*.*")} == times


def test_a_treatment_without_copy_and_cases_has_no_page(published: makers.Workspace) -> None:
    """Its page goes with its last case; one with copy stays."""
    published.file("templates/treatments/cupping.md", "---\ntitle: Cupping\n---\nAbout cups.\n")
    published.drop("cupping--2", {"one.jpg": photo("cup")})
    published.sign(record("2"))
    published.run()
    pages = {key for key in published.public() if key.startswith("treatments/")}
    assert pages == {"treatments/massage/index.html", "treatments/cupping/index.html"}
    published.say("hold", "--all", "--why", "w")
    public = published.public()
    assert {key for key in public if key.startswith("treatments/")} == {
        "treatments/cupping/index.html"
    }
    assert b"About cups." in public["treatments/cupping/index.html"]


def test_every_case_that_is_public_on_the_web_is_named_and_no_other(
    published: makers.Workspace,
) -> None:
    """A case on instagram alone stands in no index."""
    published.drop("massage--2", {"one.jpg": photo("two")})
    published.sign(record("2", channels=["instagram"]))
    assert published.run().code == 0
    one, other = (published.case(f"massage--{name}")["id"].encode() for name in ("s1", "2"))
    public = published.public()
    for key in ("index.html", "sitemap.xml", "feed.xml", "treatments/massage/index.html"):
        assert one in public[key], key
    assert not [key for key, body in public.items() if other in body]


def test_only_one_writes_at_a_time(
    published: makers.Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process holds the lease, it is waited for, and then said."""
    monkeypatch.setattr(indexes, "PATIENCE_S", 0.3)
    with published.opened() as means:
        want(means)
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            work.take_lease(tx, indexes.LEASE, holder="elsewhere:1:2#3", seconds=600)
        with pytest.raises(Unreachable):
            write_indexes(means, pages=pages_of(means))
        assert indexes_due(means), "what was not written is still due"
