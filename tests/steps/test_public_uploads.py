"""Uploads: an intent before, the epoch before and after, and nothing of an ended epoch stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import makers
import pytest

from pipeline.steps.means import Means
from pipeline.steps.public import uploads
from pipeline.steps.public.uploads import EpochEnded, Upload, page, upload
from pipeline.tools.catalog import cases, publications
from pipeline.tools.catalog.publications import PublicationRow

CASE = "massage--s1"
PAGES = [page(f"media/t/{n}.txt", body=n.encode(), content_type="text/plain", max_age_s=60)
         for n in ("one", "two", "three")]  # fmt: skip


class Meanwhile:
    """Public storage in which something happens right before or after an object appears."""

    def __init__(self, means: Means, *, act: Callable[[], None], key: str, when: str) -> None:
        """Act once, when `key` is put."""
        self._storage, self._act, self._key, self._when = means.public, act, key, when

    def put(self, key: str, body: Any, **options: Any) -> Any:
        """Put, and let it happen."""
        if key == self._key and self._when == "before":
            self._act()
        stored = self._storage.put(key, body, **options)
        if key == self._key and self._when == "after":
            self._act()
        return stored

    def __getattr__(self, name: str) -> Any:
        """Do everything else as the storage does."""
        return getattr(self._storage, name)


def opened(means: Means, wanted: list[Upload]) -> PublicationRow:
    """Open an epoch with the intents of these uploads."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        row = cases.find(tx.connection, CASE)
        assert row is not None
        live = publications.open_epoch(
            tx, case_id=row.id, channel="x", token="t", until=None,  # noqa: S106 - no secret
            basis={"permits": {}, "stands_on": []},
        )  # fmt: skip
        publications.intend(
            tx, live.id, uploads=[(e.key, e.sha256, e.size_bytes) for e in wanted], within_s=60
        )
    return live


def end(means: Means, live: PublicationRow) -> None:
    """End the epoch, as a revocation does."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        publications.close(tx, live, cause="revoked")


def test_what_is_stored_is_recorded_as_stored(taken: makers.Workspace) -> None:
    """In the order given, each with its intent settled."""
    with taken.opened() as means:
        live = opened(means, PAGES)
        upload(means, live.id, uploads=PAGES)
        with means.catalog.read() as connection:
            states = [each.state for each in publications.intents_of(connection, live.id)]
    assert states == ["stored"] * 3
    assert taken.public() == {each.key: each.body for each in PAGES}


def test_no_upload_starts_in_an_ended_epoch(taken: makers.Workspace) -> None:
    """The epoch is read before the first byte."""
    with taken.opened() as means:
        live = opened(means, PAGES)
        end(means, live)
        with pytest.raises(EpochEnded):
            upload(means, live.id, uploads=PAGES)
    assert taken.public() == {}


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_end_in_the_middle_stops_and_takes_back(taken: makers.Workspace, when: str) -> None:
    """Ended while the second is on its way: it never appears or is deleted; no third begins."""
    with taken.opened() as means:
        live = opened(means, PAGES)
        storage: Any = Meanwhile(means, act=lambda: end(means, live), key=PAGES[1].key, when=when)
        with pytest.raises(EpochEnded):
            upload(replace(means, public=storage), live.id, uploads=PAGES)
    assert set(taken.public()) == {PAGES[0].key}, "the first one is the withdrawal's to delete"


def test_a_rendition_that_is_not_what_was_recorded_is_not_uploaded(
    published: makers.Workspace,
) -> None:
    """Altered private bytes are made again instead of published."""
    before = published.public()
    published.say("hold", CASE, "--why", "w")
    rendered = [p for p in (published.private / "rendered").glob("*/*/*") if p.is_file()]
    body = rendered[0].read_bytes()
    rendered[0].chmod(0o600)
    rendered[0].write_bytes(b"else" * 100)
    published.say("release", CASE)
    for _ in range(2):
        published.run()
    assert published.case(CASE)["stage"] == "PUBLISHED"
    assert b"else" * 100 not in published.public().values()
    assert body in published.public().values()
    assert len(published.public()) == len(before)


def test_private_keys_of_an_original_share_a_folder() -> None:
    """So that a revocation removes them whether or not they were recorded."""
    key = uploads.private_key("k" * 64, originals=["o" * 64, "p" * 64])
    assert key.startswith(uploads.private_folder("o" * 64))
    assert uploads.original_key("o" * 64) == f"originals/oo/{'o' * 64}"
