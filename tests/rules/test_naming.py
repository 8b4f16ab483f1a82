"""What folder and file names in the inbox say."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.errors import Reason
from pipeline.rules.inbox.naming import (
    PAPER_WORDS,
    ROLE_WORDS,
    Aside,
    CaseName,
    LooseName,
    case_slug,
    meant_treatment,
    name_case,
    read_case_name,
    read_loose_name,
    role_of,
    slug_of,
    view_of,
)
from pipeline.rules.media import Kind, Role


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        (
            "Dry Needling--PT-0042--Left knee",
            CaseName("dry-needling", "PT-0042", "Left knee", "dry-needling--pt-0042--left-knee"),
        ),
        ("dry-needling--0042", CaseName("dry-needling", "0042", None, "dry-needling--0042")),
        (
            "dry_needling -- 0042 ",
            CaseName("dry-needling", "0042", None, "dry-needling--0042"),
        ),
        (
            "punción seca--Pt.7",
            CaseName("puncion-seca", "Pt.7", None, "puncion-seca--pt-7"),
        ),
        (
            "dry-needling--press",
            CaseName("dry-needling", "press", None, "dry-needling--press", press=True),
        ),
        (
            "dry-needling--Press--2026",
            CaseName("dry-needling", "Press", "2026", "dry-needling--press--2026", press=True),
        ),
    ],
)
def test_case_names(folder: str, expected: CaseName) -> None:
    """A folder names treatment, subject and label; only the subject's text stays as it is."""
    assert read_case_name(folder) == expected


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        ("holiday pictures", "case_name_one_part"),
        ("dry-needling-0042", "case_name_one_part"),
        ("dry-needling—0042", "case_name_one_part"),
        ("a--b--c--d", "case_name_many_parts"),
        ("--0042", "case_name_empty_part"),
        ("dry-needling--", "case_name_empty_part"),
        ("dry-needling-- --knee", "case_name_empty_part"),
        ("dry-needling--0042--", "case_name_empty_part"),
        ("dry-needling---0042", "case_name_extra_hyphen"),
        ("dry-needling--???", "case_name_no_letters"),
        ("***--0042", "case_name_no_letters"),
        ("dry-needling--00\u202e42", "case_name_invisible"),
        ("dry-needling--00\u200b42", "case_name_invisible"),
        ("dry-needling--0042\n", "case_name_invisible"),
        ("dry-needling--\udcff42", "case_name_invisible"),
        ("dry-needling--" + "x" * 230, "case_name_too_long"),
    ],
)
def test_bad_case_names(folder: str, code: str) -> None:
    """A folder that names no case is a reason which says what is wrong and can be printed."""
    reason = read_case_name(folder)
    assert isinstance(reason, Reason)
    assert reason.code == code
    reason.facts["name"].encode()


def test_codes_of_a_mac_and_of_a_keyboard_are_one() -> None:
    """The same letters in another byte form are the same code; other letters are another."""
    typed, mac = "José-1", unicodedata.normalize("NFD", "José-1")
    assert typed != mac
    assert read_case_name(f"cupping--{mac}") == read_case_name(f"cupping--{typed}")
    other = read_case_name("cupping--Jose-1")
    assert isinstance(other, CaseName)
    assert other.subject == "Jose-1"


def test_entities_are_no_letters() -> None:
    """A name is never decoded: what looks like an HTML entity stays the letters it has."""
    assert slug_of("a&#45;&#45;b") == "a-45-45-b"


@given(st.text(max_size=60))
def test_a_slug_names_its_own_case(folder: str) -> None:
    """A case is found by its folder's name and by its slug alike."""
    name = read_case_name(folder)
    if isinstance(name, CaseName):
        assert case_slug(folder) == name.slug == case_slug(name.slug)
        again = read_case_name(name.slug)
        assert isinstance(again, CaseName)
        assert again.slug == name.slug


def test_parts_given_by_a_case_file_make_the_same_name() -> None:
    """`case.yaml` wins over names by giving the parts itself."""
    assert name_case("Dry needling", subject="0042") == read_case_name("dry-needling--0042")
    assert isinstance(name_case("Dry needling", subject=" "), Reason)


@pytest.mark.parametrize(
    ("file", "slug", "role_stem", "ext"),
    [
        ("dry-needling--0042--before.jpg", "dry-needling--0042", "before", "jpg"),
        ("dry-needling--0042--knee--after 2.MOV", "dry-needling--0042--knee", "after 2", "mov"),
        ("dry-needling--pt.7--before", "dry-needling--pt-7", "before", ""),
        ("dry-needling--0042--before.en.vtt", "dry-needling--0042", "before.en", "vtt"),
    ],
)
def test_loose_names(file: str, slug: str, role_stem: str, ext: str) -> None:
    """A loose file names its case, and its role after the last double hyphen."""
    name = read_loose_name(file)
    assert isinstance(name, LooseName)
    assert (name.case.slug, name.role_stem, name.ext) == (slug, role_stem, ext)


def test_only_the_last_part_of_a_loose_name_is_read_for_its_role() -> None:
    """A label "before surgery" does not make a before of a file."""
    name = read_loose_name("dry-needling--0042--before surgery--after.jpg")
    assert isinstance(name, LooseName)
    assert role_of(name.role_stem) == Role.AFTER


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("IMG_1234.jpg", "loose_name_too_few_parts"),
        ("dry-needling--0042.jpg", "loose_name_too_few_parts"),
        ("a--b--c--d--before.jpg", "loose_name_many_parts"),
        ("dry-needling--0042--.jpg", "case_name_empty_part"),
        ("dry-needling----before.jpg", "case_name_empty_part"),
        ("dry-needling--0042---before.jpg", None),
    ],
)
def test_bad_loose_names(file: str, code: str | None) -> None:
    """A loose file that names no case is a reason."""
    name = read_loose_name(file)
    assert (name.code if isinstance(name, Reason) else None) == code


@pytest.mark.parametrize(
    ("stem", "role"),
    [
        ("before", Role.BEFORE),
        ("IMG_1234-BEFORE", Role.BEFORE),
        ("knee (before)", Role.BEFORE),
        ("pre op knee", Role.BEFORE),
        ("rodilla antes", Role.BEFORE),
        ("rodilla Después", Role.AFTER),
        ("rodilla despue\u0301s", Role.AFTER),
        ("post-treatment", Role.AFTER),
        ("during 3", Role.DURING),
        ("single", Role.SINGLE),
        ("press.2", Role.PRESS),
        ("skip", Aside.SKIP),
        ("before skip", Aside.SKIP),
        ("single leg squat before", Role.BEFORE),
        ("leg-press-after", Role.AFTER),
        ("consent", Aside.PAPER),
        ("Scan 0042", Aside.PAPER),
        ("patient_id", Aside.PAPER),
        ("afternoon", None),
        ("beforehand", None),
        ("IMG_before2", None),
        ("posterior view", None),
        ("idea", None),
        ("formal", None),
        ("IMG_1234", None),
        ("", None),
    ],
)
def test_roles(stem: str, role: Role | Aside | None) -> None:
    """Whole words decide, in English and Spanish, whatever their case and accents."""
    assert role_of(stem) == role


@pytest.mark.parametrize(
    ("stem", "code", "words"),
    [
        ("before and after", "role_two_words", {"before", "after"}),
        ("antes despues", "role_two_words", {"antes", "después"}),
        ("during-after", "role_two_words", {"during", "after"}),
        ("single press", "role_two_words", {"single", "press"}),
        ("before consent form", "role_or_paper", {"before", "consent"}),
        ("skip id", "role_or_paper", {"skip", "id"}),
    ],
)
def test_names_that_say_two_things(stem: str, code: str, words: set[str]) -> None:
    """Two role words, or a role word and a paper word, are a question and never a guess."""
    reason = role_of(stem)
    assert isinstance(reason, Reason)
    assert reason.code == code
    assert set(reason.facts.values()) == words


@pytest.mark.parametrize("word", PAPER_WORDS)
def test_every_paper_word(word: str) -> None:
    """Each paper word makes a paper of an image or PDF, and nothing of a film."""
    assert role_of(f"0042 {word.upper()} page 1") == Aside.PAPER
    assert role_of(f"0042 {word} page 1", kind=None) == Aside.PAPER
    assert role_of(f"0042 {word} page 1", kind=Kind.VIDEO) is None


def test_a_film_of_running_form_is_no_paper() -> None:
    """The word "form" says something else in the name of a film."""
    assert role_of("running form before", kind=Kind.VIDEO) == Role.BEFORE


def test_configured_words() -> None:
    """Configured words come beside the built-in ones, may be several, and replace papers."""
    words = ROLE_WORDS.with_more(
        {"after": ["Nachher"], "skip": ["do not use"]}, papers=["Einwilligung"]
    )
    assert role_of("knie NACHHER", words=words) == Role.AFTER
    assert role_of("knee after", words=words) == Role.AFTER
    assert role_of("before do-not-use", words=words) == Aside.SKIP
    assert role_of("use before", words=words) == Role.BEFORE
    assert role_of("einwilligung", words=words) == Aside.PAPER
    assert role_of("consent", words=words) is None


@pytest.mark.parametrize(
    ("stem", "view"),
    [
        ("before", ""),
        ("IMG_1234 before", ""),
        ("before-IMG_1234", ""),
        ("IMG_20260301_101500 left knee BEFORE 2", "left-knee"),
        ("left-knee-after (3)", "left-knee"),
        ("Left Knee después", "left-knee"),
        ("single leg squat before", "single-leg-squat"),
        ("DSC00042 gait after", "gait"),
        ("knee 90 degrees before", "knee-90-degrees"),
        ("before before front", "front"),
        ("single 2", ""),
    ],
)
def test_views(stem: str, view: str) -> None:
    """What is left of a name without role words and counters is what the file shows."""
    assert view_of(stem) == view


@given(st.text(max_size=40), st.sampled_from(["front", "left knee", "gait"]))
def test_a_view_does_not_depend_on_the_role(noise: str, view: str) -> None:
    """Names that differ in their role word and counter alone have one view."""
    assert view_of(f"{noise} {view} before 1") == view_of(f"{noise} {view} after 22")


@pytest.mark.parametrize(
    ("treatment", "meant"),
    [
        ("dry-needlin", "dry-needling"),
        ("dry-needling", None),
        ("nek", None),
        ("necc", None),
        ("cryotherapy", None),
    ],
)
def test_meant_treatments(treatment: str, meant: str | None) -> None:
    """An unknown treatment of five letters or more asks about the one it is a slip of."""
    assert meant_treatment(treatment, ["dry-needling", "neck"]) == meant
