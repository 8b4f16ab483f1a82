"""What time and new records do to what is public: expiry, renewal, narrowing, schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import makers
import pytest
from makers import film, photo, record
from readers import leaks

CASE = "massage--c1"
# The last second in which a page may be fetched and still be out of all caches, and looked at
# once more, before 1 December begins in New York: an hour of cache and a minute of watch earlier.
LAST = datetime(2026, 12, 1, 3, 58, 59, tzinfo=UTC)
ENDS = {"expires_on": "2026-12-01"}


def published(folder: Path, **changes: object) -> makers.Workspace:
    """A published case of a before and an after, on the record that `changes` make."""
    clinic = makers.workspace(folder)
    clinic.drop(CASE, {"before.jpg": photo("b"), "after.jpg": photo("a")})
    clinic.sign(record("c1", **changes))
    assert clinic.run().code == 0
    return clinic


def add(clinic: makers.Workspace, **changes: object) -> int:
    """Add a record of the case's person with the command, then do everything once."""
    code = clinic.say("consent", "add", str(clinic.file("r.yaml", record("c1", **changes)))).code
    clinic.run()
    return code


def gone(clinic: makers.Workspace) -> bool:
    """Whether nothing but tombstones of the case is left."""
    keys = [key for key in clinic.public() if key.startswith(("media/", "cases/"))]
    slug = clinic.case(CASE)["id"]
    return sorted(keys) == [f"cases/{slug}/{name}.html" for name in ("embed", "index")]


@pytest.mark.parametrize(
    "changes",
    [
        ENDS,
        {"representative": {"name": "Pat", "authority": "parent", "until": "2026-12-01"}},
    ],
    ids=["expires_on", "representative.until"],
)
def test_all_is_down_and_out_of_caches_before_the_first_day_without(
    tmp_path: Path, changes: makers.Json
) -> None:
    """Public until `max_age_s` and a watch interval before that day begins, then gone."""
    clinic = published(tmp_path, **changes)
    assert clinic.case_json(CASE)["expires"] == "2026-12-01T03:59:00Z"
    before = clinic.public()
    clinic.clock.at = LAST
    assert clinic.say("watch").text == "Nothing had to come down."
    assert clinic.run().code == 0
    assert clinic.public() == before
    clinic.clock.forward(seconds=1)
    answer = clinic.say("watch")
    assert answer.code == 0
    assert {each["channel"] for each in answer.data["withdrawals"]} == {"web", "instagram"}
    assert {each["cause"] for each in answer.data["withdrawals"]} == {"expired"}
    assert all(each["complete"] for each in answer.data["withdrawals"])
    assert gone(clinic)
    case = clinic.case(CASE)
    assert case["stage"] == "WITHDRAWN"
    assert makers.codes(case) == {"consent_expired"}
    clinic.clock.forward(days=40)
    clinic.run()
    assert gone(clinic)


@pytest.mark.parametrize(
    ("changes", "back"),
    [
        ({}, False),
        ({"renews": "C-somebody-else"}, False),
        ({"renews": "C-c1"}, True),
        ({"covers": {"treatments": ["massage"]}}, True),
        ({"covers": {"cases": [CASE]}}, True),
        ({"renews": "C-c1", "channels": ["print"]}, False),
    ],
)
def test_after_expiry_only_a_renewal_brings_back(
    tmp_path: Path,
    changes: makers.Json,
    back: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A new record has to renew the old one or to name the treatment or case; new tokens then."""
    clinic = published(tmp_path, **ENDS)
    tokens = set(clinic.tokens(CASE).values())
    clinic.clock.at = datetime(2026, 12, 5, 15, tzinfo=UTC)
    clinic.say("watch")
    assert gone(clinic)
    days = {"signed_on": "2026-12-04", "expires_on": "2027-12-04"}
    assert add(clinic, id="C-new", **days, **changes) == 0
    if back:
        assert clinic.case(CASE)["stage"] == "PUBLISHED"
        assert not tokens & set(clinic.tokens(CASE).values())
        assert not [key for key in clinic.public() if key.split("/")[1:2] and
                    key.split("/")[1] in tokens]  # fmt: skip
    else:
        assert gone(clinic)
        assert makers.codes(clinic.case(CASE)) & {"not_renewed", "channel_not_allowed"}


def test_a_renewal_in_time_changes_nothing_that_is_seen(tmp_path: Path) -> None:
    """Widened before it ended: the same token and media, only the pages' end moves."""
    clinic = published(tmp_path, **ENDS)
    before, tokens = clinic.public(), clinic.tokens(CASE)
    add(clinic, id="C-new", signed_on="2026-11-15", expires_on="2028-11-15")
    assert clinic.tokens(CASE) == tokens
    media = {key: body for key, body in clinic.public().items() if key.startswith("media/")}
    assert media == {key: body for key, body in before.items() if key.startswith("media/")}
    assert clinic.case_json(CASE)["expires"].startswith("2028-11-1")
    clinic.clock.at = datetime(2026, 12, 5, 15, tzinfo=UTC)
    clinic.run()
    assert clinic.case(CASE)["stage"] == "PUBLISHED"


def test_the_event_that_ends_a_record_ends_it_in_the_same_command(tmp_path: Path) -> None:
    """`consent end` withdraws what stood on a record with `expires_event`."""
    clinic = published(tmp_path, expires_on=None, expires_event="the end of the treatment")
    assert clinic.case_json(CASE)["expires"] is None
    answer = clinic.say("consent", "end", "C-c1")
    assert answer.code == 0
    assert len(answer.data["withdrawals"]) == 2
    assert all(each["complete"] for each in answer.data["withdrawals"])
    assert gone(clinic)


def test_a_narrower_record_takes_down_that_channel_alone(tmp_path: Path) -> None:
    """A newer record without instagram: its files go, the web's are not even touched."""
    clinic = published(tmp_path)
    tokens = clinic.tokens(CASE)
    web = sorted((clinic.site / "media" / tokens["web"]).iterdir())
    times = [path.stat().st_mtime_ns for path in web]
    add(clinic, id="C-new", signed_on="2026-11-15", channels=["web"])
    assert clinic.tokens(CASE) == {"web": tokens["web"]}
    assert not (clinic.site / "media" / tokens["instagram"]).exists()
    assert [path.stat().st_mtime_ns for path in web] == times
    case = clinic.case(CASE)
    assert case["stage"] == "PUBLISHED"
    assert case["channels"]["instagram"]["state"] == "refused"
    add(clinic, id="C-newest", signed_on="2026-11-16")
    assert clinic.tokens(CASE)["web"] == tokens["web"]
    assert clinic.tokens(CASE)["instagram"] != tokens["instagram"]


def test_another_person_counts_in_their_own_file_only(tmp_path: Path) -> None:
    """Who is seen in one file holds up that file; their yes adds it, their no narrows."""
    clinic = makers.workspace(tmp_path)
    clinic.drop(
        CASE,
        {"before.jpg": photo("b"), "after.jpg": photo("a"), "during.jpg": photo("d")},
        case={"media": {"during.jpg": {"people": ["c2"]}}},
    )
    clinic.sign(record("c1"))
    clinic.run()

    def roles() -> list[str]:
        return sorted(medium["role"] for medium in clinic.case_json(CASE)["media"])

    case = clinic.case(CASE)
    assert case["stage"] == "PUBLISHED"
    assert [(r["code"], r["file"]) for r in case["reasons"]] == [("no_consent", "during.jpg")]
    assert roles() == ["after", "before"]
    first = clinic.tokens(CASE)

    clinic.sign(makers.staff("c2"))
    assert clinic.run().code == 0
    assert roles() == ["after", "before", "during"]
    assert clinic.tokens(CASE) == first, "widening is no new epoch"

    answer = clinic.say("consent", "revoke", "--subject", "c2")
    assert answer.code == 0
    assert not [key for key in clinic.public() if key.startswith("media/")]
    assert clinic.run().code == 0
    assert roles() == ["after", "before"]
    assert not set(first.values()) & set(clinic.tokens(CASE).values())


def test_half_a_comparison_is_never_shown(tmp_path: Path) -> None:
    """When one side of a pair may not be shown, the other waits with it and says so."""
    clinic = makers.workspace(tmp_path)
    clinic.drop(
        CASE,
        {"before.jpg": photo("b"), "after.jpg": photo("a"), "during.jpg": photo("d")},
        case={"media": {"after.jpg": {"people": ["c2"]}}},
    )
    clinic.sign(record("c1"))
    clinic.run()
    assert [m["role"] for m in clinic.case_json(CASE)["media"]] == ["during"]
    assert makers.codes(clinic.case(CASE)) == {"no_consent", "pair_incomplete"}


@pytest.mark.parametrize("voice", ["true", "false"])
def test_a_film_speaks_only_where_the_voice_is_allowed(tmp_path: Path, voice: str) -> None:
    """`voice: false` leaves no sound track in the web's film; `true` keeps it."""
    clinic = makers.workspace(tmp_path)
    clinic.drop(CASE, {"one.mov": film("voice", turned=True)})
    clinic.sign(record("c1", **{"allows.voice": voice}))
    assert clinic.run().code == 0
    films = [body for key, body in clinic.public().items() if key.endswith(".mp4")]
    assert len(films) == 1
    assert (b"SoundHandler" in films[0]) == (b"mp4a" in films[0]) == (voice == "true")
    assert leaks(films[0]) == []


def test_a_schedule_waits_for_its_day_and_asks_nobody(tmp_path: Path) -> None:
    """`publish_after` names a day: public from its first moment at the clinic, not before."""
    clinic = makers.workspace(tmp_path)
    clinic.drop(CASE, {"one.jpg": photo()}, case="publish_after: 2026-11-20\n")
    clinic.sign(record("c1"))
    assert clinic.run().code == 0, "a schedule is no question"
    assert "Nothing waits." in clinic.waiting()
    clinic.clock.at = datetime(2026, 11, 20, 4, 59, 59, tzinfo=UTC)
    assert clinic.run().code == 0
    assert clinic.tokens(CASE) == {}
    assert not [key for key in clinic.public() if key.startswith(("media/", "cases/"))]
    clinic.clock.forward(seconds=1)
    assert clinic.run().code == 0
    assert clinic.case(CASE)["stage"] == "PUBLISHED"
