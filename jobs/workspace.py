"""Opens a workspace from its configuration: what command line, schedule and pages share."""

from __future__ import annotations

import functools
import getpass
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.config import Loaded, StoragePlace, load
from pipeline.rules.errors import Unreachable, UsageError
from pipeline.rules.messages import Catalogue
from pipeline.steps import ledger
from pipeline.steps.means import Means, Progress, no_progress
from pipeline.tools.catalog.engine import Catalog
from pipeline.tools.documents import read_mapping
from pipeline.tools.executors import Processes
from pipeline.tools.scratch import sweep_scratch
from pipeline.tools.storage import Place, Readers, nested, open_storage
from pipeline.tools.templating import packaged_templates

log = logging.getLogger(__name__)

DEFAULT_CONFIG = Path("config.yaml")


def config_path(given: str | None) -> Path:
    """Return the configuration's file: as given, else from the environment, else the default."""
    return Path(given or os.environ.get("CLINICMEDIA_CONFIG") or DEFAULT_CONFIG)


def has_config(given: str | None) -> bool:
    """Return whether a configuration was named, or lies where it usually does."""
    return bool(given or os.environ.get("CLINICMEDIA_CONFIG")) or DEFAULT_CONFIG.is_file()


def login_name() -> str:
    """Return who is at the keyboard, for the event log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def system_now() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


@contextmanager
def open_workspace(
    path: Path,
    *,
    by: str,
    progress: Progress = no_progress,
    now: Callable[[], datetime] = system_now,
) -> Iterator[Means]:
    """Open everything that `path` names, and close it in the end.

    Raises:
        UsageError: the configuration is wrong, or public and private storage touch.
    """
    loaded = load(path, environment=os.environ)
    with _opened(loaded, by=by, progress=progress, now=now) as means:
        yield means


@contextmanager
def _opened(
    loaded: Loaded, *, by: str, progress: Progress, now: Callable[[], datetime]
) -> Iterator[Means]:
    config, folder = loaded.config, loaded.folder
    if config.executor.kind == "dask":
        raise UsageError(
            "executor.kind dask belongs to a later version.",
            remedy="Write executor: {kind: processes}.",
        )
    private = _place(config.storage.private, folder=folder, readers=Readers.STAFF)
    public = _public_place(loaded)
    _apart(private, public)
    inbox = folder / config.inbox.path.expanduser()
    if public.root and touches(inbox, public.root):
        raise UsageError(
            "The inbox and the public storage must not lie in one another.",
            remedy="Give inbox.path and storage.public.root folders of their own.",
        )
    scratch = folder / "var" / "scratch"
    url = _catalog_url(config.catalog.url, folder=folder)
    if public.root:
        _outside(public.root, scratch, Path(url.removeprefix("sqlite:///")))
    try:
        inbox.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The inbox {inbox} cannot be made ({error.strerror}).",
            remedy="Correct inbox.path, or connect the shared folder.",
        ) from error
    swept = sweep_scratch(scratch)
    if swept:
        log.info("%d folders of an interrupted run were removed", swept)
    catalog = Catalog(url)
    executor = Processes(config.executor.workers, scratch=scratch)
    means = Means(
        config=config,
        folder=folder,
        catalog=catalog,
        private=open_storage(private),
        public=open_storage(public),
        executor=executor,
        messages=_messages(config.clinic.language),
        templates=_template_folders(folder),
        scratch=scratch,
        now=now,
        by=by,
        progress=progress,
    )
    ledger.mirror(catalog, private=means.private)
    _sweep(means)
    try:
        yield means
    finally:
        executor.close()
        catalog.close()


def _sweep(means: Means) -> None:
    """Remove what killed writers left in the storages; a storage that is away can wait."""
    for storage in (means.private, means.public):
        try:
            storage.sweep()
        except Unreachable as error:
            log.warning("%s", error.text)


def speaking_as(means: Means, by: str) -> Means:
    """Return the same means for another person."""
    return replace(means, by=by)


def _template_folders(folder: Path) -> tuple[Path, ...]:
    own, packaged = folder / "templates", packaged_templates()
    return (own, packaged) if own.is_dir() and own.resolve() != packaged.resolve() else (packaged,)


@functools.cache  # packaged, so it never changes while this runs, and it is long
def _messages(language: str) -> Catalogue:
    """Read the message catalogue; what a language lacks is said in English."""
    found: dict[str, dict[str, str]] = {}
    for name in dict.fromkeys(("en", language)):
        path = packaged_templates() / "messages" / f"{name}.yaml"
        if path.is_file():
            for code, entry in read_mapping(path.read_text(encoding="utf-8")).items():
                if isinstance(entry, dict):
                    found[code] = {str(key): str(text or "") for key, text in entry.items()}
    return found


def _catalog_url(url: str, *, folder: Path) -> str:
    if not url.startswith("sqlite:///"):
        return url
    return f"sqlite:///{folder / Path(url.removeprefix('sqlite:///')).expanduser()}"


def _place(wish: StoragePlace, *, folder: Path, readers: Readers) -> Place:
    root = folder / wish.root.expanduser() if wish.root else None
    return Place(
        kind=wish.kind,
        readers=readers,
        root=root,
        bucket=wish.bucket or "",
        prefix=wish.prefix,
        endpoint_url=wish.endpoint_url,
        region=wish.region,
        encrypt=wish.encrypt or "auto",
    )


def _public_place(loaded: Loaded) -> Place:
    public = loaded.config.storage.public
    place = _place(public, folder=loaded.folder, readers=Readers.ANYONE)
    return replace(place, base_url=public.base_url, max_age_s=public.max_age_s)


def _apart(private: Place, public: Place) -> None:
    if nested(private, public):
        raise UsageError(
            "Public and private storage are the same place, or one lies in the other.",
            remedy="Give storage.private and storage.public places of their own: originals must "
            "never be where the public can read.",
        )


def _outside(public: Path, *working: Path) -> None:
    """Refuse to keep the catalog or working files where the public can read."""
    root = public.resolve()
    for path in working:
        if root in path.resolve().parents:
            raise UsageError(
                f"{path} would lie in the public storage {public}.",
                remedy="Give storage.public.root a folder of its own, which holds nothing else.",
            )


def touches(one: Path, other: Path) -> bool:
    """Tell whether two folders are the same, or one lies in the other."""
    a, b = one.resolve(), other.resolve()
    return a == b or a in b.parents or b in a.parents
