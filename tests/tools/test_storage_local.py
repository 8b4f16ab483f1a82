"""A storage in a folder: what lies on the disk, for whom, and what the disk may do to us."""

from __future__ import annotations

import os
import resource
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.rules.errors import Unreachable
from pipeline.tools.storage import (
    AlreadyThere,
    BadKey,
    NotThere,
    Place,
    Readers,
    Storage,
    open_storage,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the storage lies; not made yet."""
    return tmp_path / "deep" / "site"


@pytest.fixture
def storage(root: Path) -> Storage:
    """A public storage that was never used."""
    return open_storage(Place(kind="local", readers=Readers.ANYONE, root=root))


def everything_under(folder: Path) -> set[str]:
    """Every name below the folder, folders too."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def mode_of(path: Path) -> int:
    """The rights of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """The loosest and the strictest of habits."""
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_nothing_is_made_before_the_first_object(storage: Storage, root: Path) -> None:
    """Asking a storage that was never used makes no folder and finds nothing."""
    assert storage.absent("a.txt")
    assert storage.stat("a.txt") is None
    assert not list(storage.keys())
    assert storage.abort_uploads() == 0
    storage.delete("a.txt")
    assert not root.parent.exists()


def test_only_keys_lie_under_the_root(storage: Storage, root: Path) -> None:
    """Even while an object is being written, its unfinished file lies beside the root."""
    seen: list[set[str]] = []
    for key in ("media/t/a.mp4", "index.html"):
        storage.put(
            key,
            b"x" * 100_000,
            content_type="video/mp4",
            before_visible=lambda: seen.append(everything_under(root)),
        )
    assert seen == [set(), {"media", "media/t", "media/t/a.mp4"}]
    assert everything_under(root) == {"media", "media/t", "media/t/a.mp4", "index.html"}
    assert everything_under(root.with_name("site.part")) == set()


@pytest.mark.usefixtures("umask")
def test_the_web_server_may_read_what_is_public(storage: Storage, root: Path) -> None:
    """Files and folders of a public storage are readable by all, whatever the umask says."""
    storage.put("media/t/a.mp4", b"x", content_type="video/mp4")
    assert mode_of(root / "media/t/a.mp4") == 0o644
    assert mode_of(root) == mode_of(root / "media") == mode_of(root / "media/t") == 0o755
    assert mode_of(root.with_name("site.part")) == 0o700


@pytest.mark.usefixtures("umask")
def test_nobody_else_may_read_what_is_private(root: Path, tmp_path: Path) -> None:
    """Files and folders of a private storage, and what is fetched from it, are ours alone."""
    storage = open_storage(Place(kind="local", readers=Readers.STAFF, root=root))
    storage.put("originals/a", b"x", content_type="video/mp4")
    storage.fetch("originals/a", to=tmp_path / "copy")
    assert mode_of(root / "originals/a") == mode_of(tmp_path / "copy") == 0o600
    assert mode_of(root) == mode_of(root / "originals") == 0o700


def test_emptied_folders_go_and_the_root_stays(storage: Storage, root: Path) -> None:
    """Deleting leaves no empty folders, which would tell what was once there."""
    storage.put("media/one/a.mp4", b"x", content_type="video/mp4")
    storage.put("media/two/b.mp4", b"x", content_type="video/mp4")
    storage.delete("media/one/a.mp4")
    assert everything_under(root) == {"media", "media/two", "media/two/b.mp4"}
    storage.delete("media/two/b.mp4")
    assert everything_under(root) == set()
    assert root.is_dir()


def test_a_disk_that_is_not_mounted_is_not_an_empty_storage(storage: Storage, root: Path) -> None:
    """A root that was there once and is gone is an error, never the proof that all is gone."""
    storage.put("a.txt", b"x", content_type="text/plain")
    root.rename(root.with_name("elsewhere"))
    for ask in (storage.absent, storage.stat, storage.get, storage.delete):
        with pytest.raises(Unreachable, match="is gone"):
            ask("a.txt")
    with pytest.raises(Unreachable, match="is gone"):
        storage.put("b.txt", b"x", content_type="text/plain")
    with pytest.raises(Unreachable, match="is gone"):
        list(storage.keys())
    assert not root.exists()
    root.with_name("elsewhere").rename(root)
    assert storage.get("a.txt") == b"x"


def test_strangers_are_listed_and_can_be_removed(storage: Storage, root: Path) -> None:
    """What others put there (a Finder's file, a link) is seen, and `delete` removes it."""
    storage.put("media/a.mp4", b"x", content_type="video/mp4")
    (root / "media/.DS_Store").write_bytes(b"x")
    (root / "loose link").symlink_to("/etc/hostname")
    assert set(storage.keys()) == {"media/a.mp4", "media/.DS_Store", "loose link"}
    assert not storage.absent("loose link")
    storage.delete("media/.DS_Store")
    storage.delete("loose link")
    assert set(storage.keys()) == {"media/a.mp4"}
    assert Path("/etc/hostname").exists()


def test_links_to_files_are_not_followed(storage: Storage, root: Path, tmp_path: Path) -> None:
    """A link in place of an object is no object; a put replaces the link, not what it shows."""
    storage.put("a.txt", b"mine", content_type="text/plain")
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"mine")
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to(outside)
    assert storage.stat("a.txt") is None
    with pytest.raises(NotThere):
        storage.get("a.txt")
    with pytest.raises(AlreadyThere):
        storage.put("a.txt", b"mine", content_type="text/plain", if_absent=True)
    storage.put("a.txt", b"new", content_type="text/plain")
    assert outside.read_bytes() == b"mine"
    assert storage.get("a.txt") == b"new"


def test_links_to_folders_are_refused(storage: Storage, root: Path, tmp_path: Path) -> None:
    """Nothing is written, read, listed or deleted through a link to another folder."""
    storage.put("a.txt", b"x", content_type="text/plain")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.txt").write_bytes(b"not ours")
    (root / "media").symlink_to(outside)
    for ask in (storage.get, storage.stat, storage.delete, storage.absent):
        with pytest.raises(Unreachable, match="link"):
            ask("media/b.txt")
    with pytest.raises(Unreachable, match="link"):
        storage.put("media/c.txt", b"x", content_type="text/plain")
    with pytest.raises(Unreachable, match="link"):
        list(storage.keys("media/"))
    assert set(storage.keys()) == {"a.txt", "media"}
    assert everything_under(outside) == {"b.txt"}


def test_a_key_is_never_the_folder_of_another(storage: Storage) -> None:
    """What S3 would allow and a disk cannot is refused, and the first object stays."""
    storage.put("a/b.txt", b"x", content_type="text/plain")
    for key in ("a", "a/b.txt/c.txt"):
        with pytest.raises((BadKey, AlreadyThere)):
            storage.put(key, b"x", content_type="text/plain")
        with pytest.raises((BadKey, AlreadyThere)):
            storage.put(key, b"x", content_type="text/plain", if_absent=True)
        assert storage.absent(key)
    assert list(storage.keys()) == ["a/b.txt"]


@pytest.fixture
def tiny_files() -> Iterator[None]:
    """A system that lets no file grow beyond 100 kB, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, old)


@pytest.mark.usefixtures("tiny_files")
def test_a_disk_that_takes_no_more(storage: Storage, root: Path) -> None:
    """A write that breaks off is told in plain words, leaves the old object and no leftovers."""
    storage.put("a.txt", b"old", content_type="text/plain")
    with pytest.raises(Unreachable) as caught:
        storage.put("a.txt", b"x" * 200_000, content_type="text/plain")
    assert str(root) in caught.value.text
    assert caught.value.remedy
    assert storage.get("a.txt") == b"old"
    assert everything_under(root.with_name("site.part")) == set()


def test_a_folder_that_may_not_be_written(storage: Storage, root: Path) -> None:
    """Missing rights are told in plain words; as root we try it as somebody else."""
    storage.put("a.txt", b"x", content_type="text/plain")
    root.chmod(0o500)
    we = os.geteuid()
    try:
        os.seteuid(we or 65534)
        with pytest.raises(Unreachable, match="may not be used") as caught:
            storage.put("b.txt", b"x", content_type="text/plain")
    finally:
        os.seteuid(we)
        root.chmod(0o700)
    assert caught.value.remedy


def test_a_missing_source_is_the_callers_error(storage: Storage, tmp_path: Path) -> None:
    """A file that is not there is not blamed on the storage."""
    with pytest.raises(FileNotFoundError):
        storage.put("a.txt", tmp_path / "nothing", content_type="text/plain")


def test_addresses(storage: Storage, root: Path) -> None:
    """Without `base_url` an object's address is its file, and no stranger can be asked."""
    assert storage.url("media/a.mp4") == f"{root.as_uri()}/media/a.mp4"
    assert storage.anonymous_get("media/a.mp4") is None
    assert storage.anonymous_status("media/a.mp4") is None
    assert storage.bucket() is None
    public = Place(
        kind="local", readers=Readers.ANYONE, root=root, base_url="https://media.example/site"
    )
    assert open_storage(public).url("media/a.mp4") == "https://media.example/site/media/a.mp4"


def test_sweeping_takes_what_the_dead_left_and_nothing_else(storage: Storage, root: Path) -> None:
    """An unfinished file goes with its writer's lock; one that is being written stays."""
    storage.put("a.txt", b"old", content_type="text/plain")
    parts = root.with_name("site.part")
    (parts / "b.txt.0123").write_bytes(b"half")

    def look() -> None:
        assert storage.sweep() == 1
        assert len(everything_under(parts)) == 1, "ours is still there"

    storage.put("a.txt", b"new", content_type="text/plain", before_visible=look)
    assert storage.get("a.txt") == b"new"
    assert everything_under(parts) == set()
    assert storage.sweep() == 0
