"""Puts objects into public storage, each behind its intent and the epoch: the only way in.

Before an upload its intent is committed; right before it becomes visible, and again after it, the
epoch is read. If the epoch ended, what was written is deleted and nothing more starts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.steps.means import Means
from pipeline.tools.catalog import publications

# How long a single upload may take at most; a withdrawal waits that long for a lost uploader.
WITHIN_S = 120.0


class EpochEnded(Exception):  # noqa: N818 - an event, not an error: consent ended while publishing
    """The publication was closed while its objects were being uploaded."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An object that shall be public. `body` is its bytes, or the key of an artifact."""

    key: str
    sha256: str
    size_bytes: int
    content_type: str
    max_age_s: int
    body: bytes | None = None
    artifact: str | None = None


def page(key: str, *, body: bytes, content_type: str, max_age_s: int) -> Upload:
    """Return the upload of a page."""
    return Upload(key, hashlib.sha256(body).hexdigest(), len(body), content_type, max_age_s, body)


def private_key(artifact: str) -> str:
    """Return where a rendition lies in private storage."""
    return f"rendered/{artifact[:2]}/{artifact}"


def original_key(sha256: str) -> str:
    """Return where an original lies in private storage."""
    return f"originals/{sha256[:2]}/{sha256}"


def upload(means: Means, publication_id: int | None, *, uploads: Sequence[Upload]) -> None:
    """Upload in the order given. The intents must be committed already.

    Raises:
        EpochEnded: the publication was closed; what this call wrote is deleted again.
        Unreachable: storage did not answer; the intents say what may be there.
    """
    for each in uploads:
        _still_open(means, publication_id)
        _put(means, publication_id, each)
        try:
            _still_open(means, publication_id)
        except EpochEnded:
            means.public.delete(each.key)
            raise
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            publications.settle_intent(tx, publication_id, key=each.key, state=publications.STORED)


def _put(means: Means, publication_id: int | None, each: Upload) -> None:
    def check() -> None:
        _still_open(means, publication_id)

    if each.body is not None:
        means.public.put(
            each.key,
            each.body,
            content_type=each.content_type,
            max_age_s=each.max_age_s,
            before_visible=check,
        )
        return
    path = means.scratch / f"upload-{each.sha256}"
    try:
        means.private.fetch(private_key(each.artifact or ""), to=path, sha256=each.sha256)
        means.public.put(
            each.key,
            path,
            content_type=each.content_type,
            max_age_s=each.max_age_s,
            before_visible=check,
        )
    finally:
        Path(path).unlink(missing_ok=True)


def _still_open(means: Means, publication_id: int | None) -> None:
    if publication_id is None:
        return
    with means.catalog.read() as connection:
        if not publications.is_live(connection, publication_id):
            raise EpochEnded


def delete_superseded(means: Means, publication_id: int | None, *, keys: Iterable[str]) -> None:
    """Remove objects that a newer version of the same publication replaced."""
    for key in keys:
        means.public.delete(key)
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            publications.settle_intent(
                tx, publication_id, key=key, state=publications.GONE, status="replaced"
            )
