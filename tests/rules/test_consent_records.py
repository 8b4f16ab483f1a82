"""What a single record must be for a yes: whole, of the right kind, allowing the channel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from verdicts import (
    LICENCE,
    PATIENT,
    STAFF,
    Entries,
    Row,
    ask,
    entries,
    licence,
    medium,
    said,
    signed,
    staff,
    story,
)

from pipeline.rules.consent import Consent, Refusal
from pipeline.rules.media import CHANNELS, Role
from pipeline.rules.signed.records import read_record

WITH_BO = story(medium(people=("0042", "bo")))
WITH_FILM = story(medium(rights=("l-1",)))

# kind of record, element, what stands there instead (None: left out), code of the defect
DEFECTS: list[tuple[Entries, str, object, str]] = [
    *((PATIENT, name, None, "consent_element_missing")
      for name in ("kind", "signed_by", "signed_on", "channels", "discloser", "recipients",
                   "information", "purpose", "statements__right_to_revoke",
                   "statements__no_conditioning", "statements__redisclosure",
                   "statements__remuneration")),
    (PATIENT, "statements", None, "consent_element_missing"),
    (PATIENT, "signed_by", "   ", "consent_element_missing"),
    (PATIENT, "channels", [], "consent_element_missing"),
    (PATIENT, "purpose", "", "consent_element_missing"),
    (PATIENT, "expires_on", None, "consent_expiry_missing"),
    (PATIENT, "expires_on", "2026-02-30", "consent_not_day"),
    (PATIENT, "expires_on", "2026-03-01", "consent_expiry_before_signature"),
    (PATIENT, "signed_on", "1 March 2026", "consent_not_day"),
    (PATIENT, "signed_on", "03/01/2026", "consent_not_day"),
    (PATIENT, "statements__right_to_revoke", "false", "consent_statement_untrue"),
    (PATIENT, "statements__no_conditioning", "no", "consent_statement_untrue"),
    (PATIENT, "statements__redisclosure", "false", "consent_statement_untrue"),
    (PATIENT, "statements__redisclosure", "maybe", "consent_not_yes_no"),
    (PATIENT, "statements__remuneration", "yes", "consent_remuneration_unclear"),
    (PATIENT, "representative", {"authority": "mother"}, "consent_element_missing"),
    (PATIENT, "representative", {"name": "B. Example"}, "consent_element_missing"),
    (PATIENT, "representative__until", "soon", "consent_not_day"),
    (PATIENT, "allows__face", "perhaps", "consent_not_yes_no"),
    (PATIENT, "allows__feet", "yes", "consent_unknown_key"),
    (PATIENT, "channels", ["web", "instagramm"], "consent_unknown_channel"),
    (PATIENT, "kind", "patients", "consent_unknown_kind"),
    (PATIENT, "chanels", ["web"], "consent_unknown_key"),
    (PATIENT, "covers", {"treatment": ["dry-needling"]}, "consent_unknown_key"),
    (PATIENT, "covers__taken_until", "yesterday", "consent_not_day"),
    (PATIENT, "document", "../scan.pdf", "consent_document_elsewhere"),
    (PATIENT, "signed_by", "=HYPERLINK()", "consent_formula"),
    *((STAFF, name, None, "consent_element_missing")
      for name in ("kind", "signed_by", "signed_on", "channels")),
    (STAFF, "expires_on", None, "consent_expiry_missing"),
    (STAFF, "expires_on", "never", "consent_not_day"),
    *((LICENCE, name, None, "consent_element_missing")
      for name in ("kind", "signed_by", "signed_on", "channels", "information", "credit")),
    (LICENCE, "expires_on", None, "consent_expiry_missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "element", "value", "code"),
    DEFECTS,
    ids=[f"{base['kind']} {element} {value}" for base, element, value, _ in DEFECTS],
)
def test_a_defective_record_clears_nothing(
    base: Entries, element: str, value: object, code: str
) -> None:
    """Each element left out or wrong is a no that names the record, the element and its rule."""
    broken = signed(base, **{element: value})
    case = {"patient": story(), "staff": WITH_BO, "licence": WITH_FILM}[str(base["kind"])]
    others = [] if base is PATIENT else [signed()]
    answer = ask(case, broken, *others)
    assert isinstance(answer, Refusal)
    assert code in {reason.code for reason in answer.reasons}
    for reason in answer.reasons:
        assert reason.facts["id"] == base["id"]
        assert reason.facts["code"] == base["subject"]
        assert reason.facts["element"]
        assert reason.facts["citation"]


def test_whole_records_are_a_yes() -> None:
    """The same three records without a change clear, so that every no above is the change's."""
    assert said(ask(story(), signed())) == "yes c-1"
    assert said(ask(WITH_BO, signed(), staff())) == "yes c-1 s-1"
    assert said(ask(WITH_FILM, signed(), licence())) == "yes c-1 l-1"


@pytest.mark.parametrize("missing", ["id", "subject"])
def test_without_id_or_subject_there_is_no_record(missing: str) -> None:
    """Such a paper is no record at all: nothing to decide on."""
    assert not hasattr(read_record(entries(PATIENT, **{missing: None})), "defects")


def test_any_end_of_an_expiry_event_is_needed() -> None:
    """An event is an expiry like a day; "none" and "never" are none."""
    told = {
        event: said(ask(story(), signed(expires_on=None, expires_event=event)))
        for event in ("the end of treatment", "none", "Never", "unlimited")
    }
    assert told == {
        "the end of treatment": "yes c-1",
        "none": "no consent_expiry_open",
        "Never": "no consent_expiry_open",
        "unlimited": "no consent_expiry_open",
    }


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", ["patient", "staff", "licence"])
def test_a_channel_is_open_only_when_it_is_named(channel: str, kind: str) -> None:
    """A record of any kind opens the channels it names; every other channel is a no."""
    made: Callable[..., Consent] = {"patient": signed, "staff": staff, "licence": licence}[kind]
    case = {"patient": story(), "staff": WITH_BO, "licence": WITH_FILM}[kind]
    wide = [signed(channels=list(CHANNELS))] if kind != "patient" else []
    others = [name for name in CHANNELS if name != channel]
    assert said(ask(case, made(channels=[channel]), *wide, channel=channel)).startswith("yes")
    answer = ask(case, made(channels=others), *wide, channel=channel)
    assert said(answer) == "no channel_not_allowed"
    assert isinstance(answer, Refusal)
    assert answer.reasons[0].facts["channel"] == channel


def test_an_unheard_of_channel_is_a_no() -> None:
    """Whatever is not understood is a no."""
    assert said(ask(story(), signed(), channel="billboard")) == "no channel_not_allowed"


@pytest.mark.parametrize("thing", ["face", "voice", "name", "condition", "quote"])
@pytest.mark.parametrize("answer", ["no", "false", None])
def test_what_is_not_allowed_is_hidden(thing: str, answer: str | None) -> None:
    """A no and silence are the same; face and voice are redactions, the rest is withheld."""
    told = ask(story(), signed(**{f"allows__{thing}": answer}))
    assert said(told) == f"yes c-1 without {thing}"
    assert ask(story(), signed(allows=None)) == ask(story(), signed(allows=dict[str, str]()))
    assert said(ask(story(), signed(allows=None))) == (
        "yes c-1 without condition face name quote voice"
    )


BO = story(medium(people=("bo",)), subject="bo", subject_kind="staff")
OLD = {"signed_on": "2020-01-01", "expires_on": "2021-01-01"}
KINDS = [
    Row("staff's for the patient", "no wrong_kind", (staff(subject="0042"),)),
    Row("a licence for the patient", "no wrong_kind", (licence(subject="0042"),)),
    Row("staff as subject", "yes s-1", (staff(),), BO),
    Row("a patient's for staff", "no wrong_kind", (signed(subject="bo"),), BO),
    Row("another patient", "yes c-1 c-2", (signed(), signed(id="c-2", subject="bo")), WITH_BO),
    Row("staff beside the patient", "yes c-1 s-1", (signed(), staff()), WITH_BO),
    Row("a licence for another", "no wrong_kind", (signed(), licence(subject="bo")), WITH_BO),
    Row("both kinds", "no code_both_kinds",
        (signed(), staff(), signed(id="c-2", subject="bo")), WITH_BO),
    Row("both kinds, one long over", "no code_both_kinds",
        (signed(), staff(), signed(id="c-2", subject="bo", **OLD)), WITH_BO),
    Row("both kinds of the subject", "no code_both_kinds",
        (signed(), staff(subject="0042", id="s-9", **OLD))),
    Row("a patient's as a licence", "no wrong_kind",
        (signed(), signed(id="l-1", subject="film-7")), WITH_FILM),
    Row("staff's as a licence", "no wrong_kind",
        (signed(), staff(id="l-1", subject="film-7")), WITH_FILM),
    Row("a case of no known kind", "no wrong_kind", (licence(subject="0042"),),
        story(subject_kind="licence")),
    Row("a newer one of a wrong kind governs", "no wrong_kind",
        (signed(), licence(subject="0042", signed_on="2026-05-01"))),
    Row("an older one of a wrong kind does not", "yes c-1",
        (signed(signed_on="2026-05-01"), licence(subject="0042"))),
]  # fmt: skip


@pytest.mark.parametrize("row", KINDS, ids=[row.name for row in KINDS])
def test_the_kind_must_be_right(row: Row) -> None:
    """The subject's kind, a right's licence, others patient or staff; both kinds clear nothing."""
    assert said(row.ask()) == row.verdict


def test_a_recorded_paper_is_no_condition() -> None:
    """Neither a copy given nor a document is needed; the clinic's policy adds that elsewhere."""
    assert said(ask(story(), signed(copy_given=None, document=None))) == "yes c-1"


def test_a_licence_hides_no_face() -> None:
    """A licence speaks for a work: people's faces and voices are the people's to allow."""
    press = story(medium(role=Role.PRESS, people=(), rights=("l-1",)))
    assert said(ask(press, licence())) == "yes l-1"
    both = story(medium(rights=("l-1",)))
    assert said(ask(both, signed(allows__face="no"), licence())) == "yes c-1 l-1 without face"
