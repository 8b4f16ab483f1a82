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
    originals that are compared. `ever` are the people and licences of every original that the
    case has or had, those taken out included, as staff say it now.
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
    SHA-256 of its bytes, so that a new logo makes a new rendition. `pane` is 0 or 1 where it
    belongs to one side of a pair alone: where one side wipes the other away, it goes with it.
    """

    kind: str
    box: Box
    lines: tuple[str, ...] = ()
    font_px: int = 0
    ink: str = "#ffffff"
    ground: str = "#000000"
    image: str | None = None
    pane: int | None = None


@dataclass(frozen=True, slots=True)
class Pane:
    """The second side of a pair on a canvas; the fields mean what they mean for the first."""

    crop: Box
    place: Box
    at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What a film of a pair shows one after another, each in frames; cards may take none.

    The divider sweeps for `sweep` frames. `together`: both sides run from the start, the second
    unseen; otherwise the second side begins when the divider starts to move.
    """

    title: int
    before: int
    sweep: int
    after: int
    end: int
    together: bool = False

    @property
    def frames(self) -> int:
        """The length of the whole film."""
        return self.title + self.before + self.sweep + self.after + self.end


@dataclass(frozen=True, slots=True)
class Card:
    """A moving picture that we draw ourselves: no footage, only the brand and words.

    `kind` is title, end, lower or matte. `frames` are those in which something moves; the last
    one stands from then on. `key` is the hash of all that decides its pixels, `at` and `pane`
    (where it lies on the canvas, to which side of a pair it belongs) are not among it.
    """

    key: str
    kind: str
    width: int
    height: int
    frame_rate: float
    frames: int
    ground: str = "#000000"
    accent: str = "#ffffff"
    overlays: tuple[Overlay, ...] = ()
    at: tuple[int, int] = (0, 0)
    pane: int | None = None


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture of exact size that several renditions share: cropped, placed and branded once.

    `crop` is in upright pixels of the original; `place` is where that crop lies on the canvas;
    `ground` fills the rest. `at_s` makes it a still of a video. A picture of a pair has a `second`
    side; a film in which a divider wipes the first away has a `course`, and `cards` of its own.
    """

    recipe: str
    width: int
    height: int
    crop: Box
    place: Box
    ground: str
    overlays: tuple[Overlay, ...] = ()
    at_s: float | None = None
    second: Pane | None = None
    course: Course | None = None
    cards: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file that will exist: a canvas at a size, in a format, under a key.

    `key` is the hash of everything that decides the picture, so what exists is not made twice.
    `format` is avif, webp, jpeg or mp4; `quality` are the encoder's settings as (name, value).
    `sound` is keep, silence (a silent track) or none; `gain_db` is applied when it is kept.
    `originals` are one or, for a picture of a pair, before and after: it falls with either. The
    sound of a pair has in `gains_db` one gain for each side, None for a side that is not heard.
    """

    key: str
    name: str
    originals: tuple[str, ...]
    canvas: Canvas
    width: int
    height: int
    format: str
    quality: tuple[tuple[str, str], ...]
    frame_rate: float | None = None
    duration_s: float | None = None
    sound: str = "none"
    gain_db: float = 0.0
    gains_db: tuple[float | None, ...] = ()
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
