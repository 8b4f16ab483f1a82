"""Whether one storage lies in another: private and public must never share a place."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pipeline.rules.errors import Unreachable
from pipeline.tools.storage.contract import Place

_PORTS = {"https": 443, "http": 80}
_HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104 - names to compare, not to bind


def nested(one: Place, other: Place) -> bool:
    """Tell whether the two places are the same, or one lies inside the other."""
    if one.root is not None and other.root is not None:
        return _inside(one.root, other.root) or _inside(other.root, one.root)
    if one.root is not None or other.root is not None:
        return False
    if one.bucket != other.bucket or _store(one) != _store(other):
        return False
    first, second = folder(one.prefix), folder(other.prefix)
    return first.startswith(second) or second.startswith(first)


def folder(prefix: str) -> str:
    """Return the prefix as keys begin with it: empty, or ending in one slash."""
    stripped = prefix.strip("/")
    return f"{stripped}/" if stripped else ""


def part_folder(root: Path) -> Path:
    """Return the sibling folder where unfinished files of the storage at `root` lie."""
    return root.with_name(f"{root.name}.part")


def _inside(inner: Path, outer: Path) -> bool:
    """Compare by name and, as far as folders exist, by what they really are (links, mounts)."""
    try:
        path = inner.resolve()
        walls = [outer.resolve(), part_folder(outer.resolve())]
        return any(
            step == wall or (step.exists() and wall.exists() and step.samefile(wall))
            for step in (path, *path.parents)
            for wall in walls
        )
    except OSError as error:
        raise Unreachable(
            f"The storage folders cannot be looked at: {error.strerror}.",
            remedy="Check the disks and the rights of the account that runs Clinicmedia.",
        ) from error


def _store(place: Place) -> str:
    """Name the S3 service; bucket names are unique on all of AWS, whatever the region."""
    parts = urlsplit(place.endpoint_url or "https://s3.amazonaws.com")
    host = (parts.hostname or "").lower()
    if host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return "aws"
    return f"{'here' if host in _HERE else host}:{parts.port or _PORTS.get(parts.scheme)}"
