"""Which record governs: the latest signed that covers the case, valid or not, and no other."""

from __future__ import annotations

from itertools import permutations

import pytest
from verdicts import Row, ask, licence, medium, said, shown, signed, staff, story

from pipeline.rules.consent import Clearance, Refusal
from pipeline.rules.media import Role

OTHER_CASE = {"covers": {"cases": ["massage--0042"]}}
OLD = {"signed_on": "2026-02-01"}
NEWER = {"id": "c-2", "signed_on": "2026-05-01"}

LATEST = [
    Row("no record", "no no_consent", ()),
    Row("another subject's", "no no_consent", (signed(subject="0043"),)),
    Row("the only one", "yes c-1", (signed(),)),
    Row("the newer of two", "yes c-2", (signed(), signed(**NEWER))),
    Row("newer one defective", "no consent_element_missing",
        (signed(), signed(**NEWER, purpose=None))),
    Row("newer one expired", "no consent_expired",
        (signed(), signed(**NEWER, expires_on="2026-06-01"))),
    Row("newer one revoked", "no consent_revoked",
        (signed(), signed(**NEWER, revoked="2026-06-01"))),
    Row("newer one revoked in its own text", "no consent_revoked",
        (signed(), signed(**NEWER, revoked_on="2026-06-01"))),
    Row("newer one not begun", "no consent_not_started",
        (signed(), signed(id="c-2", signed_on="2026-07-01"))),
    Row("newer one of a wrong kind", "no wrong_kind",
        (signed(), licence(subject="0042", signed_on="2026-05-01"))),
    Row("newer one with fewer channels", "no channel_not_allowed",
        (signed(), signed(**NEWER, channels=["email"]))),
    Row("newer one without a face", "yes c-2 without face",
        (signed(), signed(**NEWER, allows__face="no"))),
    Row("newer one with more", "yes c-2", (signed(allows__face="no"), signed(**NEWER))),
    Row("newer one of another case", "yes c-1", (signed(), signed(**NEWER, **OTHER_CASE))),
    Row("newer one, defective, of another case", "yes c-1",
        (signed(), signed(**NEWER, **OTHER_CASE, purpose=None))),
    Row("newer one whose cover cannot be read", "no consent_unknown_key",
        (signed(), signed(**NEWER, covers={"case": ["massage--0042"]}))),
    Row("older one defective", "yes c-2", (signed(purpose=None), signed(**NEWER))),
    Row("older one expired", "yes c-2", (signed(expires_on="2026-04-01"), signed(**NEWER))),
    Row("recorded later, signed earlier", "yes c-2",
        (signed(recorded="2026-06-10", allows__face="no"), signed(**NEWER))),
    Row("the same day, the later recorded", "no channel_not_allowed",
        (signed(), signed(id="c-2", recorded="2026-03-09", channels=["email"]))),
    Row("the same day, the earlier recorded", "yes c-1",
        (signed(recorded="2026-03-09"), signed(id="c-2", channels=["email"]))),
    Row("the same instant, one of them void", "no consent_element_missing",
        (signed(), signed(id="b-1", purpose=None))),
    Row("a day of signature that cannot be read", "no consent_not_day",
        (signed(), signed(id="c-2", signed_on="spring", recorded="2026-05-01"))),
    Row("the same, recorded before the other was signed", "yes c-2",
        (signed(id="c-1", signed_on="spring", recorded="2026-04-01"), signed(**NEWER))),
    Row("a newer version with fewer channels", "no channel_not_allowed",
        (signed(version=2, channels=["email"], recorded="2026-05-01"),)),
]  # fmt: skip

TREATMENT, CASE, MASSAGE = "dry-needling", "dry-needling--0042", story(treatment="massage")
LABELLED = story(name="dry-needling--0042--knee")
COVERED = [
    Row("its treatment", "yes c-1", (signed(covers={"treatments": [TREATMENT]}),)),
    Row("its treatment as people write it", "yes c-1",
        (signed(covers={"treatments": ["Dry Needling"]}),)),
    Row("another treatment", "no not_covered", (signed(covers={"treatments": ["massage"]}),)),
    Row("treatments, another case", "no not_covered",
        (signed(covers={"treatments": [TREATMENT]}),), MASSAGE),
    Row("one of several treatments", "yes c-1",
        (signed(covers={"treatments": ["massage", TREATMENT]}),)),
    Row("its name", "yes c-1", (signed(covers={"cases": [CASE]}),)),
    Row("its name as people write it", "yes c-1",
        (signed(covers={"cases": ["Dry Needling--0042"]}),)),
    Row("its public slug", "yes c-1", (signed(covers={"cases": ["dry-needling-abcdefgh"]}),)),
    Row("its name without the label", "no not_covered", (signed(covers={"cases": [CASE]}),),
        LABELLED),
    Row("its name with the label", "yes c-1",
        (signed(covers={"cases": ["dry-needling--0042--knee"]}),), LABELLED),
    Row("another case", "no not_covered", (signed(covers={"cases": ["dry-needling--0043"]}),)),
    Row("its treatment but another case", "no not_covered",
        (signed(covers={"treatments": [TREATMENT], "cases": ["massage--0042"]}),)),
    Row("its case but another treatment", "no not_covered",
        (signed(covers={"treatments": ["massage"], "cases": [CASE]}),)),
    Row("an empty cover", "yes c-1", (signed(covers={"cases": [], "treatments": []}),)),
    Row("taken on the last day", "yes c-1", (signed(covers={"taken_until": "2026-04-30"}),),
        story(medium(taken_on="2026-04-30"))),
    Row("taken a day late", "no not_covered", (signed(covers={"taken_until": "2026-04-30"}),),
        story(medium(taken_on="2026-05-01"))),
    Row("of no known day, received in time", "yes c-1",
        (signed(covers={"taken_until": "2026-05-01"}),)),
    Row("of no known day, received late", "no not_covered",
        (signed(covers={"taken_until": "2026-04-30"}),)),
    Row("taken in time, received late", "yes c-1", (signed(covers={"taken_until": "2026-04-30"}),),
        story(medium(taken_on="2026-04-01"))),
    Row("taken late, under an older record", "yes c-1",
        (signed(), signed(**NEWER, covers={"taken_until": "2026-04-30"})),
        story(medium(taken_on="2026-05-01"))),
]  # fmt: skip

ONE, BOTH = story(consents=("c-1",)), story(consents=("c-1", "c-2"))
NAMED = [
    Row("the older one named", "yes c-1", (signed(), signed(**NEWER)), ONE),
    Row("both named", "yes c-2", (signed(), signed(**NEWER)), BOTH),
    Row("a defective newer one not named", "yes c-1",
        (signed(), signed(**NEWER, purpose=None)), ONE),
    Row("an expired newer one not named", "yes c-1",
        (signed(), signed(**NEWER, expires_on="2026-06-01")), ONE),
    Row("a revoked newer one not named", "no signed_before_revocation",
        (signed(), signed(**NEWER, revoked="2026-06-01")), ONE),
    Row("a revoked older one not named", "yes c-2",
        (signed(revoked="2026-04-01"), signed(**NEWER)), story(consents=("c-2",))),
    Row("a revoked one of another case", "yes c-1",
        (signed(), signed(**NEWER, **OTHER_CASE, revoked="2026-06-01")), ONE),
    Row("none that there is", "no consent_not_named", (signed(),), story(consents=("c-9",))),
    Row("none at all", "no consent_not_named", (signed(),), story(consents=())),
    Row("one that does not cover", "no consent_not_named",
        (signed(), signed(**NEWER, **OTHER_CASE)), story(consents=("c-2",))),
    Row("another person's", "no consent_not_named", (signed(), staff()), story(consents=("s-1",))),
    Row("one person's of two", "no consent_not_named", (signed(), staff()),
        story(medium(people=("0042", "bo")), consents=("c-1",))),
    Row("both persons'", "yes c-1 s-1", (signed(), staff()),
        story(medium(people=("0042", "bo")), consents=("c-1", "s-1"))),
    Row("licences are named by rights", "yes c-1 l-1", (signed(), licence()),
        story(medium(rights=("l-1",)), consents=("c-1",))),
]  # fmt: skip

TWINS = [
    Row("a record without the zeros", "no code_leading_zeros", (signed(subject="42"),)),
    Row("both written", "no code_leading_zeros", (signed(), signed(id="c-2", subject="42"))),
    Row("with one zero more", "no code_leading_zeros",
        (signed(), signed(id="c-2", subject="00042"))),
    Row("of staff", "no code_leading_zeros", (signed(), staff(subject="042"))),
    Row("trailing zeros are no twin", "yes c-1", (signed(), signed(id="c-2", subject="00420"))),
    Row("another case of letters is no twin", "yes c-1",
        (signed(subject="ab1"), signed(id="c-2", subject="AB1")),
        story(medium(people=("ab1",)), subject="ab1")),
    Row("nothing but zeros", "no code_leading_zeros",
        (signed(subject="0"), signed(id="c-2", subject="00")),
        story(medium(people=("0",)), subject="0")),
    Row("two codes of one case", "no code_leading_zeros", (signed(),),
        story(medium(people=("0042", "42")))),
    Row("two codes in two files", "no code_leading_zeros", (signed(),),
        story(medium("a"), medium("b", people=("0042", "42")))),
    Row("works", "no code_leading_zeros",
        (licence(subject="7"), licence(id="l-2", subject="07")),
        story(medium(role=Role.PRESS, people=(), rights=("l-1",)))),
]  # fmt: skip

TWO = story(medium(people=("0042", "bo")))
SEVERAL = [
    Row("both allow", "yes c-1 s-1", (signed(), staff()), TWO),
    Row("one has no record", "no no_consent", (signed(),), TWO),
    Row("the subject has none", "no no_consent", (staff(),), TWO),
    Row("one's is expired", "no consent_expired", (signed(), staff(expires_on="2026-06-01")), TWO),
    Row("one's is revoked", "no consent_revoked", (signed(), staff(revoked="2026-06-01")), TWO),
    Row("one leaves out the channel", "no channel_not_allowed",
        (signed(), staff(channels=["print"])), TWO),
    Row("each hides something", "yes c-1 s-1 without face name",
        (signed(allows__face="no"), staff(allows__name="no")), TWO),
    Row("each says its own no", "no channel_not_allowed consent_expired",
        (signed(channels=["print"]), staff(expires_on="2026-06-01")), TWO),
    Row("the subject counts unsaid", "no no_consent", (staff(),), story(medium(people=("bo",)))),
    Row("nobody named but the subject", "yes c-1", (signed(),), story(medium(people=()))),
    Row("a covering of another for one", "no not_covered", (signed(), staff(**OTHER_CASE)), TWO),
]  # fmt: skip

FILM = story(medium(rights=("l-1",)))
PRESS = story(medium(role=Role.PRESS, people=()), subject="press")
PRESS_FILM = story(medium(role=Role.PRESS, people=(), rights=("l-1",)), subject="press")
RIGHTS = [
    Row("both hold", "yes c-1 l-1", (signed(), licence()), FILM),
    Row("no licence", "no no_licence", (signed(),), FILM),
    Row("another licence", "no no_licence", (signed(), licence(id="l-2", subject="film-8")), FILM),
    Row("expired", "no consent_expired", (signed(), licence(expires_on="2026-06-01")), FILM),
    Row("revoked", "no consent_revoked", (signed(), licence(revoked="2026-06-01")), FILM),
    Row("a newer licence of the work", "yes c-1 l-2",
        (signed(), licence(), licence(id="l-2", signed_on="2026-05-01")), FILM),
    Row("a newer one with fewer channels", "no channel_not_allowed",
        (signed(), licence(), licence(id="l-2", signed_on="2026-05-01", channels=["print"])), FILM),
    Row("a newer one, defective", "no consent_element_missing",
        (signed(), licence(), licence(id="l-2", signed_on="2026-05-01", credit=None)), FILM),
    Row("the named one expired, a newer one holds", "yes c-1 l-2",
        (signed(), licence(expires_on="2026-04-01"), licence(id="l-2", signed_on="2026-05-01")),
        FILM),
    Row("one of two works lacks its licence", "no no_licence", (signed(), licence()),
        story(medium(rights=("l-1", "l-2")))),
    Row("a licence of another treatment", "no not_covered",
        (signed(), licence(covers={"treatments": ["massage"]})), FILM),
    Row("press with nobody and nothing", "yes nothing", (), PRESS),
    Row("press with a licence", "yes l-1", (licence(),), PRESS_FILM),
    Row("press without its licence", "no no_licence", (), PRESS_FILM),
    Row("press with a person", "no no_consent", (),
        story(medium(role=Role.PRESS, people=("bo",)), subject="press")),
    Row("press with staff's consent", "yes s-1 without voice", (staff(allows__voice="no"),),
        story(medium(role=Role.PRESS, people=("bo",)), subject="press")),
    Row("press with a subject said", "no no_consent", (), story(medium(role=Role.PRESS))),
]  # fmt: skip

ALL = [*LATEST, *COVERED, *NAMED, *TWINS, *SEVERAL, *RIGHTS]


@pytest.mark.parametrize("row", ALL, ids=[row.name for row in ALL])
def test_which_record_governs(row: Row) -> None:
    """The verdict of the situation, and the same in whatever order the records come."""
    assert said(row.ask()) == row.verdict
    for order in list(permutations(row.consents))[1:6]:
        assert row._replace(consents=order).ask() == row.ask()


def test_situations_have_names_of_their_own() -> None:
    """No situation is listed twice under one name."""
    assert len({row.name for row in ALL}) == len(ALL)


A, B, C = medium("a"), medium("b"), medium("c")
A_BO, B_BO, C_BO = (medium(name, people=("0042", "bo")) for name in "abc")
# a case, what may be shown of it under the patient's record alone, which halves wait for the other
PAIRS = {
    "both may be shown": (story(A, B, pairs=(("a", "b"),)), "a b", ""),
    "the second may not": (story(A, B_BO, C, pairs=(("a", "b"),)), "c", "a"),
    "the first may not": (story(A_BO, B, C, pairs=(("a", "b"),)), "c", "b"),
    "neither may": (story(A_BO, B_BO, C, pairs=(("a", "b"),)), "c", ""),
    "a third one may not": (story(A, B, C_BO, pairs=(("a", "b"),)), "a b", ""),
    "pairs in a chain": (story(A, B, C_BO, pairs=(("a", "b"), ("b", "c"))), "", "a b"),
    "the other half is gone": (story(A, C, pairs=(("a", "b"),)), "c", "a"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_both_sides_or_neither(name: str) -> None:
    """Half a comparison is not shown, and says that it waits for its other half."""
    case, files, waiting = PAIRS[name]
    answer = ask(case, signed())
    assert shown(answer) == files
    reasons = answer.reasons if isinstance(answer, Refusal) else answer.left_out
    halves = [reason for reason in reasons if reason.code == "pair_incomplete"]
    named = " ".join(str(half.file).removesuffix(".jpg") for half in halves)
    assert named == (waiting if len(waiting) < 2 else "None")  # said once of several files


def test_originals_answer_for_themselves() -> None:
    """One original waits for its person while another is shown; the reason names the file."""
    answer = ask(story(A, B_BO), signed())
    assert shown(answer) == "a"
    assert isinstance(answer, Clearance)
    assert [(each.code, each.file, each.channel) for each in answer.left_out] == [
        ("no_consent", "b.jpg", "web")
    ]


def test_a_reason_of_all_files_is_said_once() -> None:
    """What keeps every file of a case is one reason, of no file."""
    answer = ask(story(A, B, C))
    assert isinstance(answer, Refusal)
    assert [(each.code, each.file) for each in answer.reasons] == [("no_consent", None)]


def test_an_empty_case_shows_nothing() -> None:
    """A case without pictures is a refusal, whatever is allowed."""
    assert said(ask(story(assets=()), signed())) == "no nothing_to_show"


def test_redactions_are_each_originals_own() -> None:
    """A face is covered only where the person who forbids it is seen; words are withheld in all."""
    answer = ask(story(A, B_BO), signed(), staff(allows__face="no", allows__name="no"))
    assert isinstance(answer, Clearance)
    assert {each.sha256: set(each.redactions) for each in answer.permits} == {
        "a": set(),
        "b": {"face"},
    }
    assert answer.withheld == {"name"}


def test_a_permit_names_the_versions_it_stands_on() -> None:
    """The ids and versions of all governing records, of nothing else."""
    answer = ask(
        story(A_BO), signed(), signed(version=3, **NEWER), staff(version=2), staff(id="s-0", **OLD)
    )
    assert isinstance(answer, Clearance)
    assert answer.stands_on == {("c-2", 3), ("s-1", 2)}
