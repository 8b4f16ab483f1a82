"""Where objects are kept: opens the storage that the configuration names.

`contract` holds the promise, `local` and `s3` keep it, `nesting` tells whether two storages lie
in one another, `probe` tries a storage out for `doctor`.
"""

from __future__ import annotations

from pipeline.rules.errors import UsageError
from pipeline.tools.storage.contract import (
    AlreadyThere,
    Answer,
    BadKey,
    NotThere,
    Place,
    Readers,
    Stat,
    Storage,
    Stored,
    checked_key,
    checked_name,
)
from pipeline.tools.storage.local import LocalStorage
from pipeline.tools.storage.nesting import nested

__all__ = [
    "AlreadyThere",
    "Answer",
    "BadKey",
    "NotThere",
    "Place",
    "Readers",
    "Stat",
    "Storage",
    "Stored",
    "checked_key",
    "checked_name",
    "nested",
    "open_storage",
]


def open_storage(place: Place) -> Storage:
    """Open the storage at `place`. Nothing is asked of it before its first use.

    Raises:
        UsageError: the place is not fully named.
    """
    if place.kind == "local" and place.root is not None:
        return LocalStorage(place, root=place.root)
    if place.kind == "s3" and place.bucket:
        # boto3 takes a third of a second to import, and a clinic with folders never needs it
        from pipeline.tools.storage.s3 import S3Storage  # noqa: PLC0415 - see above

        return S3Storage(place)
    raise UsageError(
        "A storage needs `kind: local` and a `root`, or `kind: s3` and a `bucket`.",
        remedy="Correct `storage` in config.yaml.",
    )
