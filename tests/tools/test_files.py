"""Opening, copying and comparing files that others are still writing."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from pipeline.rules.errors import BadMedia
from pipeline.tools import files


def test_a_copy_is_whole_and_named_by_its_bytes(tmp_path: Path) -> None:
    """The copy has the same bytes, the digest is theirs, and no partial file stays."""
    body = os.urandom(3_000_000)
    (tmp_path / "a").write_bytes(body)
    target = tmp_path / "to"
    target.mkdir()
    digest = files.copy_verified(tmp_path / "a", to=target / "b")
    assert digest == hashlib.sha256(body).hexdigest() == files.sha256_of(target / "b")
    assert (target / "b").read_bytes() == body
    assert [each.name for each in target.iterdir()] == ["b"]


def test_a_file_that_grows_while_it_is_copied_is_left_for_later(tmp_path: Path) -> None:
    """Bytes that arrive during the copy raise Changed, and nothing appears at the target."""
    source = tmp_path / "slow"
    source.write_bytes(b"x" * (64 << 20))
    stop = threading.Event()

    def grow() -> None:
        with source.open("ab", buffering=0) as writer:
            while not stop.is_set():
                writer.write(b"y")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        with pytest.raises(files.Changed):
            files.copy_verified(source, to=tmp_path / "copy")
    finally:
        stop.set()
        writer.join()
    assert [each.name for each in tmp_path.iterdir()] == ["slow"]


def test_a_file_that_is_replaced_while_it_is_copied_is_left_for_later(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another file under the same name is noticed, though the open one did not change."""
    source = tmp_path / "a"
    source.write_bytes(b"first")
    copy = files._copy

    def swap(*args: Any, **names: Any) -> object:
        done = copy(*args, **names)
        (tmp_path / "new").write_bytes(b"other")
        (tmp_path / "new").replace(source)
        return done

    monkeypatch.setattr(files, "_copy", swap)
    with pytest.raises(files.Changed):
        files.copy_verified(source, to=tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_only_plain_files_are_opened(tmp_path: Path) -> None:
    """Links, second names, folders, pipes and sockets are refused, each with its reason."""
    (tmp_path / "plain").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    (tmp_path / "folder.jpg").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "two").write_bytes(b"2")
    (tmp_path / "names").hardlink_to(tmp_path / "two")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # the name of a socket must be short
        server.bind("socket")
        os.chdir(here)
        reasons = {}
        for name in ("link", "folder.jpg", "pipe", "names", "socket"):
            with pytest.raises(BadMedia) as caught:
                files.open_regular(tmp_path / name)
            reasons[name] = caught.value.reason.code
    assert reasons == {
        "link": "symlink",
        "folder.jpg": "not_a_file",
        "pipe": "not_a_file",
        "names": "hard_link",
        "socket": "not_a_file",
    }
    with files.open_regular(tmp_path / "plain") as reader:
        assert reader.read() == b"1"
    with pytest.raises(FileNotFoundError):
        files.open_regular(tmp_path / "gone")


def test_a_signature_tells_every_change(tmp_path: Path) -> None:
    """Size, time and the file itself count; a link is looked at itself."""
    path = tmp_path / "a"
    path.write_bytes(b"1")
    before = files.signature(path)
    assert files.signature(path) == before
    os.utime(path, ns=(1, before.mtime_ns))
    assert files.signature(path) != before  # an old time put back is still a change
    (tmp_path / "link").symlink_to(path)
    assert files.signature(tmp_path / "link").inode != before.inode
