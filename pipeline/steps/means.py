"""What a step works with: the configuration and the open handles, passed as one argument.

A step asks for the time through `now()`, so that a test can tell it any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pipeline.config import Config
from pipeline.rules.consent import Moment
from pipeline.rules.errors import Reason
from pipeline.rules.inbox.naming import ROLE_WORDS, RoleWords
from pipeline.rules.messages import Catalogue, Sentence, say
from pipeline.tools.catalog.engine import Catalog
from pipeline.tools.executors import Executor
from pipeline.tools.storage import Storage

Progress = Callable[[str, float], None]


def no_progress(_what: str, _share: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Means:
    """The handles of one run. `by` is who acts; `progress` hears (what, 0..1)."""

    config: Config
    folder: Path
    catalog: Catalog
    private: Storage
    public: Storage
    executor: Executor
    messages: Catalogue
    templates: tuple[Path, ...]
    scratch: Path
    now: Callable[[], datetime]
    by: str
    progress: Progress = no_progress

    @property
    def inbox(self) -> Path:
        """The folder in which staff drop files."""
        return self.folder / self.config.inbox.path.expanduser()

    def moment(self) -> Moment:
        """Return now, as consent is decided: an end counts that much ahead."""
        return Moment(self.now(), self.config.clinic.zone, self.config.lead_s)

    def say(self, reason: Reason) -> Sentence:
        """Put a reason into words."""
        return say(reason, catalogue=self.messages)

    @cached_property
    def role_words(self) -> RoleWords:
        """The words of a role: the built-in ones and the clinic's."""
        own: Mapping[str, tuple[str, ...]] = dict(self.config.inbox.roles)
        return ROLE_WORDS.with_more(own, papers=self.config.inbox.papers)
