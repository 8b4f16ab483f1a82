"""What the jobs remember: artifacts, approvals, problems, exports, leases and marks."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from rows import NOW, later, one_case

from pipeline.rules.media import Artifact
from pipeline.tools.catalog import work
from pipeline.tools.catalog.engine import Catalog

PICTURE = Artifact("k" * 64, "a" * 64, 1234, 640, 480, "image/avif", None)
FILM = Artifact("f" * 64, "b" * 64, 99, 1280, 720, "video/mp4", 12.345)


def keep(catalog: Catalog, *artifacts: Artifact, original: str = "o" * 64) -> None:
    """Record artifacts of an original."""
    with catalog.write(by="a", now=NOW) as tx:
        for each in artifacts:
            work.add_artifact(tx, each, originals=[original], versions={"pillow": "12"})


def test_artifacts_are_found_by_key_and_by_original(catalog: Catalog) -> None:
    """Only those asked for; a film's duration to the thousandth of a second."""
    keep(catalog, PICTURE, FILM)
    keep(catalog, replace(PICTURE, key="z" * 64), original="p" * 64)
    with catalog.read() as connection:
        assert work.artifacts(connection, ["k" * 64, "f" * 64, "none"]) == {
            "k" * 64: PICTURE,
            "f" * 64: FILM,
        }
        assert work.artifacts(connection, []) == {}
        assert work.artifacts_of(connection, ["o" * 64]) == [FILM, PICTURE]
        assert work.artifacts_of(connection, ["x" * 64]) == []


def test_an_artifact_made_again_replaces(catalog: Catalog) -> None:
    """The same key is one row, the newer; forgotten ones are gone, the others stay."""
    keep(catalog, PICTURE, FILM)
    again = replace(PICTURE, sha256="c" * 64, size_bytes=1)
    keep(catalog, again)
    with catalog.read() as connection:
        assert work.artifacts(connection, [PICTURE.key]) == {PICTURE.key: again}
    with catalog.write(by="a", now=NOW) as tx:
        work.forget_artifacts(tx, [PICTURE.key])
        work.forget_artifacts(tx, [])
    with catalog.read() as connection:
        assert work.artifacts(connection, [PICTURE.key, FILM.key]) == {FILM.key: FILM}


def test_approvals_are_of_one_case(catalog: Catalog) -> None:
    """What was approved for one case says nothing for another; twice is once."""
    first, second = one_case(catalog, "a--1"), one_case(catalog, "b--2")
    with catalog.write(by="a", now=NOW) as tx:
        for judged in ("x" * 64, "y" * 64, "x" * 64):
            work.approve(tx, first, judged=judged)
    with catalog.read() as connection:
        assert work.approved(connection, first) == {"x" * 64, "y" * 64}
        assert work.approved(connection, second) == set()


def test_problems_stay_until_they_are_dropped(catalog: Catalog) -> None:
    """Oldest first, with the facts that their sentence needs."""
    with catalog.write(by="a", now=NOW) as tx:
        first = work.add_problem(tx, file="b.zip", code="archive", facts={"file": "b.zip"})
        work.add_problem(tx, file="a.xyz", code="unknown_format", facts={})
    with catalog.read() as connection:
        found = work.problems(connection)
    assert [(each.file, each.code) for each in found] == [
        ("b.zip", "archive"),
        ("a.xyz", "unknown_format"),
    ]
    assert (found[0].id, found[0].facts, found[0].at) == (first, {"file": "b.zip"}, NOW)
    with catalog.write(by="a", now=NOW) as tx:
        work.drop_problem(tx, first)
    with catalog.read() as connection:
        assert [each.file for each in work.problems(connection)] == ["a.xyz"]


def test_exports_are_of_one_case(catalog: Catalog) -> None:
    """Which channel's files went into which folder, and when."""
    first, second = one_case(catalog, "a--1"), one_case(catalog, "b--2")
    with catalog.write(by="a", now=later(4)) as tx:
        work.add_export(tx, case_id=first, channel="instagram", folder="/desk/out")
    with catalog.read() as connection:
        assert work.exports_of(connection, first) == [("instagram", "/desk/out", later(4))]
        assert work.exports_of(connection, second) == []


def take(catalog: Catalog, holder: str, *, at: float = 0, seconds: float = 10) -> int | None:
    """Ask for the lease "work"."""
    with catalog.write(by="a", now=later(at)) as tx:
        return work.take_lease(tx, "work", holder=holder, seconds=seconds)


def live(catalog: Catalog, *, at: float) -> str:
    """Who holds the lease "work" at a moment."""
    with catalog.read() as connection:
        return work.live_holder(connection, "work", now=later(at))


def test_a_lease_has_one_holder(catalog: Catalog) -> None:
    """While one holds it nobody else gets it; the holder renews it under the same fence."""
    assert take(catalog, "ann") == 1
    assert take(catalog, "bob", at=5) is None
    assert take(catalog, "ann", at=5) == 1
    assert take(catalog, "bob", at=14.9) is None
    assert live(catalog, at=14.9) == "ann"


@pytest.mark.parametrize("way", ["ran out", "given back", "void"])
def test_a_free_lease_gets_a_higher_fence(catalog: Catalog, way: str) -> None:
    """Whoever comes next has a higher number, so that a late comer can be told from it."""
    assert take(catalog, "ann") == 1
    with catalog.write(by="a", now=later(1)) as tx:
        if way == "given back":
            work.give_lease_back(tx, "work", holder="ann")
        elif way == "void":
            work.void_lease(tx, "work")
    at = 10 if way == "ran out" else 1
    assert live(catalog, at=at) == ""
    assert take(catalog, "bob", at=at) == 2
    assert take(catalog, "ann", at=at + 1) is None
    assert live(catalog, at=at + 1) == "bob"
    with catalog.read() as connection:
        assert work.holder_of(connection, "work") == "bob"


def test_only_the_holder_gives_a_lease_back(catalog: Catalog) -> None:
    """Somebody else's giving back, or of another name, changes nothing."""
    take(catalog, "ann")
    with catalog.write(by="a", now=later(1)) as tx:
        work.give_lease_back(tx, "work", holder="bob")
        work.give_lease_back(tx, "other", holder="ann")
        work.void_lease(tx, "other")
    assert live(catalog, at=2) == "ann"


def test_leases_of_other_names_are_free(catalog: Catalog) -> None:
    """Each name is a lease of its own, and nobody holds one that was never taken."""
    take(catalog, "ann")
    with catalog.write(by="a", now=NOW) as tx:
        assert work.take_lease(tx, "indexes", holder="bob", seconds=1) == 1
    with catalog.read() as connection:
        assert work.holder_of(connection, "nothing") is None
        assert work.live_holder(connection, "nothing", now=NOW) == ""


def test_of_many_who_ask_at_once_one_gets_it(catalog: Catalog) -> None:
    """Threads that ask in the same moment: one fence, given once."""
    others = [Catalog(catalog.url) for _ in range(4)]
    start = threading.Barrier(len(others))
    got: list[int | None] = []

    def ask(each: Catalog, name: str) -> None:
        start.wait(20)
        got.append(take(each, name))

    threads = [
        threading.Thread(target=ask, args=(each, str(number))) for number, each in enumerate(others)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for each in others:
        each.close()
    assert sorted(got, key=str) == [1, None, None, None]


def test_marks_are_named_values(catalog: Catalog) -> None:
    """None before the first, then the last that was set; an empty one is one too."""
    with catalog.read() as connection:
        assert work.mark(connection, "fingerprint") is None
    for value in ("one", "two", ""):
        with catalog.write(by="a", now=NOW) as tx:
            work.set_mark(tx, "fingerprint", value)
            work.set_mark(tx, "other", "x")
        with catalog.read() as connection:
            assert work.mark(connection, "fingerprint") == value
            assert work.mark(connection, "other") == "x"
