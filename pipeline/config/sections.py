"""The sections of config.yaml as frozen values, each named after what it feeds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from pipeline.rules.inbox.naming import PAPER_WORDS
from pipeline.rules.media import CHANNELS, Recipe
from pipeline.rules.recipes import DEFAULT_RECIPES
from pipeline.rules.spelling import nearest


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"'{value}' is no time zone; write one like America/New_York") from error
    return value


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"]+", value):
        raise ValueError("write a whole address that starts with https:// or http://")
    return value if value.endswith("/") else f"{value}/"


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError('write a colour as "#rrggbb", with the quotation marks')
    return value.lower()


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _workers(value: object) -> object:
    text = str(value)
    if text == "auto":
        return text
    if not (text.isdecimal() and 1 <= int(text) <= 64):
        raise ValueError("write auto or a number from 1 to 64")
    return int(text)


def interval_s(text: str) -> float | None:
    """Return the seconds of `every 30 s`, or None for a time of day like `03:00`.

    Raises:
        ValueError: the text is neither.
    """
    every = re.fullmatch(r"every\s+(\d+)\s*(s|min|h)", text.strip())
    if every and int(every[1]) > 0:
        return int(every[1]) * {"s": 1, "min": 60, "h": 3600}[every[2]]
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text.strip()):
        return None
    raise ValueError(f"'{text}' is no schedule; write 'every 30 s', 'every 1 min' or '03:00'")


Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
Colour = Annotated[str, AfterValidator(_colour)]
Words = Annotated[tuple[str, ...], BeforeValidator(_as_list)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


class Section(BaseModel):
    """A section of the file: frozen, and refusing names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Clinic(Section):
    """Who publishes."""

    name: Annotated[str, Field(min_length=1)]
    url: Address
    time_zone: Zone
    language: Literal["en", "es"] = "en"
    contact: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's time zone, in which all its days begin and end."""
        return ZoneInfo(self.time_zone)


class Colours(Section):
    """The brand's colours; text on pages is darkened or lightened from them when it must be."""

    primary: Colour = "#0b6e69"
    ground: Colour = "#f4f6f5"
    ink: Colour = "#ffffff"


class Brand(Section):
    """How pictures and pages show whose they are."""

    logo: Path | None = None
    colours: Colours = Colours()
    font: Path | None = None


class RoleWordsWish(Section):
    """More words of a role, beside the built-in ones."""

    before: Words = ()
    after: Words = ()
    during: Words = ()
    single: Words = ()
    press: Words = ()
    skip: Words = ()


class Inbox(Section):
    """Where staff drop files, and how long a file must have been quiet."""

    path: Path
    settle_s: Seconds = 5
    case_quiet_s: Seconds = 120
    papers: Words = PAPER_WORDS
    roles: RoleWordsWish = RoleWordsWish()
    consents: bool = True


class CatalogPlace(Section):
    """Where decisions, records and events are kept."""

    url: str

    @field_validator("url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME")
        return value


class StoragePlace(Section):
    """A folder or a bucket."""

    kind: Literal["local", "s3"]
    root: Path | None = None
    bucket: str | None = None
    prefix: str = ""
    endpoint_url: str | None = None
    region: str | None = None
    encrypt: str | None = None

    @model_validator(mode="after")
    def _has_a_place(self) -> StoragePlace:
        if self.kind == "local" and self.root is None:
            raise ValueError("storage of kind local needs a root (a folder)")
        if self.kind == "s3" and not self.bucket:
            raise ValueError("storage of kind s3 needs a bucket")
        return self


class PublicPlace(StoragePlace):
    """Storage that everybody can read."""

    base_url: Address
    max_age_s: Annotated[int, Field(ge=0, le=3600)] = 3600
    tombstone: bool = True
    probe: bool = False


class Storage(Section):
    """Originals and rendered files lie in private storage; only `publish` writes to public."""

    private: StoragePlace
    public: PublicPlace


class Executor(Section):
    """Who renders."""

    kind: Literal["processes", "dask"] = "processes"
    workers: Annotated[Literal["auto"] | int, BeforeValidator(_workers)] = "auto"
    address: str | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> Executor:
        if self.kind == "dask" and not self.address:
            raise ValueError("an executor of kind dask needs an address (tcp://…)")
        return self


class Schedule(Section):
    """When the jobs run: `every N s|min|h`, or a time of the clinic's day."""

    watch: str = "every 1 min"
    work: str = "every 30 s"
    verify: str = "03:00"
    remind: str = "08:00"

    @field_validator("*")
    @classmethod
    def _understood(cls, value: str) -> str:
        interval_s(value)
        return value


class ConsentPolicy(Section):
    """What a record must have beyond the law."""

    document: Literal["optional", "required"] = "optional"


class Config(Section):
    """The whole file."""

    clinic: Clinic
    brand: Brand = Brand()
    inbox: Inbox
    catalog: CatalogPlace
    storage: Storage
    executor: Executor = Executor()
    review: Literal["flagged", "always"] = "flagged"
    channels: Words = ("web", "instagram", "facebook", "tiktok", "youtube", "google")
    recipes: tuple[Recipe, ...] = DEFAULT_RECIPES
    schedule: Schedule = Schedule()
    consent: ConsentPolicy = ConsentPolicy()

    @field_validator("channels")
    @classmethod
    def _known_channels(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in CHANNELS:
                near = nearest(name, known=CHANNELS)
                raise ValueError(
                    f"'{name}' is no channel" + (f"; did you mean {near}?" if near else "")
                )
        return value

    @property
    def watch_interval_s(self) -> float:
        """How long a lapse of consent can go unnoticed at most."""
        return interval_s(self.schedule.watch) or 86_400

    @property
    def lead_s(self) -> int:
        """How long before consent ends a withdrawal must start (contracts, 2: dates)."""
        return int(self.storage.public.max_age_s + self.watch_interval_s)
