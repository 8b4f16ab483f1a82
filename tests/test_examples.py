"""The demonstration's media: drawn small, and read back by eyes that did not draw them."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import av
import numpy as np
import pillow_heif
import pytest
import yaml
from PIL import ExifTags, Image

from pipeline.config import load
from pipeline.rules.inbox.case_file import CaseFile, read_case_file
from pipeline.rules.signed.records import Record, read_record
from pipeline.tools.documents import read_mapping
from pipeline.tools.markdown import read_treatment

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
TODAY = date(2026, 11, 23)
DEVICE = b"Pocketcam"
PLACE = ((40.0, 12.0, 5.4), (69.0, 44.0, 3.12))


def draw(folder: Path) -> Path:
    """Run the script as the demonstration does: by its path, from somewhere else."""
    subprocess.run(
        [
            *(sys.executable, "-W", "error", EXAMPLES / "draw_media.py", folder),
            *("--small", "--today", TODAY.isoformat()),
        ],
        check=True,
        cwd=folder.parent,
        timeout=120,
    )
    return folder


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample cases, a quarter of their size."""
    return draw(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def inbox(drawn: Path) -> Path:
    """Where the cases lie."""
    return drawn / "inbox"


def atoms(body: bytes, *, inside: bytes = b"") -> Iterator[tuple[bytes, bytes]]:
    """Path and content of every atom of a film, containers before what they hold."""
    at = 0
    while at + 8 <= len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", body, at + 8)[0], 16
        if size < head:
            return
        path = inside + b"/" + kind
        content = body[at + head : at + size]
        yield path, content
        if kind in {b"moov", b"trak", b"udta"}:
            yield from atoms(content, inside=path)
        at += size


def matrix(body: bytes) -> tuple[float, ...]:
    """The first four numbers (a b, c d) of the first track's display matrix."""
    header = next(content for path, content in atoms(body) if path == b"/moov/trak/tkhd")
    a, b, _, c, d = struct.unpack_from(">5i", header, 40)
    return a / 65536, b / 65536, c / 65536, d / 65536


def colours(picture: Image.Image) -> float:
    """How many bytes a picture needs at least: a plain ground needs few."""
    return len(zlib.compress(picture.convert("RGB").resize((90, 160)).tobytes()))


def exif_preview(block: bytes) -> Image.Image:
    """The embedded thumbnail, found by walking the second directory of an Exif block."""
    tiff = block.removeprefix(b"Exif\0\0")
    first = struct.unpack_from("<I", tiff, 4)[0]
    entries = struct.unpack_from("<H", tiff, first)[0]
    second = struct.unpack_from("<I", tiff, first + 2 + 12 * entries)[0]
    found = {}
    for i in range(struct.unpack_from("<H", tiff, second)[0]):
        tag, _, _, value = struct.unpack_from("<HHII", tiff, second + 2 + 12 * i)
        found[tag] = value
    start, length = found[0x0201], found[0x0202]
    return Image.open(io.BytesIO(tiff[start : start + length]))


def test_the_first_film_is_coded_lying_and_shown_upright(inbox: Path) -> None:
    """Telephone footage: wider than high in the file, with a matrix that turns it by 90 degrees."""
    film = inbox / "dry-needling--0042--neck" / "neck before.MOV"
    body = film.read_bytes()
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == (320, 180)
        assert video.average_rate == 30
        frame = next(container.decode(video))
        assert frame.rotation == -90
    assert matrix(body) == (0.0, 1.0, -1.0, 0.0)
    assert body[4:12] == b"ftypqt  "


def test_the_second_film_is_upright_and_as_high(inbox: Path) -> None:
    """The film after treatment shows the same view without a matrix, its index first."""
    film = inbox / "dry-needling--0042--neck" / "neck after.mp4"
    body = film.read_bytes()
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        assert (video.width, video.height) == (180, 320)
        assert container.streams.audio[0].rate == 48000
        assert sum(1 for _ in container.decode(video)) == video.frames == 174
    assert matrix(body) == (1.0, 0.0, 0.0, 1.0)
    order = [path for path, _ in atoms(body)]
    assert order.index(b"/moov") < order.index(b"/mdat")


def test_films_carry_place_device_and_time(inbox: Path) -> None:
    """There is something to remove: coordinates, the device and the day, in both films."""
    case = inbox / "dry-needling--0042--neck"
    before, after = ((case / f"neck {role}").read_bytes() for role in ("before.MOV", "after.mp4"))
    for wanted in (b"com.apple.quicktime.location.ISO6709", b"+40.2015-069.7342", DEVICE):
        assert wanted in before
    assert b"2026-10-16T15:02:11" in before
    assert DEVICE in after
    with av.open(str(case / "neck after.mp4")) as container:
        assert container.metadata["location"].startswith("+40.2015-069.7342")
        assert container.metadata["creation_time"].startswith("2026-11-19")


def how_far(film: Path, *, quarter_turns: int) -> float:
    """The greatest part of the head's place (0 to 1) that differs from the film's first frame."""
    with av.open(str(film)) as container:
        frames = [
            np.rot90(frame.to_ndarray(format="gray"), k=quarter_turns).astype(int)
            for frame in container.decode(video=0)
        ]
    height, width = frames[0].shape
    head = (slice(height // 4, height // 2), slice(width // 4, 3 * width // 4))
    return max(float((abs(frame - frames[0])[head] > 24).mean()) for frame in frames)


def test_the_head_turns_further_afterwards(inbox: Path) -> None:
    """Stiff before and free after: the head moves in both films, and clearly more in the second."""
    case = inbox / "dry-needling--0042--neck"
    stiff = how_far(case / "neck before.MOV", quarter_turns=-1)
    free = how_far(case / "neck after.mp4", quarter_turns=0)
    assert stiff > 0.02
    assert free > 1.5 * stiff


def test_the_broken_film_opens_and_ends_early(inbox: Path) -> None:
    """Its index promises more frames than its bytes hold."""
    whole = 0
    with av.open(str(inbox / "shoulder-mobility--0420" / "IMG_0231.mp4")) as container:
        promised = container.streams.video[0].frames
        with contextlib.suppress(av.error.FFmpegError):
            for packet in container.demux(video=0):
                if not packet.is_corrupt:
                    whole += len(packet.decode())
    assert promised == 75
    assert 0 < whole < 60


def test_the_heic_is_turned_and_says_where_it_was_taken(inbox: Path) -> None:
    """HEIC of a telephone: lying pixels, orientation 6, coordinates, device, preview."""
    path = inbox / "posture-training--0117" / "IMG_2204_before.HEIC"
    assert path.read_bytes()[4:12] == b"ftypheic"
    picture = pillow_heif.open_heif(path)
    assert picture.size == (600, 800)
    exif = Image.Exif()
    exif.load(picture.info["exif"])
    assert exif[ExifTags.Base.Orientation] == 6
    assert exif[ExifTags.Base.Model] == "Pocketcam 7"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    assert (place[2], place[4]) == PLACE
    assert exif_preview(picture.info["exif"]).size == (120, 160)


@pytest.mark.parametrize(
    "name",
    [
        "posture-training--0117/IMG_2391_after.JPG",
        "dry-needling--0042--neck/needle during.jpg",
        "shoulder-mobility--0203--arm-raise/arm raise after.jpg",
        "soft-tissue-mobilization--0311--before.jpg",
        "posture-training--0256/after.jpg",
    ],
)
def test_jpegs_carry_what_must_go(inbox: Path, name: str) -> None:
    """Coordinates, device, serial number, comment and a preview, in every photograph."""
    with Image.open(inbox / name) as picture:
        exif = picture.getexif()
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
        assert (place[2], place[4]) == PLACE
        assert exif[ExifTags.Base.Make] == "Pocketcam"
        camera = exif.get_ifd(ExifTags.IFD.Exif)
        assert camera[ExifTags.Base.BodySerialNumber] == "PC7-00831-X"
        assert picture.info["comment"] == b"PC7-00831-X"
        assert max(exif_preview(picture.info["exif"]).size) == 160
        assert colours(picture) > 4000


def test_the_png_holds_words(inbox: Path) -> None:
    """The PNG names its author and the place in text chunks."""
    path = inbox / "shoulder-mobility--0203--arm-raise" / "arm raise before.png"
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert "+40.2015" in picture.info["Comment"]
        assert picture.info["Author"]


def test_no_two_media_are_alike(inbox: Path) -> None:
    """Bytes that stood under two subjects would wait with a question."""
    media = [path.read_bytes() for path in inbox.rglob("*") if path.suffix not in {"", ".yaml"}]
    assert len(media) == len(set(media)) == 15


def test_nothing_is_left_behind(drawn: Path) -> None:
    """No hidden or temporary file lies in the folder."""
    assert not list(drawn.rglob(".*"))


def test_the_logo_has_clear_corners(drawn: Path) -> None:
    """A PNG with transparency: ink on clear ground, so that it sits on any plate."""
    with Image.open(drawn / "templates" / "brand" / "logo.png") as logo:
        assert logo.mode == "RGBA"
        assert logo.getpixel((0, 0)) == (0, 0, 0, 0)
        ink = logo.getchannel("A").point(lambda alpha: 255 * (alpha > 0)).histogram()[255]
        assert 0.05 < ink / (logo.width * logo.height) < 0.6


def test_records_are_complete(drawn: Path) -> None:
    """Every record is read without a defect, and its scan lies beside it."""
    found = {}
    for path in sorted((drawn / "consents").glob("*.yaml")):
        record = read_record(read_mapping(path.read_text(encoding="utf-8")))
        assert isinstance(record, Record), path.name
        assert not record.defects, path.name
        assert (drawn / "consents" / str(record.document)).is_file()
        assert record.signed_on is not None
        assert record.signed_on < TODAY - timedelta(days=30)
        assert record.expires_on == TODAY + timedelta(days=365)
        found[record.subject] = record
    assert sorted(found) == ["0042", "0117", "0203", "0256", "0311", "0420"]
    assert found["0256"].revoked_on == TODAY - timedelta(days=8)
    assert [code for code, record in found.items() if record.revoked_on] == ["0256"]
    assert found["0042"].allows.face
    assert found["0042"].allows.voice
    assert not (drawn / "consents" / "C-0388.yaml").exists()


def test_case_files_are_understood(inbox: Path) -> None:
    """Both case.yaml are read without a complaint and name only files that are there."""
    cases = list(inbox.rglob("case.yaml"))
    assert len(cases) == 2
    for path in cases:
        case = read_case_file(read_mapping(path.read_text(encoding="utf-8")))
        assert isinstance(case, CaseFile), case
        words = yaml.safe_load(path.read_text(encoding="utf-8"))
        for file, medium in words["media"].items():
            assert (path.parent / file).is_file(), file
            assert medium["caption"]
            assert medium["alt"]


@pytest.mark.parametrize(
    "path", sorted((EXAMPLES / "treatments").glob("*.md")), ids=lambda p: p.stem
)
def test_treatments_are_copy_that_pages_take(path: Path) -> None:
    """Each has a title, a summary, a place, sections, a numbered list and a source to follow."""
    treatment = read_treatment(
        path.read_text(encoding="utf-8"), slug=path.stem, read_mapping=read_mapping
    )
    assert treatment.summary
    assert treatment.body_location
    assert len(treatment.sections) >= 3
    assert "<ol>" in treatment.html
    assert all((source.url or "").startswith("https://") for source in treatment.sources)
    assert treatment.sources


def test_every_case_has_its_treatment(inbox: Path) -> None:
    """No demonstration case waits because its treatment has no page."""
    used = {path.name.partition("--")[0] for path in inbox.iterdir()}
    assert used == {path.stem for path in (EXAMPLES / "treatments").glob("*.md")}


@pytest.mark.parametrize("path", [ROOT / "config.yaml", EXAMPLES / "config.yaml"])
def test_example_configurations_are_valid(path: Path) -> None:
    """Both configurations load, and describe a workspace on this machine."""
    loaded = load(path, environment={})
    assert loaded.config.clinic.time_zone == "America/New_York"
    assert loaded.config.storage.public.kind == "local"
    assert loaded.config.executor.workers == "auto"


def test_the_same_picture_is_drawn_each_time() -> None:
    """Leaves and signatures come from seeded dice: two processes draw the same pixels."""
    code = (
        "import hashlib, papers, pictures, figures;"
        "drawn = [pictures.draw_needle(scale=0.2), papers.draw_form('0042', scale=0.3, seed=42),"
        "pictures.draw_posture(figures.OMAR, upright=0.4, scale=0.2),"
        "pictures.draw_neck_turn(yaw=20, hitch=0.3, scale=0.2)];"
        "print([hashlib.sha256(each.tobytes()).hexdigest() for each in drawn])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            cwd=EXAMPLES,
            env={"PATH": os.defpath, "PYTHONHASHSEED": dice, "PYTHONDONTWRITEBYTECODE": "1"},
            timeout=60,
        ).stdout
        for dice in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 4 * 64
