"""Cases, their originals and words: found, due, concerned, settled."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from rows import NOW, add_asset, add_case, later, one_case, open_epoch

from pipeline.tools.catalog import cases, consents, publications
from pipeline.tools.catalog.cases import CaseRow
from pipeline.tools.catalog.engine import Catalog
from pipeline.tools.catalog.texts import set_text, texts_of


def stored(catalog: Catalog, case_id: int) -> CaseRow:
    """A case as it is stored now."""
    with catalog.read() as connection:
        return cases.by_id(connection, case_id)


def test_a_case_is_found_by_both_its_names(catalog: Catalog) -> None:
    """The name of the folder and the public slug lead to the same case; others to none."""
    case_id = one_case(catalog, slug="dry-needling-abcdefgh")
    one_case(catalog, "dry-needling--42")
    with catalog.read() as connection:
        by_name = cases.find(connection, "dry-needling--0042")
        by_slug = cases.find(connection, "dry-needling-abcdefgh")
        assert cases.find(connection, "dry-needling--0043") is None
        assert cases.find(connection, "DRY-NEEDLING--0042") is None
    assert by_name is not None
    assert by_name == by_slug
    assert by_name.id == case_id


@pytest.mark.parametrize("twin", [{"slug": "new"}, {"name": "new"}])
def test_names_are_given_once(catalog: Catalog, twin: dict[str, str]) -> None:
    """Neither the folder's name nor the public slug can be stored twice."""
    one_case(catalog, slug="taken")
    with pytest.raises(sa.exc.IntegrityError):
        one_case(catalog, **{"name": "dry-needling--0042", "slug": "taken"} | twin)


def test_all_that_was_said_comes_back(catalog: Catalog) -> None:
    """Lists, claims, times and what nobody said are read as they were stored."""
    said = {
        "channels": ["web", "instagram"],
        "consents": ["C-1"],
        "consents_named_at": later(1),
        "people": ["0007"],
        "people_said": True,
        "complete": True,
        "claims": [{"text": "Moves better", "basis": "measured"}],
        "publish_after": later(2),
        "reasons": [{"code": "no_consent"}],
        "states": {"web": {"state": "off", "until": None}},
    }
    full, bare = one_case(catalog, "b--2", **said), one_case(catalog, "a--1")
    row = stored(catalog, full)
    assert {name: getattr(row, name) for name in said} == said
    empty = stored(catalog, bare)
    assert (empty.channels, empty.consents, empty.publish_after) == (None, None, None)
    assert (empty.people_said, empty.complete, empty.retracted) == (False, False, False)


def test_cases_come_in_the_order_of_their_arrival(catalog: Catalog) -> None:
    """However they are called."""
    for name in ("c--1", "a--1", "b--1"):
        one_case(catalog, name)
    with catalog.read() as connection:
        assert [row.name for row in cases.every(connection)] == ["c--1", "a--1", "b--1"]


def test_due_are_those_whose_time_has_come(catalog: Catalog) -> None:
    """Longest waiting first; neither those of later nor those that wait for nothing."""
    one_case(catalog, "a--1", look_at=later(-1))
    one_case(catalog, "b--1", look_at=later(1))
    one_case(catalog, "c--1", look_at=None)
    one_case(catalog, "d--1", look_at=later(-60))
    one_case(catalog, "e--1", look_at=NOW)
    with catalog.read() as connection:
        assert [row.name for row in cases.due(connection, now=NOW)] == ["d--1", "a--1", "e--1"]


def test_looking_again_is_asked_for_some_or_all(catalog: Catalog) -> None:
    """Some cases or every case are due at once, from the time of the asking."""
    first = one_case(catalog, "a--1", look_at=None)
    second = one_case(catalog, "b--1", look_at=later(99))
    with catalog.write(by="a", now=later(5)) as tx:
        cases.look_again(tx, [first])
        cases.look_again(tx, [])
    assert stored(catalog, first).look_at == later(5)
    assert stored(catalog, second).look_at == later(99)
    with catalog.write(by="a", now=later(6)) as tx:
        cases.look_at_all(tx)
    assert stored(catalog, first).look_at == later(6)
    assert stored(catalog, second).look_at == later(6)


@pytest.mark.parametrize("look_at", [None, NOW])
def test_a_look_is_settled_unless_somebody_asked_again(catalog: Catalog, look_at: object) -> None:
    """What a look came to is stored only if the case is still as it was when it was read."""
    row = stored(catalog, one_case(catalog, look_at=look_at))
    with catalog.write(by="a", now=later(1)) as tx:
        assert cases.settle(tx, row, {"stage": "HELD", "look_at": None})
    assert stored(catalog, row.id).stage == "HELD"
    held = stored(catalog, row.id)
    with catalog.write(by="a", now=later(2)) as tx:
        cases.look_again(tx, [row.id])
    with catalog.write(by="a", now=later(3)) as tx:
        assert not cases.settle(tx, held, {"stage": "PUBLISHED", "look_at": None})
    late = stored(catalog, row.id)
    assert (late.stage, late.look_at) == ("HELD", later(2))


def test_change_touches_one_case(catalog: Catalog) -> None:
    """Columns that were named change, of that case alone."""
    first, second = one_case(catalog, "a--1"), one_case(catalog, "b--1")
    with catalog.write(by="a", now=NOW) as tx:
        cases.change(tx, first, {"held_why": "wrong knee", "retracted": True})
    assert (stored(catalog, first).held_why, stored(catalog, first).retracted) == (
        "wrong knee",
        True,
    )
    assert (stored(catalog, second).held_why, stored(catalog, second).retracted) == (None, False)


def concerned(catalog: Catalog, subject: str) -> list[str]:
    """The names of the cases that a person or work concerns."""
    with catalog.read() as connection:
        return [row.name for row in cases.concerning(connection, subject)]


def test_a_person_is_concerned_as_subject_and_as_seen(catalog: Catalog) -> None:
    """The subject's own cases, and those in whose originals the person is seen or heard."""
    with catalog.write(by="a", now=NOW) as tx:
        add_case(tx, "a--0042")
        other = add_case(tx, "b--7")
        add_case(tx, "c--8")
        cases.set_people(tx, add_asset(tx, other), people=["7", "0042"], rights=[])
    assert concerned(catalog, "0042") == ["a--0042", "b--7"]
    assert concerned(catalog, "8") == ["c--8"]
    assert concerned(catalog, "9") == []


def test_codes_that_differ_by_leading_zeros_concern_each_other(catalog: Catalog) -> None:
    """42, 0042 and 00042 may be one person: each change of one asks about all, and only them."""
    with catalog.write(by="a", now=NOW) as tx:
        for name in ("a--42", "b--0042", "c--420", "d--1042", "e--4200"):
            add_case(tx, name)
        seen = add_case(tx, "f--7")
        cases.set_people(tx, add_asset(tx, seen), people=["00042"], rights=[])
    for code in ("42", "0042", "00042"):
        assert concerned(catalog, code) == ["a--42", "b--0042", "f--7"]


def test_a_work_is_concerned_where_its_licence_is_named(catalog: Catalog) -> None:
    """A licence record's subject leads to the cases whose originals need that licence."""
    with catalog.write(by="a", now=NOW) as tx:
        film, other = add_case(tx, "a--press"), add_case(tx, "b--press")
        cases.set_people(tx, add_asset(tx, film), people=[], rights=["L-1"])
        cases.set_people(tx, add_asset(tx, other), people=[], rights=["L-2"])
        consents.add(tx, consent="L-1", subject="promo", body={"id": "L-1", "subject": "promo"})
    assert concerned(catalog, "promo") == ["a--press"]


def test_originals_come_with_people_and_rights(catalog: Catalog) -> None:
    """In the order of their arrival, codes sorted and each once; setting them again replaces."""
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        first = add_asset(tx, case_id, "a" * 64, facts={"width": 64}, said={"people": ["7"]})
        add_asset(tx, case_id, "b" * 64, file="after.jpg", role=None, reason={"code": "no_role"})
        cases.set_people(tx, first, people=["9", "7", "7"], rights=["L-1"])
    with catalog.read() as connection:
        one, two = cases.assets_of(connection, case_id)
    assert (one.file, one.people, one.rights) == ("before.jpg", ("7", "9"), ("L-1",))
    assert (one.facts, one.said, one.reason) == ({"width": 64}, {"people": ["7"]}, None)
    assert (two.file, two.people, two.rights, two.role) == ("after.jpg", (), (), None)
    assert two.reason == {"code": "no_role"}
    with catalog.write(by="a", now=NOW) as tx:
        cases.set_people(tx, first, people=["8"], rights=[])
        cases.change_asset(tx, first, {"state": cases.TAKEN_OUT})
    with catalog.read() as connection:
        again, untouched = cases.assets_of(connection, case_id)
    assert (again.people, again.rights, again.state) == (("8",), (), cases.TAKEN_OUT)
    assert untouched == two


def test_the_same_bytes_are_found_in_every_case(catalog: Catalog) -> None:
    """One original in two cases is two rows and one file; in one case it cannot stand twice."""
    with catalog.write(by="a", now=NOW) as tx:
        first, second = add_case(tx, "a--1"), add_case(tx, "b--2")
        add_asset(tx, first, size_bytes=7)
        add_asset(tx, second, size_bytes=7)
    with catalog.read() as connection:
        assert {row.case_id for row in cases.assets_by_hash(connection, "a" * 64)} == {
            first,
            second,
        }
        assert cases.assets_by_hash(connection, "b" * 64) == []
        assert cases.every_original(connection) == [("a" * 64, 7)]
    with pytest.raises(sa.exc.IntegrityError), catalog.write(by="a", now=NOW) as tx:
        add_asset(tx, first, file="again.jpg")


def test_subjects_and_public_treatments(catalog: Catalog) -> None:
    """Every subject once; a treatment counts while a case of it is public."""
    with catalog.write(by="a", now=NOW) as tx:
        for name in ("a--1", "a--1--left", "b--2", "c--3"):
            case_id = add_case(tx, name, subject=name.split("--")[1])
            live = open_epoch(tx, case_id, mark=name)
            if name != "c--3":
                publications.change(tx, live.id, {"state": publications.PUBLIC})
            if name == "b--2":
                publications.close(tx, live, cause="held")
    with catalog.read() as connection:
        assert sorted(cases.every_subject(connection)) == ["1", "2", "3"]
        assert cases.treatments(connection) == ["a"]


def test_words_keep_their_history(catalog: Catalog) -> None:
    """New words put the old ones out of use, not out of the database; None takes them away."""
    case_id = one_case(catalog)

    def say(text: str | None, at: float) -> str | None:
        with catalog.write(by="a", now=later(at)) as tx:
            return set_text(
                tx,
                case_id,
                asset_id=None,
                field="title",
                language="en",
                text=text,
                source="staff",
            )

    assert say("Knee", 1) is None
    assert say("Left knee", 2) == "Knee"
    assert say("Left knee", 3) == "Left knee"
    with catalog.read() as connection:
        (text,) = texts_of(connection, case_id)
    assert (text.text, text.source, text.asset_id) == ("Left knee", "staff", None)
    assert say(None, 4) == "Left knee"
    with catalog.read() as connection:
        assert texts_of(connection, case_id) == []
        kept = connection.execute(sa.text("select text, state from texts order by id")).all()
    assert [tuple(row) for row in kept] == [("Knee", "old"), ("Left knee", "old")]


def test_words_have_their_own_places(catalog: Catalog) -> None:
    """The case's and each original's, field by field and language by language."""
    with catalog.write(by="a", now=NOW) as tx:
        case_id = add_case(tx)
        asset = add_asset(tx, case_id)
        for asset_id, field, language in (
            (None, "title", "en"),
            (None, "title", "es"),
            (asset, "caption", "en"),
            (asset, "alt", "en"),
        ):
            set_text(
                tx,
                case_id,
                asset_id=asset_id,
                field=field,
                language=language,
                text=f"{field} {language}",
                source="template",
            )
        set_text(
            tx,
            case_id,
            asset_id=asset,
            field="alt",
            language="en",
            text="new",
            source="staff",
        )
    with catalog.read() as connection:
        found = {(t.asset_id, t.field, t.language): t.text for t in texts_of(connection, case_id)}
        assert texts_of(connection, case_id + 1) == []
    assert found == {
        (None, "title", "en"): "title en",
        (None, "title", "es"): "title es",
        (asset, "caption", "en"): "caption en",
        (asset, "alt", "en"): "new",
    }
