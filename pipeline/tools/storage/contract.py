"""What storage promises: one contract that a folder and an S3 bucket both keep.

Two storages are opened from the configuration: the private one (originals, renditions before they
are published) and the public one (what the web site shows). The steps see only this contract;
`tests/contracts/test_storage.py` holds every backend to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.rules.errors import VerificationFailed

# The longest case name and what stands around it; a segment is a file name on a disk.
KEY_LENGTH = 300
SEGMENT_LENGTH = 240
_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
MEBIBYTE = 1024 * 1024


class Readers(StrEnum):
    """Who may read what lies in a storage."""

    ANYONE = "anyone"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a storage lies, as the configuration says it; no connection is inside.

    `base_url` is the address under which anonymous readers find the storage's own root (on S3:
    the prefix included). `max_age_s` is the longest time that a public object may be cached.
    `encrypt` is the server-side encryption asked of S3 for a private storage: "auto" (AES256 on
    AWS, nothing elsewhere), "none", or S3's own word ("AES256", "aws:kms"). Files larger than
    `multipart_bytes` go to S3 in parts of `part_bytes` (S3 allows none below 5 MiB).
    """

    kind: str
    readers: Readers
    root: Path | None = None
    bucket: str = ""
    prefix: str = ""
    endpoint_url: str | None = None
    region: str | None = None
    base_url: str | None = None
    max_age_s: int = 3600
    encrypt: str = "auto"
    multipart_bytes: int = 64 * MEBIBYTE
    part_bytes: int = 16 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Stored:
    """An object whose bytes we ourselves sent or read. `sha256` is in lower-case hex."""

    key: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stat:
    """What the store says of an object without sending it; it need not know the sha256."""

    key: str
    size_bytes: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What an anonymous reader was told: the HTTP status and the first bytes of the body."""

    status: int
    body_start: bytes


@dataclass(frozen=True, slots=True)
class Bucket:
    """How an S3 bucket is set up, as far as the credentials may ask; None is not known.

    `versioning` is "Enabled", "Suspended" or "Off"; `locks` tells whether objects can be locked
    against deletion; `listing_status` is what a stranger is told who asks for the list of keys.
    """

    versioning: str | None
    locks: bool | None
    cors_rules: tuple[CorsRule, ...] | None
    listing_status: int | None


@dataclass(frozen=True, slots=True)
class CorsRule:
    """One rule of a bucket for pages of other sites: who may use which methods."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]


class BadKey(ValueError):
    """A key that no storage takes: a mistake in our own code, never a person's."""


class NotThere(VerificationFailed):
    """The object that was asked for is not stored."""


class AlreadyThere(VerificationFailed):
    """Under this key lie other bytes, and the writer asked never to replace any."""


def checked_key(key: str) -> str:
    """Return `key` if it may be written, else raise `BadKey`.

    Letters, digits, `.`, `_` and `-` in segments joined by `/`; no segment is empty or begins
    with a dot or a hyphen. So a key is the same as a file name, as a URL and on any disk.
    """
    longest = max(map(len, key.split("/")))
    if len(key) > KEY_LENGTH or longest > SEGMENT_LENGTH or not _KEY.fullmatch(key):
        raise BadKey(f"not a storage key: {key!r}")
    return key


def checked_name(key: str) -> str:
    r"""Return `key` if it may be looked up or deleted, else raise `BadKey`.

    Wider than `checked_key`, because strangers (`.DS_Store`) must be found and removed too:
    anything that cannot point out of the storage.
    """
    segments = key.split("/")
    if {"", ".", ".."} & set(segments) or "\0" in key or "\\" in key:
        raise BadKey(f"not a name in a storage: {key!r}")
    return key


class Storage(Protocol):
    """Objects under keys. Every method may be called from several processes and threads at once.

    Everywhere: `BadKey` for a key that `checked_key` (writing) or `checked_name` (everything
    else) refuses; `errors.Unreachable` when the store does not answer, refuses the credentials,
    is full or lacks its bucket or folder. `Unreachable` always means *not known*: it is never
    proof that something is there or gone. Each call is tried a few times and then gives up
    within minutes; nothing is retried behind the caller's back afterwards.
    """

    @property
    def place(self) -> Place:
        """Where the storage lies, as configured."""
        ...

    def put(
        self,
        key: str,
        body: bytes | Path,
        *,
        content_type: str,
        max_age_s: int | None = None,
        if_absent: bool = False,
        before_visible: Callable[[], None] | None = None,
    ) -> Stored:
        """Store the bytes, or the bytes of a file, which stays where it is.

        A reader sees the old object or the new one, whole, never anything between; when the call
        returns, the object survives a power failure. Without `if_absent` what lay there is
        replaced. With it nothing is: the same bytes count as done (a repeated call after a lost
        answer is harmless), other bytes raise `AlreadyThere`. Of several writers at one instant
        one wins; an object in parts depends on the service for that (AWS keeps it, SeaweedFS
        4.48 looks first and completes after), so whoever needs a lock takes it in the catalog.

        `before_visible` is called once everything that takes time and can be undone is done,
        just before the moment from which readers may see the object. What it raises is passed
        on, and nothing is stored.

        In a public storage readers are told to keep the object for `max_age_s` seconds, at most
        and by default `place.max_age_s`; in a private one to keep nothing.

        Raises:
            AlreadyThere: see above.
        """
        ...

    def get(self, key: str) -> bytes:
        """Return the whole object, for small ones; `NotThere` if there is none."""
        ...

    def fetch(self, key: str, *, to: Path, sha256: str | None = None) -> Stored:
        """Write the object to the file `to`, which appears whole or not at all.

        Raises:
            NotThere: there is no such object.
            VerificationFailed: the bytes are not those of `sha256`, or not those which the store
                itself recorded when they were written; `to` is not made.
        """
        ...

    def stat(self, key: str) -> Stat | None:
        """Say what the store knows of the object without reading it; None if there is none.

        The `sha256`, where the store keeps one, is what was true when it was written.
        """
        ...

    def sha256(self, key: str) -> str:
        """Read the object's bytes as they are now and return their sum; `NotThere` if none."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield every key that begins with `prefix`, in no particular order.

        Strangers too: everything that a reader could ask for, whoever put it there.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove the object in every version. Nothing there is fine."""
        ...

    def absent(self, key: str) -> bool:
        """Tell whether no version of the object is left, asked with our own credentials."""
        ...

    def abort_uploads(self, prefix: str = "") -> int:
        """Throw away every unfinished upload to keys that begin with `prefix`; say how many.

        An upload that is still running then fails instead of becoming visible (a single PUT
        already on its way to S3 cannot be called back).
        """
        ...

    def sweep(self) -> int:
        """Remove what dead writers left unfinished, as far as their death is known; say how many.

        What somebody still writes stays. A bucket knows no deaths: `abort_uploads` ends those.
        """
        ...

    def url(self, key: str) -> str:
        """Return the address for readers: below `base_url`, else the store's own."""
        ...

    def anonymous_get(self, key: str) -> Answer | None:
        """Ask for `url(key)` as a stranger would; None when nobody answers.

        No redirect is followed, and at most a few hundred bytes are read. A folder without
        `base_url` has nobody to ask.
        """
        ...

    def anonymous_status(self, key: str) -> int | None:
        """Return the status of `anonymous_get`; None is no answer, and no answer is no proof."""
        ...

    def bucket(self) -> Bucket | None:
        """Say how the bucket is set up, for `doctor`; None for a folder."""
        ...
