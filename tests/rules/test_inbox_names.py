"""Which names in the inbox are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.inbox.names import is_sync_conflict, is_temporary

TEMPORARY = [
    *("before.mp4.part", "before.mp4.partial", "Unconfirmed 12345.crdownload"),
    *("before.mp4.opdownload", "before.mp4.download", "before.mp4.filepart"),
    *("before.mp4.tmp", "BEFORE.MP4.TMP", "before.mp4~", "~$case.docx", "~WRL0005.tmp"),
    *(".~lock.case.yaml#", ".syncthing.before.mp4.tmp", "~syncthing~before.mp4.tmp"),
    *(".before.mp4.icloud", "before.mp4.icloud", "._before.mp4", ".DS_Store", "Thumbs.db"),
    *("ehthumbs.db", "desktop.ini", "Desktop.ini", ".fuse_hidden0000004200000001"),
    *(".nfs000000000042", "@eaDir", ".stfolder", ".stversions", ".dropbox", ".dropbox.cache"),
    *("4913", ".case.yaml.swp", "case.yaml.swp", "#case.yaml#", ".#case.yaml", "Icon\r"),
    *("case.yaml.sb-1a2b3c4d-AbC123", "before.mp4.~1a2b3c", "before.mp4.aria2", ".hidden"),
    *("$RECYCLE.BIN", "System Volume Information", "__MACOSX", "x.tmp.drivedownload"),
    *("(A Document Being Saved By TextEdit)", ".goutputstream-ABC123", ".smbdeleteAAA42"),
]
PLAIN = [
    *("before.mp4", "IMG_4913.jpg", "4913.jpg", "temp before.jpg", "part 1.mov", "tmp.jpg"),
    *("before.jpg", "~before.jpg", "case.yaml", "before (1).jpg", "download.mp4", "después.jpg"),
    *("icon.png", "Thumbs.db.jpg", "# before.jpg", "before.sb-1.jpg", "dry-needling--0042"),
]
CONFLICTS = [
    "before (Anna's conflicted copy 2026-03-01).jpg",
    "before (conflicted copy 2026-03-01 120000).jpg",
    "before.sync-conflict-20260301-120000-ABCDEFG.jpg",
    "before_conflict-20260301-120000.jpg",
    "before (Copia en conflicto de Ana 2026-03-01).jpg",
    "before (Case Conflict).jpg",
    "before (Selective Sync Conflict 1).jpg",
]


@pytest.mark.parametrize("name", TEMPORARY)
def test_unfinished_and_system_names_are_left_alone(name: str) -> None:
    """What a program is still writing, or the system keeps, is nobody's medium."""
    assert is_temporary(name)


@pytest.mark.parametrize("name", [*PLAIN, *CONFLICTS])
def test_staff_names_are_taken(name: str) -> None:
    """Names that staff give are never mistaken for temporary ones."""
    assert not is_temporary(name)


@given(
    st.sampled_from(["IMG_", "DSC", "PXL_", "GOPR", "P", "MVI_", "VID-", "Photo on ", ""]),
    st.integers(min_value=0, max_value=10**9),
    st.sampled_from([".JPG", ".heic", ".mov", ".MP4", ".png", " before.jpg", " (1).avif"]),
)
def test_camera_names_are_taken(prefix: str, number: int, ending: str) -> None:
    """No name that a camera gives is left lying."""
    name = f"{prefix}{number:04}{ending}"
    assert not is_temporary(name)
    assert not is_sync_conflict(name)


@pytest.mark.parametrize("name", CONFLICTS)
def test_sync_conflicts(name: str) -> None:
    """A second version made by a sync client is told from the first."""
    assert is_sync_conflict(name)


@pytest.mark.parametrize("name", [*PLAIN, "before (1).jpg", "conflict.jpg", "before copy.jpg"])
def test_copies_are_no_conflicts(name: str) -> None:
    """A file that somebody copied by hand is a file of its own."""
    assert not is_sync_conflict(name)
