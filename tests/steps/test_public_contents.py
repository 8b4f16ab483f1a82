"""The contents of a publication: every object with key, bytes and order, known before upload."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import makers
from makers import photo

from pipeline.steps.means import Means
from pipeline.steps.public.contents import Wanted, wanted_of
from pipeline.steps.public.showing import pages_of
from pipeline.steps.wanted.outlook import outlook_of
from pipeline.tools.catalog import cases, publications
from pipeline.tools.catalog.publications import PublicationRow

CASE = "massage--s1"
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def contents(
    means: Means, channel: str, *, modified: datetime = NOW
) -> tuple[Wanted, PublicationRow]:
    """What a channel of a case shall hold now."""
    with means.catalog.read() as connection:
        row = cases.find(connection, CASE) or cases.every(connection)[-1]
        outlook = outlook_of(means, connection, row, moment=means.moment())
        live = next(p for p in publications.live(connection, row.id) if p.channel == channel)
    wanted = wanted_of(
        means, outlook, outlook.channels[channel], live, pages=pages_of(means), modified=modified
    )
    return wanted, live


def test_the_web_has_media_then_pages_and_a_card(published: makers.Workspace) -> None:
    """Three media, then the four files of the case; the public folder holds the same bytes."""
    with published.opened() as means:
        _, live = contents(means, "web")
        assert live.modified_at is not None
        wanted, _ = contents(means, "web", modified=live.modified_at)
    parts = [each.key.split("/")[0] for each in wanted.uploads]
    assert parts == ["media"] * 3 + ["cases"] * 4
    public = published.public()
    for each in wanted.uploads:
        assert hashlib.sha256(public[each.key]).hexdigest() == each.sha256
        assert each.size_bytes == len(public[each.key])
        assert (each.body is None) == each.key.startswith("media/")
    assert set(wanted.shown) == {"card"}
    assert wanted.digest == live.digest


def test_a_network_has_media_alone(published: makers.Workspace) -> None:
    """Cuts lie at addresses that nobody links, under a token of their own."""
    with published.opened() as means:
        wanted, live = contents(means, "instagram")
        web, _ = contents(means, "web")
    assert len(wanted.uploads) == 3
    assert all(each.key.startswith(f"media/{live.token}/cut-") for each in wanted.uploads)
    assert wanted.shown == {}
    text = b"".join(each.body or b"" for each in web.uploads)
    assert live.token.encode() not in text


def test_the_digest_is_of_everything_that_is_seen(published: makers.Workspace) -> None:
    """Another time of change is another page, hence another digest; the same is the same."""
    with published.opened() as means:
        one, _ = contents(means, "web")
        same, _ = contents(means, "web")
        later, _ = contents(means, "web", modified=NOW + timedelta(days=1))
    assert one.digest == same.digest != later.digest


def test_pages_say_when_the_last_copy_is_gone(published: makers.Workspace) -> None:
    """`expires` is the first day without consent, less cache and watch."""
    with published.opened() as means:
        wanted, _ = contents(means, "web")
    page = next(each for each in wanted.uploads if each.key.endswith("case.json"))
    assert json.loads(page.body or b"")["expires"] == "2027-03-02T03:59:00Z"


def test_equal_pixels_of_two_files_are_one_object(empty: makers.Workspace) -> None:
    """Two originals that render to the very same bytes share a key within their epoch."""
    body = photo("same")
    empty.drop(CASE, {"a before.jpg": body, "a after.jpg": body + b"\0"})
    empty.sign(makers.record("s1"))
    assert empty.run().code == 0
    with empty.opened() as means:
        wanted, _ = contents(means, "instagram")
    assert len({each.key for each in wanted.uploads}) == len(wanted.uploads) == 1
