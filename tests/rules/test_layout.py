"""Logo, label, caption and disclosure: whole, apart, inside the safe zone and legible."""

from __future__ import annotations

import unicodedata
from itertools import combinations
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.rules.layout import LOGO_PAD, Extent, Logo, Placed, Words, layout, text_pad
from pipeline.rules.layout.lines import clusters, tidy, wrap
from pipeline.rules.legible import least_font_px, safe_zone
from pipeline.rules.media import Box, Overlay

TARGETS = (
    ("vertical", 1080, 1920),
    ("vertical", 720, 1280),
    ("feed", 1080, 1350),
    ("feed", 1080, 1080),
    ("web", 1200, 630),
    ("web", 1440, 960),
    ("web", 1440, 1920),
    ("web", 480, 640),
    ("web", 3000, 400),
    ("web", 300, 2400),
    ("web", 1200, 90),
    ("web", 900, 110),
    ("web", 40, 30),
    ("web", 1, 1),
)
LOGOS = (
    None,
    Logo("a" * 64, 900, 300),
    Logo("b" * 64, 300, 900),
    Logo("c" * 64, 4000, 40),
    Logo("d" * 64, 24, 24),
)
CAPTION = "Six weeks of dry needling and guided exercise for neck pain"


def measure(text: str, font_px: int, /) -> Extent:
    """A font of our own: marks take no width, Chinese letters a square, spaces a quarter."""
    width = 0.0
    for letter in text:
        if unicodedata.category(letter).startswith("M"):
            continue
        wide = unicodedata.east_asian_width(letter) in "WF"
        width += 1.0 if wide else 0.25 if letter == " " else 0.35 + (ord(letter) % 8) / 20
    missing = "".join(letter for letter in text if letter == "\N{PILE OF POO}")
    return Extent(ceil(width * font_px), ceil(1.07 * font_px), ceil(0.3 * font_px), missing)


def place(words: Words, *, zone: str = "feed", width: int = 1080, height: int = 1350) -> Placed:
    """Lay out on a canvas with the zone of that name."""
    box = safe_zone(zone, width=width, height=height)
    return layout(words, width=width, height=height, zone=box, measure=measure)


def by_kind(placed: Placed) -> dict[str, Overlay]:
    """The overlays by what they are."""
    return {each.kind: each for each in placed.overlays}


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share a pixel."""
    across = one.x < other.x + other.width and other.x < one.x + one.width
    along = one.y < other.y + other.height and other.y < one.y + one.height
    return across and along


def inside(inner: Box, outer: Box) -> bool:
    """Whether a box lies wholly within another and has a size."""
    return (
        inner.width > 0
        and inner.height > 0
        and outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


SCRIPTS = st.sampled_from(
    (
        "abcdefgh ijklmnop ÄÉñß'-. ",
        "абвгд ежзий клмно ",
        "อาการปวดคอดีขึ้นเเโ",
        "颈部疼痛治疗前后、。「」",
        "مرحبا بالعالم السلام ",
        "हिन्दी में लिखा हुआ ",
        "a\u0301\u200d\u0000\n\t\ud800 \u202e1",
    ),
)
TEXTS = SCRIPTS.flatmap(lambda letters: st.text(alphabet=letters, max_size=500))
SHORT = SCRIPTS.flatmap(lambda letters: st.text(alphabet=letters, max_size=30))


@settings(max_examples=400, deadline=None)
@given(
    target=st.sampled_from(TARGETS)
    | st.tuples(st.sampled_from(("web", "feed")), st.integers(60, 2000), st.integers(60, 2000)),
    logo=st.sampled_from(LOGOS),
    label=SHORT | TEXTS,
    caption=SHORT | TEXTS,
    disclosure=SHORT | TEXTS,
    name=SHORT | TEXTS,
    primary=st.sampled_from(("#0b6e69", "#ffffff", "#000000", "#f2b705")),
)
def test_whatever_is_asked_is_placed_well_or_refused(
    target: tuple[str, int, int],
    logo: Logo | None,
    label: str,
    caption: str,
    disclosure: str,
    name: str,
    primary: str,
) -> None:
    """Nothing overlaps, leaves the zone, is too small or loses a letter; the rest has a reason."""
    zone_name, width, height = target
    zone = safe_zone(zone_name, width=width, height=height)
    words = Words(label, caption, disclosure, name, logo, primary)
    placed = layout(words, width=width, height=height, zone=zone, measure=measure)
    boxes = [each.box for each in placed.overlays]
    assert all(inside(box, zone) for box in boxes)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    least_px = least_font_px(width=width, height=height)
    for overlay in placed.overlays:
        if overlay.image:
            continue
        assert overlay.font_px >= least_px
        assert len(overlay.lines) <= (1 if overlay.kind == "label" else 2)
        pad_x, pad_y = text_pad(overlay.kind, overlay.font_px)
        extents = [measure(line, overlay.font_px) for line in overlay.lines]
        assert max(each.width for each in extents) + 2 * pad_x <= overlay.box.width
        tall = sum(each.ascent + each.descent for each in extents)
        assert tall + 2 * pad_y <= overlay.box.height
    said = {"label": label, "caption": caption, "disclosure": disclosure}
    if logo is None:
        said["logo"] = name
    drawn = by_kind(placed)
    refused = {
        reason.facts.get("part", "all").replace("name", "logo") for reason in placed.problems
    }
    for kind, text in said.items():
        if not tidy(text):
            assert kind not in drawn
        elif kind in drawn:
            assert "".join(drawn[kind].lines).replace(" ", "") == tidy(text).replace(" ", "")
        else:
            assert refused & {kind, "all"}
    if logo is not None:
        assert "logo" in drawn or refused & {"logo", "all"}


@pytest.mark.parametrize(("zone", "width", "height"), TARGETS[:7])
@pytest.mark.parametrize("logo", LOGOS[:2])
def test_an_ordinary_case_is_placed_whole(
    zone: str,
    width: int,
    height: int,
    logo: Logo | None,
) -> None:
    """A label, a short caption, a disclosure and a logo or name fit on every usual target."""
    words = Words(
        label="Before",
        caption="Neck rotation in week 6",
        disclosure="Results differ.",
        name="Riverside Physio",
        logo=logo,
    )
    placed = place(words, zone=zone, width=width, height=height)
    assert placed.problems == ()
    drawn = by_kind(placed)
    assert set(drawn) == {"logo", "label", "caption", "disclosure"}
    assert drawn["label"].box.y < drawn["caption"].box.y < drawn["disclosure"].box.y
    assert drawn["logo"].box.y < drawn["caption"].box.y


def test_the_logo_has_a_tenth_of_the_short_side_and_keeps_its_shape() -> None:
    """With its plate the logo is 10 % of the short side high; its own part has its own shape."""
    box = by_kind(place(Words(logo=Logo("a" * 64, 600, 300))))["logo"].box
    assert box.height == 108
    pad = LOGO_PAD * box.height
    assert box.height - 2 * pad >= 0.08 * 1080
    assert (box.width - 2 * pad) / (box.height - 2 * pad) == pytest.approx(2, rel=0.02)


def test_a_very_wide_logo_is_narrowed() -> None:
    """A logo of 40:1 takes at most 30 % of the width."""
    box = by_kind(place(Words(logo=Logo("a" * 64, 4000, 100))))["logo"].box
    assert 0.28 * 1080 < box.width <= 0.30 * 1080


def test_a_tiny_logo_is_not_blown_up() -> None:
    """A logo of 20 pixels is drawn at most 40 pixels high."""
    box = by_kind(place(Words(logo=Logo("a" * 64, 20, 20))))["logo"].box
    assert 30 <= box.height * (1 - 2 * LOGO_PAD) <= 40


def test_the_logo_is_named_by_its_hash() -> None:
    """The overlay carries the hash, so that a new logo makes a new picture."""
    logo = by_kind(place(Words(name="Riverside", logo=Logo("e" * 64, 10, 10))))["logo"]
    assert (logo.image, logo.lines) == ("e" * 64, ())


def test_without_a_logo_the_name_is_set() -> None:
    """The clinic's name stands where the logo would."""
    logo = by_kind(place(Words(name="Riverside Physio")))["logo"]
    assert logo.image is None
    assert logo.lines == ("Riverside Physio",)


def test_the_label_is_a_pill_in_the_brands_colour() -> None:
    """Ground is the brand's colour, ink whatever reads on it."""
    dark, pale = (
        by_kind(place(Words(label="Before", primary=colour)))["label"]
        for colour in ("#0b6e69", "#ffe9a8")
    )
    assert (dark.ground, dark.ink) == ("#0b6e69", "#ffffff")
    assert (pale.ground, pale.ink) == ("#ffe9a8", "#0e1416")


def test_a_long_caption_shrinks_and_then_is_refused() -> None:
    """Comfortable, then as small as is legible, then a reason with the part and the size."""
    short = by_kind(place(Words(caption="Week 6")))["caption"]
    longer = by_kind(place(Words(caption=CAPTION + " at home")))["caption"]
    assert longer.font_px < short.font_px
    assert len(longer.lines) == 2
    refused = place(Words(caption=CAPTION * 3, label="After"))
    assert set(by_kind(refused)) == {"label"}
    assert [reason.code for reason in refused.problems] == ["text_too_long"]
    assert refused.problems[0].facts == {"part": "caption", "size": "1080 x 1350"}


@pytest.mark.parametrize(("zone", "width", "height"), TARGETS[:6])
def test_no_length_of_caption_gets_below_the_least_size(
    zone: str,
    width: int,
    height: int,
) -> None:
    """Letter by letter longer, a caption is legible until it is refused, and then stays refused."""
    least_px = least_font_px(width=width, height=height)
    found = []
    for length in range(1, 400, 2):
        placed = place(Words(caption="i" * length), zone=zone, width=width, height=height)
        found.append(min((each.font_px for each in placed.overlays), default=0))
    last = found.index(0)
    assert least_px <= min(found[:last]) < 1.1 * least_px
    assert not any(found[last:])


def test_texts_that_are_too_tall_together_are_refused() -> None:
    """A flat picture holds a caption of one line; what finds no room is named, not laid over it."""
    words = Words("After", "neck " * 50, "differ " * 40, "Riverside")
    placed = place(words, zone="web", width=1200, height=90)
    assert {reason.code for reason in placed.problems} == {"text_too_long"}
    boxes = [each.box for each in placed.overlays]
    assert boxes
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


def test_vertical_text_is_at_least_3_2_percent_of_the_height() -> None:
    """On 1080 x 1920 no font is below 62 pixels and nothing leaves x 108-972, y 384-1248."""
    words = Words("After", "Neck rotation in week 6", "Results differ.", "Riverside")
    placed = place(words, zone="vertical", width=1080, height=1920)
    assert not placed.problems
    for overlay in placed.overlays:
        assert overlay.font_px >= 0.032 * 1920
        assert inside(overlay.box, Box(108, 384, 864, 864))


def test_a_letter_that_the_font_lacks_is_named() -> None:
    """No empty boxes: the text is left out, and the reason names the letters."""
    placed = place(Words(caption="Better \N{PILE OF POO}", label="After"))
    assert set(by_kind(placed)) == {"label"}
    (reason,) = placed.problems
    assert reason.code == "text_missing_letters"
    assert reason.facts == {"part": "caption", "letters": "\N{PILE OF POO}"}


def test_a_picture_too_small_for_letters_says_so() -> None:
    """On a stamp nothing is written, and nothing is asked when nothing was to be written."""
    assert place(Words(), zone="web", width=40, height=30) == Placed(())
    placed = place(Words(label="After"), zone="web", width=40, height=30)
    assert [reason.code for reason in placed.problems] == ["picture_too_small"]
    assert placed.overlays == ()


def width_of(text: str) -> int:
    """A typewriter: ten pixels a letter."""
    return 10 * len(clusters(text))


def test_lines_of_one_text_are_of_like_length() -> None:
    """No last line of one word."""
    lines = wrap("one two three four five six", max_width=250, max_lines=2, width_of=width_of)
    assert lines == ("one two three", "four five six")


def test_a_word_longer_than_the_line_breaks_between_letters() -> None:
    """Accents and joined emoji stay whole."""
    word = "x\u0331" * 8
    assert wrap(word, max_width=40, max_lines=2, width_of=width_of) == (
        "x\u0331" * 4,
        "x\u0331" * 4,
    )
    assert wrap(word, max_width=30, max_lines=2, width_of=width_of) is None


def test_scripts_without_spaces_break_anywhere_but_not_before_a_full_stop() -> None:
    """Chinese breaks between letters; a closing mark stays with the letter before it."""
    lines = wrap("颈部疼痛治疗。", max_width=60, max_lines=2, width_of=width_of)
    assert lines is not None
    assert "".join(lines) == "颈部疼痛治疗。"
    assert not lines[1].startswith("。")
    thai = wrap("ทดเสอบ", max_width=30, max_lines=3, width_of=width_of)
    assert thai is not None
    assert len(thai) > 1
    assert not any(line.endswith("เ") for line in thai)


def test_what_cannot_be_drawn_becomes_a_space() -> None:
    """Control characters, line ends and half letters do not reach the font."""
    assert tidy(" a\u0000b\n\nc\ud800d\u2028 ") == "a b c d"
    assert tidy("e\u0301") == "\u00e9"


@pytest.mark.parametrize("family", ["👨‍👩‍👧", "👍🏽", "🇪🇸", "क्षि"])
def test_what_readers_take_for_one_letter_is_one(family: str) -> None:
    """Joined emoji, skin tones, flags and conjuncts are never torn."""
    assert clusters(family) == (family,)
    assert clusters(f"a{family}b") == ("a", family, "b")
