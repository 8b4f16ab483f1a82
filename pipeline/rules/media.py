"""The nouns: originals, cases, recipes and what is made of them, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

CHANNELS = (
    "web",
    "instagram",
    "facebook",
    "tiktok",
    "youtube",
    "google",
    "linkedin",
    "x",
    "email",
    "print",
)


class Kind(StrEnum):
    """What a medium is, as read from its bytes."""

    PHOTO = "photo"
    VIDEO = "video"


class Role(StrEnum):
    """What a medium shows within its case."""

    BEFORE = "before"
    AFTER = "after"
    DURING = "during"
    SINGLE = "single"
    PRESS = "press"


class Stage(StrEnum):
    """Where a case stands, for people and queries. No decision reads it."""

    ARRIVED = "ARRIVED"
    HELD = "HELD"
    CLEARED = "CLEARED"
    RENDERED = "RENDERED"
    REVIEW = "REVIEW"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in whole pixels; `x`, `y` is its upper left corner."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured once of an original, in the fenced child.

    `width` and `height` are upright and in square pixels. `transfer` is sdr, hlg or pq. Loudness
    is integrated LUFS and dBTP of the stereo downmix, None without sound or when silent.
    `taken_on` is the day in the file's own metadata, private, used only for `covers.taken_until`.
    `poster_at_s` is the time of a sharp, well-lit frame. `version` rises when measuring changes.
    """

    version: int
    kind: Kind
    format: str
    width: int
    height: int
    duration_s: float | None = None
    frame_rate: float | None = None
    has_audio: bool = False
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    transfer: str = "sdr"
    taken_on: date | None = None
    poster_at_s: float | None = None
    sharpness: float | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """One original of a case. `file` is the name staff gave it; it never becomes public.

    `people` are the codes of everyone who is seen or heard, the subject included; `rights` are
    licence ids. `received_on` is the clinic's day on which the file was taken in.
    """

    sha256: str
    file: str
    kind: Kind
    role: Role
    view: str
    people: tuple[str, ...]
    rights: tuple[str, ...]
    facts: Facts
    received_on: date


@dataclass(frozen=True, slots=True)
class Fall:
    """A publication that came down because consent ended: what coming back is measured against.

    `cause` is "revoked" or "expired"; `consents` are the record ids it stood on that ended;
    `at` is when the fall was committed, `received_at` when a revocation was received.
    """

    channel: str
    cause: str
    person: str
    consents: tuple[str, ...]
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One treatment story, as the consent rules and the planner see it.

    `name` is the slug of the folder name (private); `slug` is public. `consents` narrows the
    records that may govern; None means that staff named none. `consents_named_at` is when they
    were last named. `channels` is None when staff named none. `pairs` are (before, after) of
    originals that are compared. `ever` are the people and licences of all originals that the case has or had,
    those taken out included, as staff say it now.
    """

    name: str
    slug: str
    treatment: str
    subject: str
    subject_kind: str
    assets: tuple[Asset, ...] = ()
    channels: tuple[str, ...] | None = None
    consents: tuple[str, ...] | None = None
    consents_named_at: datetime | None = None
    complete: bool = False
    falls: tuple[Fall, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    ever: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Recipe:
    """A wish in config.yaml. Exactly one of `widths`, `short_sides` and `size` is set."""

    name: str
    sources: frozenset[str]
    channels: frozenset[str]
    roles: frozenset[str] = frozenset()
    widths: tuple[int, ...] = ()
    short_sides: tuple[int, ...] = ()
    size: tuple[int, int] | None = None
    fit: str = "inside"
    layout: str = "single"
    formats: tuple[str, ...] = ()
    codec: str | None = None
    quality: tuple[tuple[str, str], ...] = ()
    overlay: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something drawn onto a canvas: a logo, a label, a caption or a disclosure.

    `box` is where it lies on the canvas and holds all of it, scrim included. `lines` are already
    wrapped; `font_px` is the height of the font. Colours are #rrggbb. An image is named by the
    SHA-256 of its bytes, so that a new logo makes a new rendition.
    """

    kind: str
    box: Box
    lines: tuple[str, ...] = ()
    font_px: int = 0
    ink: str = "#ffffff"
    ground: str = "#000000"
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture of exact size that several renditions share: cropped, placed and branded once.

    `crop` is in upright pixels of the original; `place` is where that crop lies on the canvas;
    `ground` fills the rest. `at_s` makes it a still of a video.
    """

    recipe: str
    width: int
    height: int
    crop: Box
    place: Box
    ground: str
    overlays: tuple[Overlay, ...] = ()
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file that will exist: a canvas at a size, in a format, under a key.

    `key` is the hash of everything that decides the picture, so what exists is not made twice.
    `format` is avif, webp, jpeg or mp4; `quality` are the encoder's settings as (name, value).
    `sound` is keep, silence (a silent track) or none; `gain_db` is applied when it is kept.
    """

    key: str
    name: str
    original: str
    canvas: Canvas
    width: int
    height: int
    format: str
    quality: tuple[tuple[str, str], ...]
    frame_rate: float | None = None
    duration_s: float | None = None
    sound: str = "none"
    gain_db: float = 0.0
    redactions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """A rendition that exists in private storage and was verified."""

    key: str
    sha256: str
    size_bytes: int
    width: int
    height: int
    content_type: str
    duration_s: float | None = None
