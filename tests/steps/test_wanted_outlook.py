"""The outlook: what is wanted, what is missing, where the case stands, when to look again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import makers
import pytest
from makers import record

from pipeline.rules.media import Stage
from pipeline.steps import enrol, tick
from pipeline.steps.means import Means
from pipeline.steps.wanted.outlook import (
    Outlook,
    next_look,
    outlook_of,
    reasons_of,
    stage_of,
    states_of,
    work_left,
)
from pipeline.tools.catalog import cases, texts

CASE = "massage--s1"


def outlook(means: Means) -> Outlook:
    """What is wanted of the case now."""
    with means.catalog.read() as connection:
        row = cases.find(connection, CASE)
        assert row is not None
        return outlook_of(means, connection, row, moment=means.moment())


def change(means: Means, **values: Any) -> None:
    """Change columns of the case."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        cases.change(tx, outlook(means).standing.row.id, values)


def states(means: Means) -> dict[str, str | None]:
    """The state of each channel."""
    return {name: state["state"] for name, state in states_of(outlook(means)).items()}


def test_a_case_goes_through_its_stages(taken: makers.Workspace) -> None:
    """HELD without a record, CLEARED with one, RENDERED, PUBLISHED, and WITHDRAWN in the end."""
    with taken.opened() as means:
        assert stage_of(outlook(means)) is Stage.HELD
        assert states(means) == {"web": "refused", "instagram": "refused"}
        assert not work_left(outlook(means))
        enrol.enrol(means, [record("s1")], folder=None)
        assert stage_of(outlook(means)) is Stage.CLEARED
        assert states(means) == {"web": "waiting", "instagram": "waiting"}
        assert sum(len(c.missing) for c in outlook(means).channels.values()) == 6
        assert work_left(outlook(means))
        tick.render_due(means)
        assert stage_of(outlook(means)) is Stage.RENDERED
        assert states(means) == {"web": "ready", "instagram": "ready"}
        tick.publish_due(means)
        assert stage_of(outlook(means)) is Stage.PUBLISHED
        assert states(means) == {"web": "public", "instagram": "public"}
        assert not work_left(outlook(means))
        enrol.revoke(means, ["C-s1"], received_at=means.now())
        assert states(means) == {"web": "withdrawing", "instagram": "withdrawing"}
        assert stage_of(outlook(means)) is Stage.WITHDRAWN


def test_a_persons_word_stands_above_the_rest(published: makers.Workspace) -> None:
    """Held is HELD, retracted is WITHDRAWN, and both say so first."""
    with published.opened() as means:
        change(means, held_why="the patient called")
        assert stage_of(outlook(means)) is Stage.HELD
        assert reasons_of(outlook(means))[0].facts["why"] == "the patient called"
        change(means, retracted=True)
        assert stage_of(outlook(means)) is Stage.WITHDRAWN
        assert reasons_of(outlook(means))[0].code == "retracted"


def test_a_default_channel_that_is_not_allowed_asks_nobody(published: makers.Workspace) -> None:
    """It becomes a reason only when the case names it, or when no channel is left."""
    with published.opened() as means:
        enrol.enrol(
            means, [record("s1", id="C-b", signed_on="2026-11-15", channels=["web"])], folder=None
        )
        assert reasons_of(outlook(means)) == []
        change(means, channels=["web", "instagram"])
        assert [r.code for r in reasons_of(outlook(means))] == ["channel_not_allowed"]
        change(means, channels=["instagram", "tiktok"])
        (reason,) = reasons_of(outlook(means))
        assert reason.facts["channel"] == "instagram, tiktok"


def test_a_channel_that_nothing_serves_is_off_and_does_not_count(
    published: makers.Workspace,
) -> None:
    """Without a recipe for youtube the case is PUBLISHED all the same."""
    published.configure(channels=["web", "instagram", "youtube"])
    with published.opened() as means:
        enrol.enrol(
            means,
            [record("s1", id="C-b", signed_on="2026-11-15",
                    channels=["web", "instagram", "youtube"])],
            folder=None,
        )  # fmt: skip
        assert states(means)["youtube"] == "off"
        assert stage_of(outlook(means)) is Stage.PUBLISHED
        assert reasons_of(outlook(means)) == []
        change(means, channels=["web", "instagram", "youtube"])
        assert [r.code for r in reasons_of(outlook(means))] == ["channel_off"]


def test_what_a_person_judges_outlives_another_encoding(taken: makers.Workspace) -> None:
    """An approval is for originals, crops and words; quality is not looked at, a title is."""
    taken.configure(review="always")
    taken.sign(record("s1"))
    taken.run()
    taken.say("approve", CASE, "--why", "w")
    recipes = {
        name: {**recipe, "quality": {"jpeg": "50"}} if name == "web" else recipe
        for name, recipe in makers.RECIPES.items()
    }
    taken.configure(recipes=recipes)
    with taken.opened() as means:
        assert all(channel.approved for channel in outlook(means).channels.values())
        assert outlook(means).channels["web"].missing
        with means.catalog.write(by="Robin", now=means.now()) as tx:
            texts.set_text(
                tx, outlook(means).standing.row.id, asset_id=None, field="title", language="en",
                text="Another title", source="staff",
            )  # fmt: skip
        assert not outlook(means).channels["web"].approved


@pytest.mark.parametrize(
    ("changes", "look"),
    [
        ({}, datetime(2027, 3, 2, 3, 59, tzinfo=UTC)),
        ({"expires_on": None, "expires_event": "the end of the year"}, None),
        ({"channels": ["web"]}, datetime(2026, 11, 17, 5, tzinfo=UTC)),
        ({"expires_on": "2026-11-15"}, datetime(2026, 11, 17, 5, tzinfo=UTC)),
    ],
)
def test_when_the_clock_alone_may_change_something(
    taken: makers.Workspace, changes: makers.Json, look: datetime | None
) -> None:
    """The end less its lead; the clinic's next day where a record may begin; else never."""
    with taken.opened() as means:
        enrol.enrol(means, [record("s1", **changes)], folder=None)
        assert next_look(outlook(means), means=means, moment=means.moment()) == look


def test_a_schedule_is_its_own_next_look(published: makers.Workspace) -> None:
    """`publish_after` in the past is no schedule."""
    with published.opened() as means:
        later = means.now() + timedelta(hours=5)
        change(means, publish_after=later)
        assert next_look(outlook(means), means=means, moment=means.moment()) == later
        assert not work_left(outlook(means))
        published.clock.forward(hours=5)
        assert outlook(means).scheduled is None
