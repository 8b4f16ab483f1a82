"""Private and public storage must never share a place, however the configuration writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.rules.errors import UsageError
from pipeline.tools.storage import Place, Readers, nested, open_storage


def folder(path: Path) -> Place:
    """A storage in a folder."""
    return Place(kind="local", readers=Readers.ANYONE, root=path)


def bucket(name: str, prefix: str = "", endpoint_url: str | None = None) -> Place:
    """A storage in a bucket."""
    return Place(
        kind="s3", readers=Readers.STAFF, bucket=name, prefix=prefix, endpoint_url=endpoint_url
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("site", "var/private", False),
        ("site", "site", True),
        ("site", "site/private", True),
        ("site", "site2", False),
        ("site", "var/../site", True),
        ("site", "site.part", True),
        ("site", "site.part/private", True),
        ("link", "site/private", True),
        ("site", "var/link-to-site/private", True),
        ("a", "b", False),
    ],
)
def test_folders(tmp_path: Path, one: str, other: str, expected: bool) -> None:  # noqa: FBT001 - a row's
    """Names, dots and links: the same folder, or one in the other, is found out both ways."""
    (tmp_path / "site").mkdir()
    (tmp_path / "var").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "site")
    (tmp_path / "var/link-to-site").symlink_to(tmp_path / "site")
    assert nested(folder(tmp_path / one), folder(tmp_path / other)) is expected
    assert nested(folder(tmp_path / other), folder(tmp_path / one)) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (bucket("a"), bucket("b"), False),
        (bucket("a"), bucket("a"), True),
        (bucket("a"), bucket("a", "private"), True),
        (bucket("a", "site"), bucket("a", "private"), False),
        (bucket("a", "site"), bucket("a", "site2"), False),
        (bucket("a", "site"), bucket("a", "/site/"), True),
        (bucket("a", "site/"), bucket("a", "site/private"), True),
        (bucket("a"), bucket("a", endpoint_url="https://s3.eu-west-1.amazonaws.com"), True),
        (bucket("a"), bucket("a", endpoint_url="https://s3.example"), False),
        (
            bucket("a", endpoint_url="http://localhost:8333"),
            bucket("a", endpoint_url="http://127.0.0.1:8333/"),
            True,
        ),
        (
            bucket("a", endpoint_url="https://S3.example"),
            bucket("a", endpoint_url="https://s3.example:443"),
            True,
        ),
        (
            bucket("a", endpoint_url="http://127.0.0.1:1"),
            bucket("a", endpoint_url="http://127.0.0.1:2"),
            False,
        ),
    ],
)
def test_buckets(one: Place, other: Place, expected: bool) -> None:  # noqa: FBT001 - a row's
    """Service, bucket and prefix decide; a prefix is a folder, not the beginning of a name."""
    assert nested(one, other) is expected
    assert nested(other, one) is expected


def test_a_folder_and_a_bucket(tmp_path: Path) -> None:
    """They have nothing in common."""
    assert not nested(folder(tmp_path), bucket("a"))
    assert not nested(bucket("a"), folder(tmp_path))


@pytest.mark.parametrize(
    "place",
    [
        Place(kind="local", readers=Readers.STAFF),
        Place(kind="s3", readers=Readers.STAFF),
        Place(kind="ftp", readers=Readers.STAFF, bucket="a"),
    ],
)
def test_an_unnamed_place_is_refused(place: Place) -> None:
    """Opening a storage whose place is not named is an error of the configuration."""
    with pytest.raises(UsageError):
        open_storage(place)
