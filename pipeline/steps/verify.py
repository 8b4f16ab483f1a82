"""Compares what is stored with what was recorded: the event chain, public objects, originals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.rules.chain import first_break
from pipeline.rules.errors import Reason, Unreachable
from pipeline.steps import ledger
from pipeline.steps.means import Means
from pipeline.steps.public.uploads import original_key
from pipeline.steps.wanted.clearing import standing_of
from pipeline.steps.wanted.ending import why_down
from pipeline.tools.catalog import cases, events, publications
from pipeline.tools.storage import NotThere


@dataclass(frozen=True, slots=True)
class Report:
    """What was compared, and every difference."""

    events: int
    objects: int
    originals: int
    reasons: tuple[Reason, ...]


def verify(means: Means) -> Report:
    """Read every event, every public object and every original, and say what differs.

    Raises:
        Unreachable: catalog or storage did not answer: nothing is proved then.
    """
    with means.catalog.read() as connection:
        broken = first_break(events.all_events(connection))
        count = events.head(connection).seq
        originals = cases.every_original(connection)
    reasons: list[Reason] = []
    if broken is not None:
        reasons.append(Reason("chain_broken", facts={"event": str(broken)}))
    head = ledger.check(means)
    if head:
        reasons.append(head)
    objects, found = _public(means)
    reasons += found
    reasons += _unfounded(means)
    reasons += _originals(means, originals)
    return Report(count, objects, len(originals), tuple(reasons))


def _public(means: Means) -> tuple[int, list[Reason]]:
    """Hold every public object against its intent."""
    with means.catalog.read() as connection:
        intents = publications.intents_in_state(
            connection, publications.STORED, publications.INTENDED
        )
        live = {
            each.id
            for each in publications.in_state(connection, publications.OPEN, publications.PUBLIC)
        }
    expected: dict[str, str] = {}
    under_way = {each.key for each in intents if each.state == publications.INTENDED}
    for each in sorted(intents, key=lambda intent: intent.publication_id is not None):
        if each.publication_id is None or each.publication_id in live:
            expected[each.key] = each.sha256
    there = set(means.public.keys())
    reasons = [Reason("public_stranger", file=key) for key in sorted(there - expected.keys())]
    for key, sha256 in sorted(expected.items()):
        if key in under_way:
            continue
        if key not in there:
            reasons.append(Reason("public_missing", file=key))
        elif means.public.sha256(key) != sha256:
            reasons.append(Reason("public_altered", file=key))
    return len(there), reasons


def _unfounded(means: Means) -> Iterator[Reason]:
    """Name what is public although it may not be: it comes down with the next watch."""
    moment = means.moment()
    with means.catalog.read() as connection:
        for live in publications.in_state(connection, publications.PUBLIC):
            row = cases.by_id(connection, live.case_id)
            standing = standing_of(connection, row, config=means.config, moment=moment)
            cause = why_down(standing, live)
            if cause:
                yield Reason(
                    "public_unfounded",
                    file=row.folder,
                    channel=live.channel,
                    facts={"cause": cause},
                )
        for closed in publications.in_state(connection, publications.WITHDRAWING):
            row = cases.by_id(connection, closed.case_id)
            yield Reason("withdrawal_pending", file=row.folder, channel=closed.channel)


def _originals(means: Means, originals: list[tuple[str, int]]) -> Iterator[Reason]:
    for sha256, _size in originals:
        try:
            if means.private.sha256(original_key(sha256)) != sha256:
                yield Reason("original_altered", file=sha256)
        except NotThere:
            yield Reason("original_missing", file=sha256)
        except Unreachable:
            raise
