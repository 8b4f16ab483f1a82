"""Which names in the inbox are not staff's: half-copied files, system files, sync conflicts."""

from __future__ import annotations

import re

from pipeline.rules.spelling import fold

# Endings of files that a browser, a copy program, an editor or a sync client is still writing.
_UNFINISHED = (
    ".part",  # Firefox, curl, many copy programs
    ".partial",  # rclone, Internet Explorer
    ".crdownload",  # Chrome, Edge
    ".opdownload",  # Opera
    ".download",  # Safari (a folder)
    ".filepart",  # WinSCP
    ".aria2",
    ".!ut",  # uTorrent and BitTorrent clients
    ".!qb",
    ".!sync",  # Resilio
    ".bts",  # Resilio, older
    ".tmp",
    ".temp",
    ".icloud",  # not yet here from iCloud
    ".swp",  # vim
    ".swo",
    ".swx",
    ".gstmp",  # Google Cloud
    ".tmp.drivedownload",  # Google Drive
    ".tmp.driveupload",
    "~",  # editors' copies
)
_SYSTEM = frozenset(
    {
        "thumbs.db",
        "ehthumbs.db",
        "ehthumbs_vista.db",
        "desktop.ini",
        "icon\r",  # Finder's folder icon: its name ends with a carriage return
        "@eadir",  # Synology
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "system volume information",
        "lost+found",
        "__macosx",
        "network trash folder",
        "temporary items",
        "4913",  # vim tries with this name whether it may write
    }
)
_BEGINNINGS = ("~$", "~wrl", "~wrd", "~syncthing~", "(a document being saved by ")
_SAFE_SAVE = re.compile(r"\.sb-[0-9a-f]{8}-[0-9a-z]{6}$|^#.*#$|\.~[0-9a-f]{4,}$")
_CONFLICT = re.compile(
    r"conflicted copy"  # Dropbox, Nextcloud
    r"|copia en conflicto"
    r"|\.sync-conflict-\d"  # Syncthing
    r"|_conflict-\d{8}"  # ownCloud
    r"|\((?:case|selective sync|unicode encoding) conflict\b"  # Dropbox
)


def is_temporary(name: str) -> bool:
    """Whether a file or folder of this name is left alone: unfinished, hidden or the system's.

    `name` is the bare name, no path. Once renamed to its final name the file is taken.
    """
    if name.startswith("."):
        return True
    folded = fold(name)
    return (
        folded in _SYSTEM
        or folded.startswith(_BEGINNINGS)
        or folded.endswith(_UNFINISHED)
        or _SAFE_SAVE.search(folded) is not None
    )


def is_sync_conflict(name: str) -> bool:
    """Whether a sync client named this file a second version of another; "x (1)" is none."""
    return _CONFLICT.search(fold(name)) is not None
