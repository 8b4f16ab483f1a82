"""Puts objects into public storage, each behind its intent and the epoch: the only way in.

Before an upload its intent is committed; right before it becomes visible, and again after it, the
epoch is read. If the epoch ended, what was written is deleted and nothing more starts. The lease
of the uploader is renewed with every object and asked for with the epoch: whoever lost it stops.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.rules.errors import Unreachable, VerificationFailed
from pipeline.steps import leases
from pipeline.steps.leases import Lease
from pipeline.steps.means import Means
from pipeline.tools.catalog import publications, work
from pipeline.tools.scratch import scratch_folder
from pipeline.tools.storage import NotThere

# How long a single upload may take at most; a withdrawal waits that long for a lost uploader.
WITHIN_S = 120.0


class RenditionLost(Exception):
    """A rendition that was recorded is not in private storage any more, or is damaged."""

    def __init__(self, artifact: str) -> None:
        """Remember which."""
        super().__init__(artifact)
        self.artifact = artifact


class EpochEnded(Exception):
    """The publication was closed while its objects were being uploaded."""


@dataclass(frozen=True, slots=True)
class Upload:
    """An object that shall be public: `body` is its bytes, or `private` its private key."""

    key: str
    sha256: str
    size_bytes: int
    content_type: str
    max_age_s: int
    body: bytes | None = None
    private: str = ""


def page(key: str, *, body: bytes, content_type: str, max_age_s: int) -> Upload:
    """Return the upload of a page."""
    return Upload(key, hashlib.sha256(body).hexdigest(), len(body), content_type, max_age_s, body)


_ALSO = "also-"


def private_key(artifact: str, *, originals: Sequence[str]) -> str:
    """Return where a rendition lies in private storage: with the first original it stands on."""
    return f"{private_folder(originals[0])}{artifact}"


def card_key(card: str) -> str:
    """Return where a card of the brand's lies in private storage."""
    return f"cards/{card[:2]}/{card}"


def private_folder(original: str) -> str:
    """Return the beginning of the keys of all renditions of an original.

    So they can be removed with it whether or not they were ever recorded.
    """
    return f"rendered/{original[:2]}/{original}/"


def original_key(sha256: str) -> str:
    """Return where an original lies in private storage."""
    return f"originals/{sha256[:2]}/{sha256}"


def upload(
    means: Means,
    publication_id: int | None,
    *,
    uploads: Sequence[Upload],
    lease: Lease | None = None,
) -> None:
    """Upload in the order given. The intents must be committed already.

    Raises:
        EpochEnded: the publication was closed; what this call wrote is deleted again.
        LeaseLost: somebody else does this now.
        RenditionLost: what should be uploaded has to be made again.
        Unreachable: storage did not answer; the intents say what may be there.
    """
    for each in uploads:

        def check() -> None:
            _still_open(means, publication_id, lease=lease)

        check()
        try:
            _put(means, each, check=check)
        except Unreachable:
            check()  # a withdrawal may have called it off
            raise
        try:
            check()
        except EpochEnded:
            means.public.delete(each.key)
            raise
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            publications.settle_intent(tx, publication_id, key=each.key, state=publications.STORED)
            if lease is not None:
                leases.renew(tx, lease, seconds=WITHIN_S)


def _put(means: Means, each: Upload, *, check: Callable[[], None]) -> None:

    if each.body is not None:
        means.public.put(
            each.key,
            each.body,
            content_type=each.content_type,
            max_age_s=each.max_age_s,
            before_visible=check,
        )
        return
    with scratch_folder(means.scratch) as scratch:
        path = scratch / "upload"
        try:
            means.private.fetch(each.private, to=path, sha256=each.sha256)
        except VerificationFailed as error:
            raise RenditionLost(each.private.rpartition("/")[2]) from error
        means.public.put(
            each.key,
            path,
            content_type=each.content_type,
            max_age_s=each.max_age_s,
            before_visible=check,
        )


def _still_open(means: Means, publication_id: int | None, *, lease: Lease | None) -> None:
    with means.catalog.read() as connection:
        if publication_id is not None and not publications.is_live(connection, publication_id):
            raise EpochEnded
        if lease is not None:
            leases.insist(connection, lease)


def keep_private(
    means: Means, key: str, body: Path, *, content_type: str, originals: Iterable[str]
) -> None:
    """Put a file into private storage that goes with further `originals` than its key says.

    Each of them gets a note of it first, so that it is found whether or not it was ever recorded.
    """
    note_private(means, key, originals=originals)
    means.private.put(key, body, content_type=content_type)


def note_private(means: Means, key: str, *, originals: Iterable[str]) -> None:
    """Note with each of these originals that a file goes with it."""
    for original in originals:
        note = f"{private_folder(original)}{_ALSO}{key.rpartition('/')[2]}"
        means.private.put(note, key.encode(), content_type="text/plain")


def forget_renditions(means: Means, *, originals: Iterable[str]) -> list[str]:
    """Remove all private renditions of originals, recorded or not; returns what failed."""
    originals = list(originals)
    try:
        for original in originals:
            folder = private_folder(original)
            means.private.abort_uploads(folder)
            for key in list(means.private.keys(folder)):
                with contextlib.suppress(NotThere):  # somebody else removes it too
                    if key.startswith(f"{folder}{_ALSO}"):
                        means.private.delete(means.private.get(key).decode())
                means.private.delete(key)
    except Unreachable:
        return ["private renditions"]
    with means.catalog.read() as connection:
        artifacts = work.artifacts_of(connection, originals)
    if artifacts:
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            work.forget_artifacts(tx, [artifact.key for artifact in artifacts])
    return []


def delete_superseded(means: Means, publication_id: int | None, *, keys: Iterable[str]) -> None:
    """Remove objects that a newer version of the same publication replaced."""
    for key in keys:
        means.public.delete(key)
        with means.catalog.write(by=means.by, now=means.now()) as tx:
            publications.settle_intent(
                tx, publication_id, key=key, state=publications.GONE, status="replaced"
            )
