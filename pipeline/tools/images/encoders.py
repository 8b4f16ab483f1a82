"""Writing a finished picture as AVIF, WebP or JPEG: the same bytes for the same picture, always.

Every file says what its colours mean and carries one packet of rights, in XMP; nothing else that
is not the picture.
"""

from __future__ import annotations

import base64
import io
from html import escape
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.rules.work import Rights

CONTENT_TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}
EXTENSIONS = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
_DEFAULT_QUALITY = {"avif": "60", "webp": "80", "jpeg": "85"}

# The sRGB profile that LittleCMS makes, its date of making zeroed. AVIF says the same in four
# numbers of its own.
SRGB = base64.b64decode(
    b"AAACTGxjbXMEQAAAbW50clJHQiBYWVogAAAAAAAAAAAAAAAAYWNzcEFQUEwAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    b"AAAAAPbWAAEAAAAA0y1sY21zAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAL"
    b"ZGVzYwAAAQgAAAA2Y3BydAAAAUAAAABMd3RwdAAAAYwAAAAUY2hhZAAAAaAAAAAsclhZWgAAAcwAAAAUYlhZWgAA"
    b"AeAAAAAUZ1hZWgAAAfQAAAAUclRSQwAAAggAAAAgZ1RSQwAAAggAAAAgYlRSQwAAAggAAAAgY2hybQAAAigAAAAk"
    b"bWx1YwAAAAAAAAABAAAADGVuVVMAAAAaAAAAHABzAFIARwBCACAAYgB1AGkAbAB0AC0AaQBuAABtbHVjAAAAAAAA"
    b"AAEAAAAMZW5VUwAAADAAAAAcAE4AbwAgAGMAbwBwAHkAcgBpAGcAaAB0ACwAIAB1AHMAZQAgAGYAcgBlAGUAbAB5"
    b"WFlaIAAAAAAAAPbWAAEAAAAA0y1zZjMyAAAAAAABDEIAAAXe///zJQAAB5MAAP2Q///7of///aIAAAPcAADAblhZ"
    b"WiAAAAAAAABvoAAAOPUAAAOQWFlaIAAAAAAAACSfAAAPhAAAtsNYWVogAAAAAAAAYpcAALeHAAAY2XBhcmEAAAAA"
    b"AAMAAAACZmYAAPKnAAANWQAAE9AAAApbY2hybQAAAAAAAwAAAACj1wAAVHsAAEzNAACZmgAAJmYAAA9c"
)
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"\
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"\
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/">{fields}</rdf:Description></rdf:RDF></x:xmpmeta>\
<?xpacket end="r"?>"""


def encode(
    image: Image.Image,
    *,
    format: str,  # noqa: A002 - the word that renditions use for it
    quality: Mapping[str, str],
    rights: Rights,
) -> bytes:
    """Return the RGB picture as a file of that format.

    `quality` has the format's own number under its name, or "quality", from 1 to 100; AVIF's
    "speed" (0 to 10, default 6) beside it.

    Raises:
        KeyError: the format is none of avif, webp and jpeg.
        ValueError: a setting is no number.
    """
    level = int(quality.get("quality", quality.get(format, _DEFAULT_QUALITY[format])))
    settings: dict[str, Any] = {"quality": level}
    if format == "avif":
        # One thread: what several make is not always the same to the byte.
        settings |= {"speed": int(quality.get("speed", "6")), "max_threads": 1}
        settings |= {"subsampling": "4:2:0"}
    elif format == "webp":
        settings |= {"method": 4, "icc_profile": SRGB}
    else:
        settings |= {"progressive": True, "optimize": True, "subsampling": "4:2:0"}
        settings |= {"icc_profile": SRGB}
    packet = rights_packet(rights)
    if packet:
        settings["xmp"] = packet
    # Made of pixels alone: an image drags along whatever its file had.
    fresh = Image.frombytes("RGB", image.size, image.tobytes())
    file = io.BytesIO()
    fresh.save(file, format=format.upper(), **settings)
    return file.getvalue()


def rights_packet(rights: Rights) -> bytes:
    """Return the XMP packet that names the clinic; empty when there is nothing to name."""
    fields = ""
    if rights.creator:
        fields += (
            f"<dc:creator><rdf:Seq><rdf:li>{_text(rights.creator)}</rdf:li></rdf:Seq></dc:creator>"
        )
    if rights.rights:
        fields += (
            '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">'
            f"{_text(rights.rights)}</rdf:li></rdf:Alt></dc:rights>"
        )
    if rights.credit:
        fields += f"<photoshop:Credit>{_text(rights.credit)}</photoshop:Credit>"
    if rights.web_statement:
        fields += f"<xmpRights:WebStatement>{_text(rights.web_statement)}</xmpRights:WebStatement>"
    return _PACKET.format(fields=fields).encode() if fields else b""


def _text(value: str) -> str:
    """Return a text for XML: escaped, without the letters that XML does not know."""
    known = (
        letter
        for letter in value
        if letter in "\t\n" or (letter >= " " and not 0xD800 <= ord(letter) < 0xE000)
    )
    return escape("".join(each for each in known if each not in "\ufffe\uffff"), quote=False)
