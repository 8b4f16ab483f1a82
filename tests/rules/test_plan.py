"""What will be made of a cleared case: names, sizes, sound, keys, and what must not be made yet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from verdicts import ask, medium, signed, staff, story

from pipeline.rules import plan as plan_module
from pipeline.rules.consent import Clearance
from pipeline.rules.layout import Extent, Logo
from pipeline.rules.media import Asset, Case, Facts, Kind, Recipe, Rendition, Role
from pipeline.rules.networks import Network, read_networks
from pipeline.rules.plan import (
    MOST_GAIN_DB,
    SOCIAL_LUFS,
    WEB_LUFS,
    Plan,
    Sayings,
    Style,
    plan,
    sheets_of,
)
from pipeline.rules.recipes import DEFAULT_RECIPES, read_recipe
from pipeline.rules.work import Rights

STYLE = Style(
    name="Example Clinic",
    primary="#0b6e69",
    ground="#f4f6f5",
    logo=Logo("a" * 64, 300, 100),
    font="f" * 64,
    rights=Rights("Example Clinic", "Example Clinic", "All rights reserved", "https://a.example/"),
)
SAYS = Sayings("Before", "Dry needling: before treatment", "One person; results differ.")


def measure(text: str, font_px: int, /) -> Extent:
    """A font of our own: every letter half as wide as high."""
    missing = "".join(letter for letter in text if letter == "\N{PILE OF POO}")
    return Extent(len(text) * font_px // 2, font_px, font_px // 4, missing)


def recipe(name: str = "cut", **wish: Any) -> Recipe:
    """A recipe as a clinic writes it."""
    found = read_recipe(name, {"widths": ["480"], **wish})
    assert isinstance(found, Recipe), found
    return found


def photo(sha: str = "a", *, width: int = 4000, height: int = 3000, **changes: Any) -> Asset:
    """A photo."""
    facts = Facts(1, Kind.PHOTO, "jpeg", width, height)
    return replace(medium(sha), facts=facts, **changes)


def film(sha: str = "v", *, people: tuple[str, ...] = ("0042",), **facts: Any) -> Asset:
    """A film of ten seconds with sound."""
    measured = Facts(
        **{
            "version": 1,
            "kind": Kind.VIDEO,
            "format": "mp4",
            "width": 1920,
            "height": 1080,
            "duration_s": 10.0,
            "frame_rate": 30.0,
            "has_audio": True,
            "poster_at_s": 4.5,
            "loudness_lufs": -23.0,
            **facts,
        }
    )
    return replace(medium(sha, people=people), kind=Kind.VIDEO, facts=measured)


def planned(
    *assets: Asset,
    recipes: tuple[Recipe, ...] = DEFAULT_RECIPES,
    channel: str = "web",
    style: Style = STYLE,
    says: Sayings = SAYS,
    case: Case | None = None,
    network: Network | None = None,
    **consent: Any,
) -> Plan:
    """The plan of a case under a record for every channel, with changes to that record."""
    case = case or story(*assets)
    channels = ["web", "instagram", "facebook", "tiktok", "youtube", "google", "email"]
    record = signed(**{"channels": channels, **consent})
    clearance = ask(case, record, staff(channels=channels), channel=channel)
    assert isinstance(clearance, Clearance)
    return plan(
        case,
        clearance=clearance,
        recipes=recipes,
        style=style,
        sayings={asset.sha256: says for asset in case.assets},
        measure=measure,
        network=network or Network(channel),
    )


def only(found: Plan) -> Rendition:
    """The one rendition of a plan."""
    (rendition,) = found.renditions
    return rendition


def named(found: Plan) -> list[tuple[str, str, int, int]]:
    """Name, format and size of everything planned."""
    return [(each.name, each.format, each.width, each.height) for each in found.renditions]


def test_a_photo_for_the_web() -> None:
    """Each width in each format, and the picture to share, all of the one original."""
    found = planned(photo())
    widths = [(1920, 1440), (1440, 1080), (960, 720), (480, 360)]
    assert named(found) == [
        *((f"web-{w}", form, w, h) for w, h in widths for form in ("avif", "webp", "jpeg")),
        ("og", "jpeg", 1200, 630),
    ]
    assert {each.originals for each in found.renditions} == {("a",)}
    assert (found.channel, found.waits, found.tells, found.off) == ("web", (), (), None)
    assert {each.sound for each in found.renditions} == {"none"}
    assert {each.frame_rate for each in found.renditions} == {None}


def test_a_film_for_the_web() -> None:
    """A ladder of films that keep time and sound, and stills of the chosen moment."""
    found = planned(film())
    assert named(found) == [
        ("ladder-1080", "mp4", 1920, 1080),
        ("ladder-720", "mp4", 1280, 720),
        ("ladder-480", "mp4", 854, 480),
        ("poster-1080", "jpeg", 1920, 1080),
        ("poster-480", "jpeg", 853, 480),
        ("og", "jpeg", 1200, 630),
    ]
    for each in found.renditions:
        moves = each.format == "mp4"
        assert each.canvas.at_s == (None if moves else 4.5)
        assert (each.frame_rate, each.duration_s) == ((30.0, 10.0) if moves else (None, None))
        assert each.sound == ("keep" if moves else "none")
        assert dict(each.quality).keys() == ({"preset", "crf"} if moves else {"quality"})


def test_a_small_original_is_never_enlarged() -> None:
    """All sizes above the source leave one of its own size, named by it; fixed sizes pad."""
    found = planned(photo(width=301, height=200))
    assert named(found) == [
        ("web-301", "avif", 301, 200),
        ("web-301", "webp", 301, 200),
        ("web-301", "jpeg", 301, 200),
        ("og", "jpeg", 1200, 630),
    ]
    og = found.renditions[-1].canvas
    assert (og.place.width, og.place.height) == (300, 200)
    assert (og.width, og.height, og.ground) == (1200, 630, STYLE.ground)


@pytest.mark.parametrize(
    ("channel", "names"),
    [
        ("instagram", {"feed-4x5", "square-1x1"}),
        ("facebook", {"feed-4x5", "square-1x1"}),
        ("google", {"plain"}),
    ],
)
def test_networks_have_cuts_of_their_own(channel: str, names: set[str]) -> None:
    """Photos become JPEG and films become films there, in the sizes of that channel alone."""
    still, moving = planned(photo(), channel=channel), planned(film(), channel=channel)
    assert {each.name for each in still.renditions} == names
    assert {each.name for each in moving.renditions} == names
    assert {each.format for each in still.renditions} == {"jpeg"}
    assert {each.format for each in moving.renditions} == {"mp4"}


@pytest.mark.parametrize("channel", ["tiktok", "youtube", "email"])
def test_a_channel_without_a_recipe_is_off(channel: str) -> None:
    """Nothing serves it: it says so, and nothing waits."""
    found = planned(photo(), channel=channel)
    assert (found.renditions, found.waits) == ((), ())
    assert found.off is not None
    assert (found.off.code, found.off.channel) == ("channel_off", channel)


def test_what_a_network_does_not_take_is_left_out_and_told() -> None:
    """Files beyond a network's limits are not made; with none left the channel is off."""
    post = {
        "kind": "photo",
        "formats": {"among": ["jpeg"], "source": "x"},
        "width": {"least": "600", "source": "x"},
    }
    networks = {"email": {"posts": {"letter": post}}}
    limits = {"version": "1", "checked_on": "2026-11-01", "networks": networks}
    network = read_networks(limits).limits_of("email")
    cuts = (recipe("small", channels=["email"]), recipe("big", widths=["800"], channels=["email"]))
    found = planned(photo(), recipes=cuts, channel="email", network=network)
    assert [each.name for each in found.renditions] == ["big"]
    assert [(each.code, each.file) for each in found.tells] == [("network_pixels", "a.jpg")]
    assert found.off is None
    none = planned(photo(), recipes=cuts[:1], channel="email", network=network)
    assert none.renditions == ()
    assert none.off is not None
    assert none.off.code == "network_off"


def test_recipes_suit_kinds_and_roles() -> None:
    """A recipe makes only of its sources and roles, and comparisons are no single pictures."""
    before = photo("b", role=Role.BEFORE)
    assert planned(before, recipes=(recipe(roles=["after"]),)).off
    assert planned(before, recipes=(recipe(roles=["before"]),)).renditions
    assert planned(before, recipes=(recipe(**{"from": "video"}),)).off
    side = recipe(widths=[], size=["480", "270"], layout="side", **{"from": "pair"})
    assert planned(before, recipes=(side,)).off
    assert planned(film(), recipes=(recipe(),)).off


def test_what_is_not_permitted_is_not_planned() -> None:
    """An original without a permit is nowhere in the plan."""
    case = story(photo("a"), photo("b", people=("kim",)))
    found = planned(case=case, recipes=(recipe(),))
    assert {each.originals for each in found.renditions} == {("a",)}


def test_a_face_that_must_be_covered_waits_with_its_pair() -> None:
    """Nothing here covers faces, so such an original waits, and the other half of its pair too."""
    before, after = photo("b", people=("0042", "bo")), photo("c")
    clear = photo("a")
    case = story(clear, before, after, pairs=(("b", "c"),))
    answer = ask(case, signed(), staff(allows__face="no"))
    assert isinstance(answer, Clearance)
    found = plan(
        case,
        clearance=answer,
        recipes=(recipe(),),
        style=STYLE,
        sayings={},
        measure=measure,
        network=Network("web"),
    )
    assert {each.originals for each in found.renditions} == {("a",)}
    assert [(each.code, each.file) for each in found.waits] == [("face_cover_missing", "b.jpg")]
    alone = planned(photo(), allows__face="no")
    assert (alone.renditions, alone.off, len(alone.waits)) == ((), None, 1)


def test_a_voice_that_may_not_be_heard_is_no_sound() -> None:
    """Films for the web lose their track, networks get a silent one; pictures stay as they are."""
    muted: dict[str, Any] = {"allows__voice": "no"}
    for channel, hidden in (("web", "none"), ("instagram", "silence")):
        for consent, sound in (({}, "keep"), (muted, hidden)):
            found = planned(film(), channel=channel, **consent)
            assert {each.sound for each in found.renditions if each.format == "mp4"} == {sound}
    silent = planned(film(has_audio=False, loudness_lufs=None), channel="instagram")
    assert {each.sound for each in silent.renditions} == {"silence"}
    assert {each.gain_db for each in silent.renditions} == {0.0}


@pytest.mark.parametrize(
    ("channel", "loudness", "gain"),
    [
        ("web", -23.0, WEB_LUFS + 23),
        ("web", -16.0, 0.0),
        ("web", -9.5, -6.5),
        ("web", -60.0, MOST_GAIN_DB),
        ("instagram", -23.0, SOCIAL_LUFS + 23),
        ("instagram", -70.0, MOST_GAIN_DB),
        ("web", None, 0.0),
    ],
)
def test_loudness_is_levelled_within_bounds(
    channel: str, loudness: float | None, gain: float
) -> None:
    """Each channel has its level; a whisper is not raised without end, silence not at all."""
    found = planned(film(loudness_lufs=loudness), channel=channel)
    assert {each.gain_db for each in found.renditions if each.format == "mp4"} == {gain}


CUT = recipe(overlay=["logo", "label", "caption", "disclosure"])
KEY = only(planned(photo(), recipes=(CUT,))).key


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"style": replace(STYLE, logo=Logo("b" * 64, 300, 100))}, id="the logo"),
        pytest.param({"style": replace(STYLE, logo=Logo("a" * 64, 100, 300))}, id="its size"),
        pytest.param({"style": replace(STYLE, logo=None)}, id="a name for a logo"),
        pytest.param({"style": replace(STYLE, primary="#aa0000")}, id="the colour"),
        pytest.param({"style": replace(STYLE, ground="#000000")}, id="the ground"),
        pytest.param({"style": replace(STYLE, font="e" * 64)}, id="the font"),
        pytest.param({"style": replace(STYLE, rights=Rights("B"))}, id="whose it is"),
        pytest.param({"says": replace(SAYS, label="After")}, id="the label"),
        pytest.param({"says": replace(SAYS, caption="Words")}, id="the caption"),
        pytest.param({"says": replace(SAYS, disclosure="")}, id="the disclosure"),
        pytest.param({"allows__voice": "no"}, id="a redaction"),
        pytest.param({"recipes": (replace(CUT, overlay=("logo",)),)}, id="the overlay"),
        pytest.param({"recipes": (replace(CUT, widths=(500,)),)}, id="the width"),
        pytest.param({"recipes": (replace(CUT, formats=("webp",)),)}, id="the format"),
        pytest.param({"recipes": (replace(CUT, quality=(("jpeg", "60"),)),)}, id="the quality"),
    ],
)
def test_a_key_changes_with_whatever_changes_the_picture(change: dict[str, Any]) -> None:
    """Another logo, word, colour, font, right, redaction or encoding is another file."""
    assert only(planned(photo(), **{"recipes": (CUT,), **change})).key != KEY


def test_a_key_changes_with_the_original_and_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other bytes, another size of them, or a raised RENDER_VERSION is another file."""
    assert only(planned(photo("b"), recipes=(CUT,))).key != KEY
    assert only(planned(photo(width=3000), recipes=(CUT,))).key != KEY
    films = planned(film()).renditions
    monkeypatch.setitem(plan_module.RENDER_VERSION, "photo", 999)
    assert only(planned(photo(), recipes=(CUT,))).key != KEY
    for one, other in zip(films, planned(film()).renditions, strict=True):
        assert (one.key == other.key) == (one.format == "mp4")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"case": story(photo(), photo("b", people=("kim",)))}, id="another original"),
        pytest.param({"case": story(photo(), name="massage--0042")}, id="the case's name"),
        pytest.param({"case": story(photo(), slug="massage-zzzzzzzz")}, id="its slug"),
        pytest.param({"case": story(photo(file="x.jpg"))}, id="the name of the file"),
        pytest.param({"case": story(photo(view="left"))}, id="the view"),
        pytest.param({"case": story(photo(role=Role.AFTER))}, id="the role, its words the same"),
        pytest.param({"id": "c-9"}, id="the record's id"),
        pytest.param({"version": 2}, id="its version"),
        pytest.param({"expires_on": "2030-01-01"}, id="its end"),
        pytest.param({"allows__name": "no"}, id="what words may tell"),
        pytest.param({"style": replace(STYLE, name="Another")}, id="the name under a logo"),
        pytest.param({"channel": "email", "recipes": (
            replace(CUT, channels=frozenset({"email"})),)}, id="the channel"),
        pytest.param({"recipes": (CUT, recipe("more", channels=["email"]))}, id="another recipe"),
        pytest.param({"recipes": (replace(CUT, quality=(*CUT.quality, ("crf", "40"))),)},
                     id="a setting of other formats"),
    ],
)  # fmt: skip
def test_a_key_does_not_change_with_anything_else(change: dict[str, Any]) -> None:
    """What does not change the picture makes no new file."""
    same = {"case": story(photo()), "recipes": (CUT,)}
    assert only(planned(**{**same, **change})).key == KEY


def test_keys_of_a_plan_differ() -> None:
    """No two renditions of a plan share a key."""
    found = planned(photo(), film())
    assert len({each.key for each in found.renditions}) == len(found.renditions)


def test_paired_photos_carry_no_caption() -> None:
    """Photos that a page lays over one another keep label and logo; a cut keeps its caption."""
    fixed = recipe("fixed", widths=[], size=["480", "480"], overlay=["caption"])
    wide = replace(CUT, overlay=("label", "caption"))
    case = story(photo("a"), photo("b"), pairs=(("a", "b"),))
    kinds = {
        (each.name, overlay.kind)
        for each in planned(case=case, recipes=(wide, fixed)).renditions
        for overlay in each.canvas.overlays
    }
    assert kinds == {("cut", "label"), ("fixed", "caption")}


def test_overlays_are_those_of_the_recipe() -> None:
    """Each word of `overlay` is one thing drawn; none draws nothing."""
    for word in ("logo", "label", "caption", "disclosure"):
        made = only(planned(photo(), recipes=(replace(CUT, overlay=(word,)),)))
        assert [each.kind for each in made.canvas.overlays] == [word]
    assert only(planned(photo(), recipes=(replace(CUT, overlay=()),))).canvas.overlays == ()
    unsaid = planned(photo(), recipes=(replace(CUT, overlay=("label",)),), says=Sayings())
    assert only(unsaid).canvas.overlays == ()


def test_what_does_not_fit_is_told() -> None:
    """A text too long for the picture, or of unknown letters, is left out, and the plan says so."""
    long = planned(photo(), recipes=(CUT,), says=Sayings(caption="word " * 400))
    assert [(each.code, each.file, each.channel) for each in long.tells] == [
        ("text_too_long", "a.jpg", "web")
    ]
    assert long.renditions
    odd = planned(photo(), recipes=(CUT,), says=Sayings(caption="\N{PILE OF POO}"))
    assert [each.code for each in odd.tells] == ["text_missing_letters"]


def test_sheets_share_one_canvas() -> None:
    """What is drawn once stands together, the largest file first, and nothing is lost."""
    found = planned(photo(), film())
    sheets = sheets_of(found.renditions)
    assert len({repr(sheet.canvas) for sheet in sheets}) == len(sheets) == 5
    outputs = [output for sheet in sheets for output in sheet.outputs]
    assert {output.key for output in outputs} == {each.key for each in found.renditions}
    for sheet in sheets:
        widths = [output.width for output in sheet.outputs]
        assert widths == sorted(widths, reverse=True)
        assert sheet.canvas.width == widths[0]


def test_a_new_name_makes_no_new_file() -> None:
    """A size that gets its number because another was added is the file that it was."""
    more = planned(photo(), recipes=(replace(CUT, widths=(480, 100)),)).renditions
    assert {each.name: each.key == KEY for each in more} == {"cut-480": True, "cut-100": False}
