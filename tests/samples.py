"""Small odd originals, made on the spot by ffmpeg and Pillow and kept for the session.

A film is 320x180, one and a half seconds, with a corner of each colour, so that a turned, mirrored
or squashed picture shows: red above left, green above right, blue below left, white below right.
`video("rotate90")` gives a path to read; who wants to change a file copies it first.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageDraw, PngImagePlugin

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()  # asked for now: tests put others in its place
WIDTH, HEIGHT, RATE, DURATION_S = 320, 180, 30, 1.5
FRAMES = 45
CORNERS = {
    (0.15, 0.15): (255, 0, 0),
    (0.85, 0.15): (0, 128, 0),
    (0.15, 0.85): (0, 0, 255),
    (0.85, 0.85): (255, 255, 255),
}
CANARY = "Jane Doe 555-0199"  # whatever names a person in here must be nowhere afterwards
LOCATION = "+40.7128-074.0060/"

_AVC = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p")
_AAC = ("-c:a", "aac", "-b:a", "64k")
_X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=1")
_TURNS = {
    "rotate0-mirrored": ("0", True),
    "rotate90": ("90", False),
    "rotate90-mirrored": ("90", True),
    "rotate180": ("180", False),
    "rotate180-mirrored": ("180", True),
    "rotate270": ("270", False),
    "rotate270-mirrored": ("270", True),
    "tilted": ("45", False),
}


@functools.cache
def folder() -> Path:
    """The session's folder; it goes away with the process."""
    path = Path(tempfile.mkdtemp(prefix="samples-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


def ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg in the session's folder."""
    subprocess.run(
        [FFMPEG, "-nostdin", "-v", "error", "-y", *arguments],
        cwd=folder(),
        check=True,
    )


def corners(size: str = "160x90", *, rate: int = RATE, duration_s: float = DURATION_S) -> str:
    """Words for ffmpeg: the four coloured corners with something moving in the middle."""
    parts = [
        f"color=c={colour}:s={size}:r={rate}:d={duration_s}[{colour}]"
        for colour in ("red", "green", "blue", "white")
    ]
    layout = "xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0"
    return ";".join(
        [
            *parts,
            f"[red][green][blue][white]{layout}[all]",
            f"testsrc2=s=48x48:r={rate}:d={duration_s}[box]",
            "[all][box]overlay=x=(W-w)/2+20*t:y=(H-h)/2",
        ],
    )


@functools.cache
def video(name: str) -> Path:
    """The film of that name; see the names in this file."""
    if name in _TURNS:
        return _turned(name)
    if name in _FILMS:
        path = folder() / f"{name}.{_FILMS[name][0]}"
        ffmpeg(*_FILMS[name][1:], path)
        return path
    return _SPECIAL[name]()


def _source(words: str | None = None) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", words or corners())


def _tone(words: str = "sine=f=440:d=1.5") -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", words)


def _hdr(transfer: str, *, white: int) -> str:
    """Half diffuse white of 203 nit, given as a 10-bit code, half black."""
    return (
        f"format=yuv420p10le,geq=lum='if(lt(X,W/2),{white},64)':cb=512:cr=512,"
        f"setparams=color_primaries=bt2020:colorspace=bt2020nc:range=tv:color_trc={transfer}"
    )


_FIVE_ONE = "aevalsrc=0|0|0.5*sin(2765*t)|0|0|0:c=5.1:d=1.5"
_FILMS: dict[str, tuple[str, ...]] = {
    "plain": ("mp4", *_source(), *_tone(), *_AVC, *_AAC, "-movflags", "+faststart"),
    "other": ("mp4", *_source("color=c=magenta:s=320x180:r=30:d=1"), *_AVC),
    "no-audio": ("mp4", *_source(), *_AVC),
    "silent": ("mp4", *_source(), *_tone("anullsrc=d=1.5"), *_AVC, *_AAC),
    "mono": ("mov", *_source(), *_tone(), *_AVC, "-c:a", "pcm_s16le", "-ac", "1"),
    "surround": ("mkv", *_source(), *_tone(_FIVE_ONE), *_AVC, "-c:a", "flac"),
    "long-audio": ("mp4", *_source(), *_tone("sine=f=440:d=3"), *_AVC, *_AAC),
    "short-audio": ("mp4", *_source(), *_tone("sine=f=440:d=0.7"), *_AVC, *_AAC),
    "webm": ("webm", *_source(), *_tone(), "-c:v", "libvpx-vp9", "-deadline", "realtime",
             "-cpu-used", "8", "-c:a", "libopus"),
    "mkv": ("mkv", *_source(), *_tone(), *_AVC, *_AAC),
    "vfr": ("mp4", *_source(corners(rate=60)), *_tone(), "-vf",
            "select='not(eq(mod(n,5),2)+eq(mod(n,7),3))'", "-fps_mode", "vfr", *_AVC, *_AAC),
    "ntsc": ("mov", *_source(), "-r", "30000/1001", *_AVC),
    "fast": ("mp4", *_source(corners(rate=240)), *_AVC),
    "hlg": ("mov", *_source(), "-vf", _hdr("arib-std-b67", white=721), *_X265),
    "pq": ("mov", *_source(), "-vf", _hdr("smpte2084", white=573), *_X265),
    "full-range": ("mp4", *_source(), "-vf", "scale=out_range=pc,format=yuvj420p", *_AVC[:-2],
                   "-pix_fmt", "yuvj420p"),
    "odd": ("mp4", *_source(), "-vf", "scale=321:181,setsar=1,format=yuv444p", *_AVC[:-2],
            "-pix_fmt", "yuv444p"),
    "anamorphic": ("mp4", *_source(), "-vf", "scale=240:180,setsar=4/3", *_AVC),
    "interlaced": ("mp4", *_source(), "-vf", "setfield=tff", *_AVC, "-flags", "+ilme+ildct",
                   "-x264-params", "tff=1"),
    "dark-start": ("mp4", *_source(), "-vf", "drawbox=t=fill:c=black:enable='lt(t,0.6)'", *_AVC),
    "one-frame": ("mp4", *_source(), "-frames:v", "1", *_AVC),
    "wide": ("mp4", *_source("color=c=red:s=8400x32:r=30:d=0.1"), *_AVC),
    "days-apart": ("mkv", *_source(corners(duration_s=0.066)), "-vf", "setpts=N*86400/TB",
                   "-fps_mode", "vfr", *_AVC),
    "audio-only": ("mp4", *_tone(), *_AAC),
    "ffv1": ("mkv", *_source(), "-c:v", "ffv1"),
    "named": ("mov", *_source(), *_tone(), *_AVC, *_AAC, "-movflags", "+use_metadata_tags",
              "-metadata", f"title={CANARY}", "-metadata", f"artist={CANARY}",
              "-metadata", "creation_time=2026-03-05T21:00:00Z",
              "-metadata", f"com.apple.quicktime.location.ISO6709={LOCATION}",
              "-metadata", "com.apple.quicktime.creationdate=2026-03-05T16:00:00-0500",
              "-metadata:s:v", f"handler_name={CANARY}", "-metadata:s:a", f"title={CANARY}"),
}  # fmt: skip


def _turned(name: str) -> Path:
    """A film that a player has to turn: the same pixels under another display matrix."""
    degrees, mirrored = _TURNS[name]
    path = folder() / f"{name}.mp4"
    turn = ("-display_rotation", degrees, *(("-display_hflip",) if mirrored else ()))
    ffmpeg(*turn, "-i", video("plain"), "-c", "copy", path)
    return path


def _cut() -> Path:
    """A faststart film of which only the first part has arrived."""
    return _written("cut.mp4", video("plain").read_bytes()[: _size("plain") * 6 // 10])


def _zero_tail() -> Path:
    """The same, with the full size set beforehand."""
    whole = video("plain").read_bytes()
    return _written("zero-tail.mp4", whole[: len(whole) // 2].ljust(len(whole), b"\0"))


def _cut_mkv() -> Path:
    """A Matroska file of which only the first part has arrived; ffmpeg lets it pass."""
    return _written("cut.mkv", video("mkv").read_bytes()[: _size("mkv") * 6 // 10])


def _damaged() -> Path:
    """A film with a hole in the middle of its pictures."""
    body = bytearray(video("plain").read_bytes())
    middle = len(body) * 2 // 3
    body[middle : middle + 900] = bytes(range(1, 226)) * 4
    return _written("damaged.mp4", bytes(body))


def _playlist(name: str, words: str) -> Path:
    """A text that ffmpeg would follow to another film of the same folder."""
    shutil.copy(video("other"), folder() / "other_patient.mp4")
    return _written(name, words.encode())


def _tracks() -> Path:
    """A Matroska file with all that it can carry besides: attachment, subtitles, chapters."""
    notes = _written("notes.ffmeta", f";FFMETADATA1\ntitle={CANARY}\n[CHAPTER]\nTIMEBASE=1/1000\n"
                     f"START=0\nEND=700\ntitle={CANARY}\n".encode())  # fmt: skip
    words = _written("words.srt", f"1\n00:00:00,000 --> 00:00:01,000\n{CANARY}\n".encode())
    path = folder() / "tracks.mkv"
    ffmpeg("-i", video("mkv"), "-i", words, "-i", notes, "-map", "0", "-map", "1",
           "-map_metadata", "2", "-map_chapters", "2", "-c", "copy", "-c:s", "srt",
           "-attach", notes, "-metadata:s:t", "mimetype=text/plain",
           "-metadata:s:t", "filename=../../../../tmp/canary.txt", path)  # fmt: skip
    return path


def _cover() -> Path:
    """A film with a larger cover picture as its first track."""
    picture, path = folder() / "cover.png", folder() / "cover.mp4"
    Image.new("RGB", (640, 640), "magenta").save(picture)
    ffmpeg("-i", picture, "-i", video("plain"), "-map", "0", "-map", "1", "-c", "copy",
           "-disposition:v:0", "attached_pic", path)  # fmt: skip
    return path


def _size(name: str) -> int:
    return video(name).stat().st_size


def _written(name: str, body: bytes) -> Path:
    path = folder() / name
    path.write_bytes(body)
    return path


_SPECIAL: dict[str, Callable[[], Path]] = {
    "cut": _cut,
    "cut-mkv": _cut_mkv,
    "zero-tail": _zero_tail,
    "damaged": _damaged,
    "tracks": _tracks,
    "cover": _cover,
    "ffconcat": lambda: _playlist(
        "ffconcat.mp4",
        "ffconcat version 1.0\nfile other_patient.mp4\nduration 1\n",
    ),
    "m3u8": lambda: _playlist(
        "m3u8.mp4",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother_patient.mp4\n#EXT-X-ENDLIST\n",
    ),
}
VIDEOS = (*_TURNS, *_FILMS, *_SPECIAL)


@functools.cache
def photo(name: str) -> Path:
    """A photo with the four corners: jpeg png webp avif tiff heic, or cut-jpeg, gif."""
    image = _corners_image()
    suffix = {"jpeg": "jpg", "cut-jpeg": "jpg"}.get(name, name)
    path = folder() / f"photo-{name}.{suffix}"
    if name in {"jpeg", "cut-jpeg"}:
        image.save(path, format="JPEG", exif=_exif(image), comment=CANARY.encode())
        if name == "cut-jpeg":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif name == "png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", CANARY)
        image.save(path, pnginfo=text, exif=_exif(image))
    elif name == "heic":
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - of this format alone

        register_heif_opener()
        image.save(path, format="HEIF", exif=_exif(image).tobytes())
    else:
        image.save(path, format=name.upper())
    return path


def _corners_image() -> Image.Image:
    image = Image.new("RGB", (640, 480))
    draw = ImageDraw.Draw(image)
    for (x, y), colour in CORNERS.items():
        left, top = (0 if x < 0.5 else 320), (0 if y < 0.5 else 240)
        draw.rectangle((left, top, left + 319, top + 239), fill=colour)
    return image


def _exif(image: Image.Image) -> Image.Exif:
    """EXIF as phones write it: maker, time, place."""
    exif = image.getexif()
    exif[271], exif[315], exif[306] = "Phone", CANARY, "2026:03:05 16:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 42.0, 46.0), 3: "W", 4: (74.0, 0.0, 21.0)})
    return exif
