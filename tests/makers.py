"""Small workspaces made by hand from the contracts: a config, an inbox, records, media, a clock.

Nothing here uses the code under test to make what a clinic would make: configs, case files and
records are texts, photos and films are drawn by Pillow and ffmpeg. A workspace is used through
`say` (a command with the workspace's clock) or `shell` (the real command line, a child process).
"""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import samples
from PIL import Image, ImageDraw

from jobs import dispatch
from jobs.answers import Answer
from jobs.parser import make_parser
from jobs.workspace import open_workspace
from pipeline.rules.chain import Event
from pipeline.steps.means import Means
from pipeline.tools.catalog import events

ROOT = Path(__file__).parent.parent
START = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # a Monday morning in New York
PHONE = "Pear Phone 12"
PLACE = "+40.7128-074.0060/"
SIZE = (64, 48)

Json = dict[str, Any]
# One small file a photo and a film for the web, one square for the networks (the smallest that
# they take): fast, and enough to tell channels, kinds and roles apart.
RECIPES: Json = {
    "web": {"from": ["photo"], "channels": ["web"], "widths": [48], "formats": ["jpeg"]},
    "film": {"from": ["video"], "channels": ["web"], "short_sides": [64], "codec": "h264"},
    "poster": {"from": ["video"], "channels": ["web"], "short_sides": [64], "formats": ["jpeg"],
               "roles": ["before", "after", "single"]},
    "cut": {"from": ["photo"], "channels": ["instagram"], "size": [320, 320], "fit": "pad",
            "formats": ["jpeg"]},
}  # fmt: skip


@dataclass
class Clock:
    """A clock that stands until it is moved; pass it as `now=`."""

    at: datetime = START

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at

    def forward(self, **by: float) -> None:
        """Move on: `clock.forward(days=3, hours=1)`."""
        self.at += timedelta(**by)


@dataclass
class Workspace:
    """A folder with config.yaml and an inbox, and the clock that its commands go by."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.folder / "config.yaml"

    @property
    def inbox(self) -> Path:
        """Where files are dropped."""
        return self.folder / "inbox"

    @property
    def site(self) -> Path:
        """The public folder, where storage is a folder."""
        return self.folder / "site"

    @property
    def private(self) -> Path:
        """The private folder, where storage is a folder."""
        return self.folder / "var" / "private"

    def configure(self, **changes: object) -> None:
        """Change top-level sections of the configuration; None removes one."""
        known: Json = json.loads(self.config.read_text(encoding="utf-8"))
        known |= changes
        kept = {name: value for name, value in known.items() if value is not None}
        self.config.write_text(json.dumps(kept), encoding="utf-8")  # JSON is YAML

    def drop(self, name: str, files: Mapping[str, bytes], *, case: object = None) -> Path:
        """Put a case folder into the inbox; `case` is its case.yaml, as a mapping or a text."""
        folder = self.inbox / name
        for file, body in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        if case is not None:
            folder.mkdir(parents=True, exist_ok=True)
            text = case if isinstance(case, str) else json.dumps(case)
            (folder / "case.yaml").write_text(text, encoding="utf-8")
        return folder

    def sign(self, *records: Mapping[str, object]) -> None:
        """Put records into `_consents/`, each a file of its own."""
        folder = self.inbox / "_consents"
        folder.mkdir(parents=True, exist_ok=True)
        for number, record in enumerate(records):
            path = folder / f"{record.get('id', 'record')}-{number}.yaml"
            path.write_text(json.dumps(record), encoding="utf-8")

    def file(self, name: str, content: object) -> Path:
        """Write a file beside the configuration, a mapping as YAML."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text, encoding="utf-8")
        return path

    @contextlib.contextmanager
    def opened(self, *, by: str = "Robin") -> Iterator[Means]:
        """Open the workspace at the time of its clock."""
        with open_workspace(self.config, by=by, now=self.clock) as means:
            yield means

    def say(self, *words: str, by: str = "Robin") -> Answer:
        """Give a command in this process, at the time of the clock; errors are raised."""
        options = make_parser().parse_args(words)
        with self.opened(by=by) as means:
            return dispatch.COMMANDS[options.command](means, options)

    def run(self) -> Answer:
        """Do everything once."""
        return self.say("run", "--once")

    def shell(self, *words: str, timeout_s: float = 240) -> subprocess.CompletedProcess[str]:
        """Give a command as a person does: a process of its own, on the machine's clock."""
        return subprocess.run(
            [sys.executable, "-m", "jobs", "--config", str(self.config), *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **self.environment},
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def status(self) -> Json:
        """What `status --json` says."""
        return self.say("status").data

    def case(self, name: str) -> Json:
        """One case of `status --json`, by its folder name."""
        found: list[Json] = [each for each in self.status()["cases"] if each["case"] == name]
        assert len(found) == 1, f"{name}: {len(found)} cases"
        return found[0]

    def public(self) -> dict[str, bytes]:
        """Every object of a public folder by its key."""
        return files_below(self.site)

    def page(self, name: str, file: str = "index.html") -> str:
        """The text of a page of a case."""
        return self.public()[f"cases/{self.case(name)['id']}/{file}"].decode()

    def case_json(self, name: str) -> Json:
        """The public case.json of a case."""
        found: Json = json.loads(self.page(name, "case.json"))
        return found

    def shown(self, name: str) -> list[str]:
        """The public media of a case on any channel, by key."""
        tokens = self.tokens(name).values()
        return [key for key in self.public() if key.split("/")[1:2] and key.split("/")[1] in tokens]

    def tokens(self, name: str) -> dict[str, str]:
        """The token of each live publication of a case, by channel."""
        # The one thing that no public face tells: which folder is whose.
        from pipeline.tools.catalog import cases, publications  # noqa: PLC0415 - only here

        with self.opened() as means, means.catalog.read() as connection:
            row = cases.find(connection, self.case(name)["id"])
            assert row is not None
            return {each.channel: each.token for each in publications.live(connection, row.id)}

    def events(self) -> list[Event]:
        """The event log."""
        with self.opened() as means, means.catalog.read() as connection:
            return list(events.all_events(connection))

    def waiting(self) -> str:
        """What `_waiting.txt` says."""
        return (self.inbox / "_waiting.txt").read_text(encoding="utf-8")


def codes(case: Mapping[str, Any]) -> set[str]:
    """The codes of all reasons of a case of `status --json`."""
    return {reason["code"] for reason in case["reasons"]}


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its relative name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def workspace(folder: Path, **changes: object) -> Workspace:
    """Make a workspace on folders and SQLite; `changes` replace sections of its configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    config: Json = {
        "clinic": {
            "name": "Harbour Physiotherapy",
            "url": "https://harbour.example/",
            "time_zone": "America/New_York",
        },
        "inbox": {"path": "inbox", "settle_s": 0},
        "catalog": {"url": "sqlite:///var/catalog.db"},
        "storage": local_storage(),
        "channels": ["web", "instagram"],
        "recipes": RECIPES,
        "executor": {"kind": "processes", "workers": 2},
    }
    (folder / "config.yaml").write_text(json.dumps(config | changes), encoding="utf-8")
    made = Workspace(folder)
    made.inbox.mkdir(exist_ok=True)
    return made


def local_storage(**public: object) -> Json:
    """The storage section for two folders."""
    return {
        "private": {"kind": "local", "root": "var/private"},
        "public": {"kind": "local", "root": "site", "base_url": "http://127.0.0.1:8000/", **public},
    }


def s3_storage(service: Any, *, versions: bool = False) -> Json:
    """The storage section for two fresh buckets of an `S3Service`."""
    private, public = service.private_bucket(), service.public_bucket()
    if versions:
        service.keep_versions(public)
    place = {"kind": "s3", "endpoint_url": service.endpoint_url, "region": "us-east-1"}
    base_url = f"{service.endpoint_url}/{public}/"
    return {
        "private": {**place, "bucket": private},
        "public": {**place, "bucket": public, "base_url": base_url},
    }


def record(subject: str, **changes: object) -> Json:
    """A complete patient's record as section 2 of the contracts asks for it; None leaves out.

    A dotted name reaches into a section: `record("0042", **{"statements.redisclosure": None})`.
    """
    made: Json = {
        "id": f"C-{subject}",
        "kind": "patient",
        "subject": subject,
        "signed_by": "Alma Brightwater",
        "signed_on": "2026-03-02",
        "expires_on": "2027-03-02",
        "channels": ["web", "instagram"],
        "discloser": "Harbour Physiotherapy",
        "recipients": "Visitors of the clinic's web site and of its pages on networks",
        "information": "Photographs and films of the treatment",
        "purpose": "Marketing of the clinic",
        "statements": {
            "right_to_revoke": "true",
            "no_conditioning": "true",
            "redisclosure": "true",
            "remuneration": "none",
        },
        "allows": {"face": "true", "voice": "true", "name": "false", "condition": "true"},
        "copy_given": "true",
    }
    for name, value in changes.items():
        place, *rest = name.split(".")
        target = made.setdefault(place, {}) if rest else made
        key = rest[0] if rest else place
        if value is None:
            target.pop(key, None)
        else:
            target[key] = value
    return made


def today() -> Json:
    """The days of a record that holds on the machine's own clock, for `Workspace.shell`."""
    day = datetime.now(UTC).date()
    return {
        "signed_on": (day - timedelta(days=60)).isoformat(),
        "expires_on": (day + timedelta(days=300)).isoformat(),
    }


def staff(subject: str, **changes: object) -> Json:
    """A complete staff member's record."""
    made = record(subject, kind="staff", **changes)
    for name in ("discloser", "recipients", "information", "purpose", "statements"):
        made.pop(name, None)
    return made


def licence(work: str, **changes: object) -> Json:
    """A complete licence for a work."""
    made = record(work, kind="licence", credit="Photo: River Stone", **changes)
    for name in ("discloser", "recipients", "purpose", "statements", "allows"):
        made.pop(name, None)
    return made


def csv_of(records: Sequence[Mapping[str, Any]]) -> str:
    """Records as a spreadsheet writes them: dotted names, lists with `;`."""
    rows = []
    for each in records:
        row: dict[str, str] = {}
        for name, value in each.items():
            for inner, cell in value.items() if isinstance(value, dict) else [("", value)]:
                text = "; ".join(cell) if isinstance(cell, list) else str(cell)
                row[f"{name}.{inner}" if inner else name] = text
        rows.append(row)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@functools.cache
def photo(name: str = "one", *, size: tuple[int, int] = SIZE, form: str = "JPEG") -> bytes:
    """A small photo; another name is another picture."""
    out = io.BytesIO()
    _drawn(name, size).save(out, form, quality=90)
    return out.getvalue()


@functools.cache
def phone_photo(name: str = "one", *, form: str = "HEIF") -> bytes:
    """A photo as a phone writes it: lying on its side, with place, time, maker and a name.

    Upright it is 48x64, red above and blue below.
    """
    from pillow_heif import register_heif_opener  # noqa: PLC0415 - of this format alone

    register_heif_opener()
    upright = _drawn(name, (48, 64))
    ImageDraw.Draw(upright).rectangle((0, 0, 47, 15), fill="#ff0000")
    ImageDraw.Draw(upright).rectangle((0, 48, 47, 63), fill="#0000ff")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = "Pear", PHONE, samples.CANARY
    exif[0x0132] = "2026:10:05 16:00:00"
    exif[0x0112] = 6  # turn it clockwise to see it
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 42.0, 46.0), 3: "W", 4: (74.0, 0.0, 21.0)})
    out = io.BytesIO()
    upright.transpose(Image.Transpose.ROTATE_90).save(out, form, exif=exif.tobytes(), quality=90)
    return out.getvalue()


def _drawn(name: str, size: tuple[int, int]) -> Image.Image:
    """A picture that its name decides, with a face-like disc so that encoders have work."""
    seed = int.from_bytes(name.encode().rjust(4, b"x")[-4:], "big") ^ (len(name) * 7919)
    colour = (seed % 200 + 40, seed // 7 % 200 + 40, seed // 49 % 200 + 40)
    image = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.8), fill="#e8c8a8")
    draw.rectangle((0, 0, 3, 3), fill=(seed % 251, seed % 241, seed % 239))
    return image


@functools.cache
def film(
    name: str = "one", *, seconds: float = 1.0, sound: bool = True, turned: bool = False
) -> bytes:
    """A film of 160x90; with `turned` a phone's MOV, shown upright as 90x160, with its place."""
    tone = 300 + sum(name.encode()) % 400
    path = samples.folder() / f"film-{name}-{seconds}-{sound}.mp4"
    if not path.exists():
        source = f"testsrc2=s=160x90:r=30:d={seconds},hue=h={tone}"
        inputs = ["-f", "lavfi", "-i", source]
        if sound:
            inputs += ["-f", "lavfi", "-i", f"sine=f={tone}:d={seconds}"]
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        samples.ffmpeg(*inputs, *coded, "-movflags", "+faststart", path)
    if turned:
        upright = path.with_name(f"{path.stem}-turned.mov")
        place = ["-metadata", f"com.apple.quicktime.location.ISO6709={PLACE}"]
        place += ["-metadata", f"com.apple.quicktime.model={PHONE}"]
        place += ["-metadata", f"title={samples.CANARY}", "-movflags", "+use_metadata_tags"]
        samples.ffmpeg("-display_rotation", "90", "-i", path, "-c", "copy", *place, upright)
        path = upright
    return path.read_bytes()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
