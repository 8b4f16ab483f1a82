"""The seam of storage: what `Storage` promises, on a folder and on a real S3 service."""

from __future__ import annotations

import base64
import hashlib
import os
import pickle
import secrets
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from servers import S3Service, web_server

from pipeline.rules.errors import Unreachable, VerificationFailed
from pipeline.tools.storage import (
    AlreadyThere,
    BadKey,
    NotThere,
    Place,
    Readers,
    Stat,
    Storage,
    Stored,
    open_storage,
)

ROOT = Path(__file__).parent.parent.parent
BACKENDS = ("folder", "s3", "s3-versions", "s3-prefix")
BIG = 11 * 1024 * 1024  # three parts


def s3_place(service: S3Service, bucket: str, *, readers: Readers, prefix: str) -> Place:
    """A storage in the bucket; files above 6 MiB go in parts of 5 MiB."""
    return Place(
        kind="s3",
        readers=readers,
        bucket=bucket,
        prefix=prefix,
        endpoint_url=service.endpoint_url,
        multipart_bytes=6 * 1024 * 1024,
        part_bytes=5 * 1024 * 1024,
    )


@pytest.fixture(scope="module", params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each backend in turn; S3 is started only when its turn has come."""
    return str(request.param)


@pytest.fixture(scope="module")
def public_place(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """Where everyone may read, with a web server in front of the folder."""
    if backend == "folder":
        root = tmp_path_factory.mktemp("public") / "site"
        with web_server(root) as base_url:
            yield Place(kind="local", readers=Readers.ANYONE, root=root, base_url=base_url)
    else:
        service: S3Service = request.getfixturevalue("s3_service")
        bucket = service.public_bucket()
        if backend == "s3-versions":
            service.keep_versions(bucket)
        prefix = "clinic/site/" if backend == "s3-prefix" else ""
        yield s3_place(service, bucket, readers=Readers.ANYONE, prefix=prefix)


@pytest.fixture(scope="module")
def private_place(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """Where only staff may read."""
    if backend == "folder":
        root = tmp_path_factory.mktemp("private") / "store"
        return Place(kind="local", readers=Readers.STAFF, root=root)
    service: S3Service = request.getfixturevalue("s3_service")
    bucket = service.private_bucket()
    if backend == "s3-versions":
        service.keep_versions(bucket)
    prefix = "clinic" if backend == "s3-prefix" else ""
    return s3_place(service, bucket, readers=Readers.STAFF, prefix=prefix)


@pytest.fixture(scope="module")
def storage(public_place: Place) -> Storage:
    """The public storage."""
    return open_storage(public_place)


@pytest.fixture
def here() -> str:
    """A folder of the test's own, so that the tests of a backend share one storage."""
    return f"media/{secrets.token_hex(16)}"


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """A file that S3 takes in parts only."""
    path = tmp_path / "big.mp4"
    path.write_bytes(secrets.token_bytes(BIG))
    return path


def sum_of(body: bytes) -> str:
    """The sha256 in hex, by Python's own means."""
    return hashlib.sha256(body).hexdigest()


def headers_of(url: str) -> dict[str, str]:
    """The headers that an anonymous reader gets."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own test server
        return {name.lower(): value for name, value in answer.headers.items()}


def test_what_was_put_is_there(storage: Storage, here: str) -> None:
    """Bytes, size and sum come back, whichever way one asks."""
    key = f"{here}/a.txt"
    stored = storage.put(key, b"hello", content_type="text/plain")
    assert stored == Stored(key, 5, sum_of(b"hello"))
    assert storage.get(key) == b"hello"
    assert storage.sha256(key) == stored.sha256
    assert not storage.absent(key)
    stat = storage.stat(key)
    assert stat in (Stat(key, 5), Stat(key, 5, stored.sha256))


def test_an_empty_object_is_an_object(storage: Storage, here: str) -> None:
    """Nothing in it is not the same as nothing there."""
    storage.put(f"{here}/empty.txt", b"", content_type="text/plain")
    assert storage.get(f"{here}/empty.txt") == b""
    assert not storage.absent(f"{here}/empty.txt")
    assert storage.anonymous_status(f"{here}/empty.txt") == 200


@pytest.mark.parametrize("size_bytes", [0, 1000, BIG])
def test_a_file_is_copied_and_stays(
    storage: Storage, here: str, tmp_path: Path, size_bytes: int
) -> None:
    """The source is untouched, and fetching gives the same bytes, small or in parts."""
    source = tmp_path / "source.mp4"
    body = secrets.token_bytes(size_bytes)
    source.write_bytes(body)
    stored = storage.put(f"{here}/a.mp4", source, content_type="video/mp4")
    assert source.read_bytes() == body
    assert source.stat().st_nlink == 1
    assert storage.fetch(f"{here}/a.mp4", to=tmp_path / "copy", sha256=sum_of(body)) == stored
    assert (tmp_path / "copy").read_bytes() == body
    assert stored.sha256 == sum_of(body) == storage.sha256(f"{here}/a.mp4")


def test_what_is_not_there(storage: Storage, here: str, tmp_path: Path) -> None:
    """A missing object is None to `stat` and an error to whoever needs its bytes."""
    key = f"{here}/missing.txt"
    assert storage.stat(key) is None
    assert storage.absent(key)
    for read in (storage.get, storage.sha256, lambda key: storage.fetch(key, to=tmp_path / "x")):
        with pytest.raises(NotThere):
            read(key)
    assert not list(tmp_path.iterdir())


def test_a_put_replaces(storage: Storage, here: str) -> None:
    """Without a condition the new object takes the old one's place, for readers too."""
    key = f"{here}/index.html"
    storage.put(key, b"old and longer", content_type="text/html")
    storage.put(key, b"new", content_type="text/html")
    assert storage.get(key) == b"new"
    answer = storage.anonymous_get(key)
    assert answer is not None
    assert (answer.status, answer.body_start) == (200, b"new")


def test_a_reader_never_sees_half_an_object(storage: Storage, here: str) -> None:
    """While an object is replaced again and again, every answer is one of the two, whole."""
    key = f"{here}/page.html"
    bodies = (b"a" * 300_000, b"b" * 200_000)
    storage.put(key, bodies[0], content_type="text/html")
    over = threading.Event()

    def replace_it() -> None:
        for turn in range(12):
            storage.put(key, bodies[turn % 2], content_type="text/html")
        over.set()

    writer = threading.Thread(target=replace_it)
    writer.start()
    while not over.is_set():
        assert storage.get(key) in bodies
    writer.join()


def test_if_absent_never_replaces(storage: Storage, here: str) -> None:
    """The same bytes again are fine; other bytes are refused and the first ones stay."""
    key = f"{here}/a.txt"
    first = storage.put(key, b"first", content_type="text/plain", if_absent=True)
    assert storage.put(key, b"first", content_type="text/plain", if_absent=True) == first
    with pytest.raises(AlreadyThere):
        storage.put(key, b"other", content_type="text/plain", if_absent=True)
    assert storage.get(key) == b"first"


def test_if_absent_in_parts_never_replaces(storage: Storage, here: str, big: Path) -> None:
    """The same holds for an object in parts, and no part is left lying about."""
    key = f"{here}/a.mp4"
    storage.put(key, big, content_type="video/mp4", if_absent=True)
    storage.put(key, big, content_type="video/mp4", if_absent=True)
    with pytest.raises(AlreadyThere):
        storage.put(key, b"x" * BIG, content_type="video/mp4", if_absent=True)
    assert storage.sha256(key) == sum_of(big.read_bytes())
    assert storage.abort_uploads(here) == 0


def test_of_many_writers_one_wins(storage: Storage, here: str) -> None:
    """Several writers of different bytes at once: one is told yes, and his bytes are there."""
    key = f"{here}/a.bin"
    bodies = [bytes([number]) * 1000 for number in range(4)]
    start = threading.Barrier(len(bodies))
    won: list[bytes] = []
    lost: list[AlreadyThere] = []

    def write(body: bytes) -> None:
        start.wait()
        try:
            storage.put(key, body, content_type="application/octet-stream", if_absent=True)
            won.append(body)
        except AlreadyThere as error:
            lost.append(error)

    writers = [threading.Thread(target=write, args=[body]) for body in bodies]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (len(won), len(lost)) == (1, len(bodies) - 1)
    assert storage.get(key) == won[0]
    assert storage.abort_uploads(here) == 0


def test_keys_are_listed_by_prefix(storage: Storage, here: str) -> None:
    """A prefix is the beginning of a key, not a folder; nothing else is listed."""
    names = {"a.txt", "ab/c.txt", "ab/d/e.txt", "b.txt"}
    for name in names:
        storage.put(f"{here}/{name}", b"x", content_type="text/plain")
    assert set(storage.keys(f"{here}/")) == {f"{here}/{name}" for name in names}
    assert set(storage.keys(f"{here}/a")) == {
        f"{here}/{name}" for name in names if name.startswith("a")
    }
    assert set(storage.keys(f"{here}/ab/d/")) == {f"{here}/ab/d/e.txt"}
    assert list(storage.keys(f"{here}/a.txt")) == [f"{here}/a.txt"]
    assert not list(storage.keys(f"{here}/zz/"))
    assert {f"{here}/{name}" for name in names} <= set(storage.keys())


def test_deleting_removes_one_object(storage: Storage, here: str) -> None:
    """It is gone for us and for strangers, twice is fine, and what is named alike stays."""
    names = [f"{here}/a", f"{here}/a.txt", f"{here}/a-b/c.txt"]
    for name in names:
        storage.put(name, b"x", content_type="text/plain")
    for _ in range(2):
        storage.delete(names[0])
        assert storage.absent(names[0])
        assert storage.stat(names[0]) is None
        assert storage.anonymous_status(names[0]) in (403, 404, 410)
    assert sorted(storage.keys(f"{here}/")) == sorted(names[1:])


def test_deleting_removes_every_version(storage: Storage, here: str) -> None:
    """However often an object was replaced or deleted, no trace of it is left."""
    key = f"{here}/a.txt"
    for body in (b"one", b"two", b"three"):
        storage.put(key, body, content_type="text/plain")
    storage.delete(key)
    storage.put(key, b"again", content_type="text/plain", if_absent=True)
    assert not storage.absent(key)
    storage.delete(key)
    assert storage.absent(key)
    assert not list(storage.keys(here))


def test_what_a_stranger_sees(storage: Storage, here: str) -> None:
    """An anonymous reader gets the first bytes, the content type, and 404 for what is missing."""
    key = f"{here}/a.mp4"
    storage.put(key, b"0123456789" * 100, content_type="video/mp4", max_age_s=60)
    answer = storage.anonymous_get(key)
    assert answer is not None
    assert answer.status == 200 == storage.anonymous_status(key)
    assert answer.body_start.startswith(b"0123456789")
    assert len(answer.body_start) <= 512
    assert headers_of(storage.url(key))["content-type"] == "video/mp4"
    assert storage.anonymous_status(f"{here}/b.mp4") in (403, 404)


def test_no_answer_is_none(public_place: Place, here: str) -> None:
    """Where nobody listens there is no status, which is not the same as gone."""
    storage = open_storage(replace(public_place, base_url="http://127.0.0.1:9/"))
    assert storage.anonymous_status(f"{here}/a.txt") is None


def test_private_is_private(private_place: Place, here: str) -> None:
    """No stranger reads what lies in the private storage."""
    storage = open_storage(private_place)
    storage.put(f"{here}/a.txt", b"secret", content_type="text/plain")
    answer = storage.anonymous_get(f"{here}/a.txt")
    assert answer is None or answer.status in (401, 403, 404)
    assert storage.get(f"{here}/a.txt") == b"secret"


def test_the_last_look_comes_before_readers_can_see(storage: Storage, here: str, big: Path) -> None:
    """`before_visible` is called once per object, when nobody can read it yet."""
    for key, body in ((f"{here}/small.txt", b"small"), (f"{here}/big.mp4", big)):
        seen: list[bool] = []

        def look(key: str = key, seen: list[bool] = seen) -> None:
            seen.append(storage.absent(key))

        storage.put(key, body, content_type="video/mp4", before_visible=look)
        assert seen == [True]
        assert not storage.absent(key)


def test_the_last_look_can_stop_it(storage: Storage, here: str, big: Path) -> None:
    """What it raises is passed on, the old object stays, and nothing unfinished is left."""

    class RevokedError(OSError):
        """Even an error of the system's kind is not taken for one of the storage."""

    def refuse() -> None:
        raise RevokedError

    storage.put(f"{here}/big.mp4", b"old", content_type="video/mp4")
    for key, body in ((f"{here}/small.txt", b"small"), (f"{here}/big.mp4", big)):
        with pytest.raises(RevokedError):
            storage.put(key, body, content_type="video/mp4", before_visible=refuse)
    assert storage.get(f"{here}/big.mp4") == b"old"
    assert storage.absent(f"{here}/small.txt")
    assert storage.abort_uploads(here) == 0


def test_a_kill_leaves_nothing_visible(
    public_place: Place, storage: Storage, here: str, big: Path
) -> None:
    """A process killed just before the end leaves an unfinished upload, found by its prefix."""
    code = """
import base64, os, pickle, signal, sys
from pathlib import Path
from pipeline.tools.storage import open_storage
place, key, source = pickle.loads(base64.b64decode(sys.argv[1]))
open_storage(place).put(key, source, content_type="video/mp4",
    before_visible=lambda: os.kill(os.getpid(), signal.SIGKILL))
"""
    argument = base64.b64encode(pickle.dumps((public_place, f"{here}/a.mp4", big))).decode()
    done = subprocess.run(
        [sys.executable, "-c", code, argument], cwd=ROOT, check=False, env=os.environ, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    assert storage.absent(f"{here}/a.mp4")
    assert not list(storage.keys(here))
    storage.put(f"{here}/b.mp4", b"finished", content_type="video/mp4")
    assert storage.abort_uploads(f"{here}/b") == 0
    assert storage.abort_uploads(f"{here}/") == 1
    assert storage.abort_uploads(f"{here}/") == 0
    assert list(storage.keys(here)) == [f"{here}/b.mp4"]


def test_an_upload_can_be_called_off(storage: Storage, here: str, big: Path) -> None:
    """An upload under way fails after `abort_uploads` instead of becoming visible."""
    called_off: list[int] = []
    with pytest.raises(Unreachable):
        storage.put(
            f"{here}/a.mp4",
            big,
            content_type="video/mp4",
            before_visible=lambda: called_off.append(storage.abort_uploads(here)),
        )
    assert called_off == [1]
    assert storage.absent(f"{here}/a.mp4")


def test_damage_is_noticed(storage: Storage, here: str, tmp_path: Path) -> None:
    """Bytes that are not the expected ones make no file, and `sha256` tells what is there."""
    key = f"{here}/a.txt"
    wanted = storage.put(key, b"good", content_type="text/plain").sha256
    storage.put(key, b"evil", content_type="text/plain")
    assert storage.sha256(key) == sum_of(b"evil")
    with pytest.raises(VerificationFailed):
        storage.fetch(key, to=tmp_path / "copy", sha256=wanted)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "key",
    [
        "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", ".hidden",
        "a/.hidden", "a\\b", "a\0b", "a\nb", "a b", "a%2e", "ä", "a?b", "a!b", "-a", "x" * 241,
        f"{'x/' * 150}x",
    ],
)  # fmt: skip
def test_bad_keys_are_never_written(storage: Storage, key: str) -> None:
    """Keys are plain names in folders: the same on any disk, in a URL and in S3."""
    with pytest.raises(BadKey):
        storage.put(key, b"a bad key", content_type="text/plain")
    assert all(name.startswith("media/") for name in set(storage.keys()))


def test_the_longest_keys_are_kept(storage: Storage) -> None:
    """A case name at its limit fits into a key, with all that stands around it."""
    for key in (f"cases/{'x' * 209}/index.html", f"{'x' * 59}/{'y' * 240}"):
        storage.put(key, b"long", content_type="text/plain")
        assert storage.get(key) == b"long"
        storage.delete(key)
        assert storage.absent(key)


@pytest.mark.parametrize("key", ["", "..", "../a", "a/../../b", "/etc/hostname", "a\0b", "a\\b"])
def test_no_key_leads_out_of_the_storage(storage: Storage, key: str, tmp_path: Path) -> None:
    """Neither reading nor deleting nor asking follows a key outside."""
    for use in (storage.get, storage.stat, storage.sha256, storage.delete, storage.absent):
        with pytest.raises(BadKey):
            use(key)
    with pytest.raises(BadKey):
        storage.fetch(key, to=tmp_path / "copy")
    with pytest.raises(BadKey):
        storage.anonymous_get(key)


def every_use_of(storage: Storage, to: Path) -> list[Callable[[], object]]:
    """Every way to ask the storage for something."""
    return [
        lambda: storage.put("a", b"x", content_type="text/plain"),
        lambda: storage.put("a", b"x", content_type="text/plain", if_absent=True),
        lambda: storage.get("a"),
        lambda: storage.fetch("a", to=to),
        lambda: storage.stat("a"),
        lambda: storage.sha256("a"),
        lambda: list(storage.keys()),
        lambda: storage.delete("a"),
        lambda: storage.absent("a"),
        storage.abort_uploads,
    ]


def test_unreachable_is_never_an_answer(
    backend: str, public_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A storage that is not there says so, in words, and neither yes nor no."""
    if backend == "folder":
        (tmp_path / "file").write_text("not a folder", encoding="utf-8")
        places = [replace(public_place, root=tmp_path / "file")]
    else:
        monkeypatch.setattr("pipeline.tools.storage.s3_client.ATTEMPTS", 1)
        places = [
            replace(public_place, endpoint_url="http://127.0.0.1:9"),
            replace(public_place, bucket="no-such-bucket"),
        ]
    for place in places:
        for use in every_use_of(open_storage(place), tmp_path / "copy"):
            with pytest.raises(Unreachable) as caught:
                use()
            assert caught.value.text.endswith(".")
            assert caught.value.remedy.endswith(".")
