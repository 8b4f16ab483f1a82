"""Encoded files: the picture, its colours' meaning and one packet of rights; nothing else."""

from __future__ import annotations

import io
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from PIL import Image, ImageCms

from pipeline.rules.work import Rights
from pipeline.tools.images.encoders import SRGB, encode, rights_packet

RIGHTS = Rights(
    "Riverside Physio", "Riverside Physio", "© 2026 <Riverside> & Co", "https://x.example/r?a=1&b=2"
)
FORMATS = ("avif", "webp", "jpeg")
DC, PHOTOSHOP = "{http://purl.org/dc/elements/1.1/}", "{http://ns.adobe.com/photoshop/1.0/}"
XMP_RIGHTS = "{http://ns.adobe.com/xap/1.0/rights/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


def picture(width: int = 320, height: int = 240) -> Image.Image:
    """A soft picture with colours, such as photographs are."""
    bands = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.new("L", (256, 256), 90)]
    return Image.merge("RGB", bands).resize((width, height))


def encoded(form: str, *, rights: Rights = RIGHTS, quality: dict[str, str] | None = None) -> bytes:
    """The picture as a file."""
    return encode(picture(), format=form, quality=quality or {}, rights=rights)


def jpeg_segments(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Every marker segment of a JPEG with its content, up to the picture's data."""
    at = 2
    while at < len(body):
        marker, size = body[at + 1], struct.unpack(">H", body[at + 2 : at + 4])[0]
        yield marker, body[at + 4 : at + 2 + size]
        if marker == 0xDA:
            return
        at += 2 + size


def riff_chunks(body: bytes) -> list[tuple[bytes, bytes]]:
    """Every chunk of a WebP."""
    found, at = [], 12
    while at < len(body):
        name, size = struct.unpack("<4sI", body[at : at + 8])
        found.append((name, body[at + 8 : at + 8 + size]))
        at += 8 + size + size % 2
    return found


def text_of(about: ET.Element, path: str) -> str | None:
    """The words of an element that has to be there."""
    found = about.find(path)
    assert found is not None, path
    return found.text


def xmp_of(form: str, body: bytes) -> bytes:
    """The XMP packet, read without Pillow; empty where there is none."""
    if form == "jpeg":
        found = [rest for marker, rest in jpeg_segments(body) if marker == 0xE1]
        return b"".join(found).removeprefix(b"http://ns.adobe.com/xap/1.0/\0")
    if form == "webp":
        return dict(riff_chunks(body)).get(b"XMP ", b"")
    start = body.find(b"<?xpacket begin")
    return body[start : body.find(b'<?xpacket end="r"?>') + 19] if start >= 0 else b""


@pytest.mark.parametrize("form", FORMATS)
def test_the_rights_packet_survives_in_every_format(form: str) -> None:
    """Creator, credit, rights and the statement's address, each as it was given."""
    packet = xmp_of(form, encoded(form))
    assert packet == rights_packet(RIGHTS)
    about = ET.fromstring(packet.split(b"?>", 1)[1].rsplit(b"<?", 1)[0])[0][0]  # noqa: S314 - written by us
    assert text_of(about, f"{DC}creator/{RDF}Seq/{RDF}li") == RIGHTS.creator
    assert text_of(about, f"{DC}rights/{RDF}Alt/{RDF}li") == RIGHTS.rights
    assert text_of(about, f"{PHOTOSHOP}Credit") == RIGHTS.credit
    assert text_of(about, f"{XMP_RIGHTS}WebStatement") == RIGHTS.web_statement
    assert len(about) == 4


@pytest.mark.parametrize("form", FORMATS)
def test_without_rights_there_is_no_packet(form: str) -> None:
    """Nothing to say: nothing is written."""
    body = encoded(form, rights=Rights())
    assert xmp_of(form, body) == b""
    assert b"xmpmeta" not in body


def test_letters_that_xml_forbids_do_not_break_the_packet() -> None:
    """Control characters and half letters are left out; the packet stays XML."""
    packet = rights_packet(Rights(creator="a\0b\x1bc\ud800d\ufffe<&>'\""))
    about = ET.fromstring(packet.split(b"?>", 1)[1].rsplit(b"<?", 1)[0])[0][0]  # noqa: S314 - written by us
    assert text_of(about, f"{DC}creator/{RDF}Seq/{RDF}li") == "abcd<&>'\""


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_picture_has_the_same_bytes(form: str) -> None:
    """No times, no threads, no dice."""
    assert encoded(form) == encoded(form)


def test_a_jpeg_holds_these_segments_and_no_others() -> None:
    """JFIF, one XMP, one ICC profile (ours), tables: progressive, 4:2:0, ended by EOI."""
    body = encoded("jpeg")
    segments = list(jpeg_segments(body))
    markers = [marker for marker, _ in segments]
    assert markers.count(0xE0) == markers.count(0xE1) == markers.count(0xE2) == 1
    assert set(markers) <= {0xE0, 0xE1, 0xE2, 0xDB, 0xC2, 0xC4, 0xDA}
    assert dict(segments)[0xE2] == b"ICC_PROFILE\0\x01\x01" + SRGB
    frame = dict(segments)[0xC2]
    assert [frame[7 + 3 * part] for part in range(3)] == [0x22, 0x11, 0x11]
    assert body.endswith(b"\xff\xd9")


def test_a_webp_holds_these_chunks_and_no_others() -> None:
    """The header, our profile, the picture, the rights."""
    chunks = riff_chunks(encoded("webp"))
    assert [name for name, _ in chunks] == [b"VP8X", b"ICCP", b"VP8 ", b"XMP "]
    assert dict(chunks)[b"ICCP"] == SRGB


def test_an_avif_says_srgb_in_numbers_and_has_no_exif() -> None:
    """Primaries 1, curve 13, full range; two items: the picture and its rights."""
    body = encoded("avif")
    assert b"colrnclx\0\x01\0\x0d\0\x06\x80" in body
    assert body.count(b"infe") == 2
    assert b"Exif" not in body
    assert b"prof" not in body[: body.index(b"mdat")]


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_of_the_source_rides_along(form: str) -> None:
    """Comments, EXIF, GPS, thumbnails and profiles that hang on an image do not get out."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY"
    exif.get_ifd(0x8825)[1] = "CANARY"
    source = io.BytesIO()
    picture().save(
        source, "JPEG", exif=exif, comment=b"CANARY", icc_profile=SRGB + b"CANARY", xmp=b"CANARY"
    )
    with Image.open(source) as opened:
        opened.load()
        body = encode(opened, format=form, quality={}, rights=RIGHTS)
    assert b"CANARY" in source.getvalue()
    assert b"CANARY" not in body
    assert b"Exif" not in body


@pytest.mark.parametrize("form", FORMATS)
def test_colours_come_back(form: str) -> None:
    """Read back, the picture is the picture."""
    with Image.open(io.BytesIO(encoded(form, quality={"quality": "90"}))) as read:
        assert (read.format, read.mode, read.size) == (form.upper(), "RGB", (320, 240))
        pairs = zip(read.tobytes(), picture().tobytes(), strict=True)
        assert sum(abs(one - other) for one, other in pairs) / (320 * 240 * 3) < 3


@pytest.mark.parametrize("form", FORMATS)
def test_quality_is_heard_under_both_names(form: str) -> None:
    """As "quality" (what a plan sends) and under the format's own name (what a recipe says)."""
    low, high = encoded(form, quality={"quality": "20"}), encoded(form, quality={"quality": "90"})
    assert len(low) < len(high)
    assert encoded(form, quality={form: "20"}) == low


def test_our_profile_is_srgb_and_has_no_date() -> None:
    """The constant is a readable sRGB profile, the same on every machine."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(SRGB))
    description = profile.profile.profile_description
    assert description is not None
    assert "sRGB" in description
    assert SRGB[24:36] == bytes(12)
