"""config.yaml as frozen values: what may stand there, what it means, and what is wrong with it.

Sections are named after what they feed. Any key can also be set from the environment as
`CLINICMEDIA__STORAGE__PUBLIC__BUCKET=…`. Paths are relative to the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from pipeline.rules.errors import UsageError
from pipeline.rules.inbox.naming import PAPER_WORDS
from pipeline.rules.media import CHANNELS, Recipe
from pipeline.rules.recipes import DEFAULT_RECIPES, RecipeWish, read_recipe
from pipeline.rules.spelling import nearest
from pipeline.tools.documents import Unreadable, read_mapping, read_text

ENVIRONMENT_PREFIX = "CLINICMEDIA__"


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
    workers: Literal["auto"] | Annotated[int, Field(ge=1, le=64)] = "auto"
    address: str | None = None


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


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config together with the folder that its relative paths start from."""

    config: Config
    folder: Path

    def path(self, relative: Path) -> Path:
        """Resolve a path of the file."""
        return self.folder / relative.expanduser()


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


def load(path: Path, *, environment: Mapping[str, str]) -> Loaded:
    """Read, complete and check a config file.

    Raises:
        UsageError: it is missing, unreadable or wrong; the text names every mistake.
    """
    try:
        text = read_text(path.read_bytes())
    except OSError as error:
        raise UsageError(
            f"There is no configuration at {path} ({error.strerror}).",
            remedy="Run 'clinicmedia init DIR' for a new workspace, or name one with --config.",
        ) from error
    except Unreadable as error:
        raise UsageError(f"{path} cannot be read: {error}.") from error
    try:
        raw = read_mapping(text)
    except Unreadable as error:
        raise UsageError(f"{path} is not valid: {error}.") from error
    return Loaded(parse(_with_environment(raw, environment), name=str(path)), path.parent.resolve())


def parse(raw: Mapping[str, Any], *, name: str) -> Config:
    """Turn a mapping of texts into a config; `name` is what messages call it.

    Raises:
        UsageError: something is wrong; the text names every mistake in one line each.
    """
    wishes = {key: value for key, value in raw.items() if key not in {"recipes", "recipes+"}}
    problems: list[str] = []
    recipes = _recipes(raw, problems)
    try:
        config = Config.model_validate({**wishes, "recipes": recipes})
    except ValidationError as error:
        problems += [_in_words(detail, raw) for detail in error.errors()]
    if problems:
        raise UsageError(
            f"{name} is not valid:\n" + "\n".join(f"  {line}" for line in problems),
            remedy="Correct these lines; the README explains every key.",
        )
    return config


def _recipes(raw: Mapping[str, Any], problems: list[str]) -> tuple[Recipe, ...]:
    replaced, added = raw.get("recipes"), raw.get("recipes+")
    chosen = {} if replaced is not None else {recipe.name: recipe for recipe in DEFAULT_RECIPES}
    for wishes in (replaced, added):
        if wishes is None:
            continue
        if not isinstance(wishes, Mapping):
            problems.append("recipes: expected names with a recipe each")
            continue
        for name, wish in wishes.items():
            found = read_recipe(str(name), wish)
            if isinstance(found, RecipeWish):
                problems.append(f"recipes: {name}: {found.problem}")
            else:
                chosen[found.name] = found
    return tuple(chosen.values())


def _in_words(detail: Any, raw: Mapping[str, Any]) -> str:  # noqa: ANN401 - pydantic's ErrorDetails is such a mapping
    """Say one of pydantic's findings as a person would."""
    place = [str(part) for part in detail["loc"] if part not in {"auto", "constrained-int"}]
    where = ".".join(place)
    if detail["type"] == "extra_forbidden":
        section: Any = raw
        for part in place[:-1]:
            section = section.get(part, {}) if isinstance(section, Mapping) else {}
        near = nearest(place[-1], known=_known_names(place[:-1]))
        return f"{where}: this name is not known" + (f"; did you mean {near}?" if near else "")
    if detail["type"] == "missing":
        return f"{where}: this is required"
    message = str(detail["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message


def _known_names(place: list[str]) -> tuple[str, ...]:
    model: Any = Config
    for part in place:
        field = getattr(model, "model_fields", {}).get(part)
        model = field.annotation if field else None
    names = tuple(getattr(model, "model_fields", {}))
    return (*names, "recipes+") if not place else names


def _with_environment(
    raw: Mapping[str, object], environment: Mapping[str, str]
) -> dict[str, object]:
    """Lay the environment's keys over the file's."""
    result = dict(raw)
    for name, value in sorted(environment.items()):
        if not name.startswith(ENVIRONMENT_PREFIX):
            continue
        *sections, last = name.removeprefix(ENVIRONMENT_PREFIX).lower().split("__")
        target = result
        for section in sections:
            inner = target.get(section)
            copied: dict[str, object] = dict(inner) if isinstance(inner, dict) else {}
            target[section] = copied
            target = copied
        if last == "channels":
            target[last] = [word.strip() for word in value.split(",")]
        else:
            target[last] = value
    return result
