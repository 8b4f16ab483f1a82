"""Verify: every kind of difference between what is stored and what was recorded has its name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import makers
import pytest

from pipeline.steps.verify import verify

CASE = "massage--s1"


def sql(clinic: makers.Workspace, words: str) -> None:
    """Change the database behind our back."""
    with sqlite3.connect(clinic.folder / "var" / "catalog.db") as database:
        # The log refuses changes; whoever tampers drops what refuses.
        for (name,) in database.execute("select name from sqlite_master where type='trigger'"):
            database.execute(f"drop trigger {name}")
        assert database.execute(words).rowcount > 0
    database.close()


def original(clinic: makers.Workspace, *, body: bytes | None) -> None:
    """Alter or remove an original."""
    path = next(p for p in (clinic.private / "originals").rglob("*") if len(p.name) == 64)
    path.chmod(0o600)
    path.unlink() if body is None else path.write_bytes(body)


def medium(clinic: makers.Workspace, *, body: bytes | None) -> None:
    """Alter or remove a public medium."""
    path = next(p for p in (clinic.site / "media").rglob("*.jpg"))
    path.unlink() if body is None else path.write_bytes(body)


def narrow(clinic: makers.Workspace) -> None:
    """Record a hold behind the back of those who would act on it."""
    sql(clinic, "update cases set held_why = 'w'")


WRONG: dict[str, Callable[[makers.Workspace], object]] = {
    "public_stranger": lambda c: (c.site / "hello.txt").write_bytes(b"hello"),
    "public_missing": lambda c: medium(c, body=None),
    "public_altered": lambda c: medium(c, body=b"\xff\xd8else"),
    "public_unfounded": narrow,
    "original_missing": lambda c: original(c, body=None),
    "original_altered": lambda c: original(c, body=b"else"),
    "chain_broken": lambda c: sql(c, "update events set actor = 'nobody' where seq = 2"),
}


@pytest.mark.parametrize("code", WRONG)
def test_each_difference_is_named(published: makers.Workspace, code: str) -> None:
    """What was changed is found, under its own name and no other."""
    with published.opened() as means:
        report = verify(means)
        assert report.reasons == ()
        assert (report.originals, report.events) == (3, len(published.events()))
        assert report.objects == len(published.public())
    WRONG[code](published)
    with published.opened() as means:
        found = {reason.code for reason in verify(means).reasons}
    allowed = (
        {code, "catalog_older_than_log"} if code == "chain_broken" else {code, "public_altered"}
    )
    assert code in found
    assert found <= allowed
