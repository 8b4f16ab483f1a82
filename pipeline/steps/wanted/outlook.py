"""What is wanted of a case now: the plan of every cleared channel, what is missing, what waits.

Steps and the people's views (`plan`, `status`) read the same outlook, so that what is shown is
what will be done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from pipeline.rules.consent import Clearance, Moment, Refusal
from pipeline.rules.errors import Reason
from pipeline.rules.media import Artifact, Rendition, Stage
from pipeline.rules.plan import Plan, plan
from pipeline.steps.means import Means
from pipeline.steps.wanted.branding import style_of, text_measure
from pipeline.steps.wanted.clearing import Standing, standing_of
from pipeline.steps.wanted.ending import why_down
from pipeline.steps.wanted.networks import kept_within, networks_of
from pipeline.steps.wanted.stored import reason_from
from pipeline.steps.wanted.wording import Words, words_of
from pipeline.tools.catalog import cases, publications, work
from pipeline.tools.catalog.cases import CaseRow
from pipeline.tools.catalog.engine import Connection
from pipeline.tools.catalog.publications import PublicationRow
from pipeline.tools.catalog.texts import texts_of

PUBLIC = "public"
READY = "ready"
WAITING = "waiting"
REFUSED = "refused"
OFF = "off"
WITHDRAWING = "withdrawing"


@dataclass(frozen=True, slots=True)
class ChannelOutlook:
    """One channel: the answer, the plan if it was yes, and what of it exists."""

    answer: Clearance | Refusal
    plan: Plan | None
    artifacts: Mapping[str, Artifact]
    judged: str
    approved: bool
    publication: PublicationRow | None

    @property
    def missing(self) -> tuple[Rendition, ...]:
        """The renditions that are still to be made."""
        wanted = self.plan.renditions if self.plan else ()
        return tuple(each for each in wanted if each.key not in self.artifacts)


@dataclass(frozen=True, slots=True)
class Outlook:
    """All that is wanted of a case, and what keeps it."""

    standing: Standing
    words: Words
    channels: Mapping[str, ChannelOutlook]
    scheduled: datetime | None
    failed: tuple[Reason, ...]

    @property
    def open(self) -> bool:
        """Whether anything of the case may be made and shown at all."""
        return not self.standing.stopped and not self.standing.questions


def outlook_of(means: Means, connection: Connection, row: CaseRow, *, moment: Moment) -> Outlook:
    """Work out what is wanted of a case at a moment."""
    standing = standing_of(connection, row, config=means.config, moment=moment)
    texts = texts_of(connection, row.id)
    words = words_of(means, row, assets=standing.assets, texts=texts)
    live = {
        each.channel: each
        for each in publications.of_case(connection, row.id)
        if each.state != publications.WITHDRAWN
    }
    approved = work.approved(connection, row.id)
    channels = {
        channel: _channel(
            means,
            connection,
            standing,
            channel=channel,
            words=words,
            publication=live.get(channel),
            approved=approved,
        )
        for channel in standing.answers
    }
    later = row.publish_after
    return Outlook(
        standing=standing,
        words=words,
        channels=channels,
        scheduled=later if later is not None and later > moment.now else None,
        failed=tuple(
            reason_from(asset.reason or {"code": "worker_died"}, file=asset.file)
            for asset in standing.assets
            if asset.state == cases.FAILED
        ),
    )


def _channel(
    means: Means,
    connection: Connection,
    standing: Standing,
    *,
    channel: str,
    words: Words,
    publication: PublicationRow | None,
    approved: set[str],
) -> ChannelOutlook:
    answer = standing.answers[channel]
    if isinstance(answer, Refusal) or standing.questions or standing.stopped:
        return ChannelOutlook(answer, None, {}, "", approved=False, publication=publication)
    planned = plan(
        standing.case,
        clearance=answer,
        recipes=means.config.recipes,
        style=style_of(means),
        sayings=words.sayings(),
        measure=text_measure(means),
        network=networks_of(means).limits_of(channel),
    )
    # What people judge is the plan: that a file turned out too large changes nothing of it.
    judged = judged_of(planned, words=words)
    artifacts = work.artifacts(connection, [each.key for each in planned.renditions])
    return ChannelOutlook(
        answer=answer,
        plan=kept_within(means, planned, artifacts=artifacts, case=standing.case),
        artifacts=artifacts,
        judged=judged,
        approved=means.config.review != "always" or judged in approved,
        publication=publication,
    )


def judged_of(planned: Plan, *, words: Words) -> str:
    """Return a hash of what a person judges: originals, crops, redactions, words, their places.

    Encoder settings are not in it, so an approval survives re-encoding.
    """
    seen = sorted(
        {
            json.dumps(
                [each.originals, asdict(each.canvas), each.redactions, each.sound], sort_keys=True
            )
            for each in planned.renditions
        }
    )
    said = [
        words.title,
        words.disclosure,
        sorted(words.captions.items()),
        sorted(words.alts.items()),
    ]
    return hashlib.sha256(json.dumps([planned.channel, seen, said]).encode()).hexdigest()


def states_of(outlook: Outlook) -> dict[str, dict[str, str | None]]:
    """Return the state of each channel as `status` shows it."""
    return {name: _state(outlook, channel) for name, channel in outlook.channels.items()}


def _state(outlook: Outlook, channel: ChannelOutlook) -> dict[str, str | None]:
    live = channel.publication
    until = None
    if isinstance(channel.answer, Clearance) and channel.answer.until:
        until = channel.answer.until.isoformat()
    if live and (live.state == publications.WITHDRAWING or why_down(outlook.standing, live)):
        return {"state": WITHDRAWING, "until": until}
    if live and live.state == publications.PUBLIC:
        return {"state": PUBLIC, "until": until}
    if isinstance(channel.answer, Refusal):
        return {"state": REFUSED, "until": None}
    if channel.plan and channel.plan.off:
        return {"state": OFF, "until": until}
    ready = channel.plan and channel.plan.renditions and not channel.missing
    return {"state": READY if ready else WAITING, "until": until}


def reasons_of(outlook: Outlook) -> list[Reason]:
    """Return everything that a person can act on, each once."""
    standing, reasons = outlook.standing, []
    if standing.row.retracted:
        reasons.append(Reason("retracted"))
    if standing.held_why is not None:
        reasons.append(Reason("held_by_person", facts={"why": standing.held_why}))
    reasons += standing.questions
    reasons += outlook.failed
    refused = {n: c.answer for n, c in outlook.channels.items() if isinstance(c.answer, Refusal)}
    named = standing.case.channels is not None
    if named or len(refused) == len(outlook.channels):
        reasons += [reason for answer in refused.values() for reason in answer.reasons]
    for channel in outlook.channels.values():
        if isinstance(channel.answer, Clearance):
            reasons += channel.answer.left_out
        if channel.plan:
            reasons += channel.plan.waits
            reasons += channel.plan.tells
            if channel.plan.off and named:
                reasons.append(channel.plan.off)
            if channel.plan.renditions and not channel.missing and not channel.approved:
                reasons.append(Reason("review_always", channel=channel.plan.channel))
    return _once(reasons)


def _once(reasons: list[Reason]) -> list[Reason]:
    """Say a reason that concerns several channels once, and then of no channel."""
    found: dict[tuple[object, ...], Reason] = {}
    for reason in reasons:
        facts = {name: text for name, text in reason.facts.items() if name != "channel"}
        key = (reason.code, reason.file, tuple(sorted(facts.items())))
        if key in found and found[key].channel != reason.channel:
            merged = dict(reason.facts)
            if "channel" in merged:
                names = [*found[key].facts.get("channel", "").split(", "), merged["channel"]]
                merged["channel"] = ", ".join(dict.fromkeys(names))
            reason = Reason(reason.code, reason.file, None, merged)  # noqa: PLW2901 - the merged one takes its place
        found[key] = reason
    return list(found.values())


def stage_of(outlook: Outlook) -> Stage:  # noqa: PLR0911 - one return for each stage
    """Return where the case stands, for people."""
    standing = outlook.standing
    states = {name: state["state"] for name, state in states_of(outlook).items()}
    open_channels = {n: s for n, s in states.items() if s not in {REFUSED, OFF, WITHDRAWING}}
    if standing.stopped:
        return Stage.WITHDRAWN if standing.row.retracted else Stage.HELD
    if standing.questions:
        return Stage.HELD
    if not open_channels:
        return _without_channel(outlook)
    if any(channel.plan and channel.plan.waits for channel in outlook.channels.values()):
        return Stage.PUBLISHED if PUBLIC in open_channels.values() else Stage.HELD
    if outlook.failed:
        return Stage.FAILED
    if any(
        c.plan and c.plan.renditions and not c.missing and not c.approved
        for c in outlook.channels.values()
    ):
        return Stage.REVIEW
    if set(open_channels.values()) == {PUBLIC}:
        return Stage.PUBLISHED
    return Stage.RENDERED if WAITING not in open_channels.values() else Stage.CLEARED


def _without_channel(outlook: Outlook) -> Stage:
    """Tell a case that came down from one that never went up."""
    fallen = bool(outlook.standing.case.falls)
    return Stage.WITHDRAWN if fallen else Stage.HELD


def next_look(outlook: Outlook, *, means: Means, moment: Moment) -> datetime | None:
    """Return when something of this case may change by the clock alone; None for never."""
    zone = means.config.clinic.zone
    looks = [outlook.scheduled] if outlook.scheduled else []
    refused = any(isinstance(c.answer, Refusal) for c in outlook.channels.values())
    if refused and not outlook.standing.row.retracted:
        tomorrow = moment.today + timedelta(days=1)
        looks.append(datetime.combine(tomorrow, datetime.min.time(), zone))
    for channel in outlook.channels.values():
        if isinstance(channel.answer, Clearance) and channel.answer.until:
            # Counted back in UTC: in a night of 23 hours the clock on the wall would be late.
            end = datetime.combine(channel.answer.until, datetime.min.time(), zone).astimezone(UTC)
            looks.append(max(end - timedelta(seconds=moment.lead_s), moment.now))
    return min(looks, default=None)


def work_left(outlook: Outlook) -> bool:
    """Tell whether something of a case could be made or published right now."""
    if not outlook.open or outlook.scheduled:
        return False
    return any(
        channel.plan is not None
        and bool(channel.plan.renditions)
        and (bool(channel.missing) or (channel.approved and not _is_public(channel)))
        for channel in outlook.channels.values()
    )


def _is_public(channel: ChannelOutlook) -> bool:
    live = channel.publication
    return live is not None and live.state == publications.PUBLIC
