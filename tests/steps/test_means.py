"""What a step works with: times ahead, words of the clinic, sentences from the catalogue."""

from __future__ import annotations

from datetime import date

import makers

from pipeline.rules.errors import Reason
from pipeline.rules.inbox.naming import Aside, role_of
from pipeline.rules.media import Role


def test_an_end_counts_ahead_by_cache_and_watch(empty: makers.Workspace) -> None:
    """Eleven at night in New York with an hour of cache needs consent for the next day."""
    with empty.opened() as means:
        empty.clock.at = empty.clock.at.replace(day=17, hour=3, minute=59)
        moment = means.moment()
    assert moment.now == empty.clock.at
    assert (moment.today, moment.last_day_needed) == (date(2026, 11, 16), date(2026, 11, 17))


def test_words_of_the_clinic_stand_beside_the_built_in_ones(empty: makers.Workspace) -> None:
    """A role word of the config is understood; paper words are the config's own."""
    inbox = {"path": "inbox", "roles": {"before": ["vorher"]}, "papers": ["bogen"]}
    empty.configure(inbox=inbox)
    with empty.opened() as means:
        words = means.role_words
        assert means.inbox == empty.inbox
    assert role_of("knie vorher", words=words) is Role.BEFORE
    assert role_of("knee before", words=words) is Role.BEFORE
    assert role_of("bogen", words=words) is Aside.PAPER
    assert role_of("consent", words=words) is None


def test_a_reason_is_said_in_two_sentences(empty: makers.Workspace) -> None:
    """The catalogue's text and remedy with the blanks filled."""
    with empty.opened() as means:
        said = means.say(Reason("no_consent", facts={"code": "0042"}))
    assert "0042" in said.text
    assert "consent add" in said.remedy
