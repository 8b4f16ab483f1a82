"""The limits of the networks: every value sourced, a planted violation of each caught."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.errors import Reason
from pipeline.rules.media import CHANNELS, Artifact, Box, Canvas, Kind, Rendition
from pipeline.rules.networks import (
    BadNetworks,
    Measured,
    Network,
    Post,
    check,
    fitting,
    hashtags_of,
    measured,
    post_text,
    read_networks,
)
from pipeline.rules.networks.fitting import CODES
from pipeline.rules.networks.limits import MEASURES, PostKind
from pipeline.rules.networks.posts import units, weight
from pipeline.tools.documents import read_mapping

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
FILE = TEMPLATES / "rules" / "networks.yaml"
MESSAGES = read_mapping((TEMPLATES / "messages" / "en.yaml").read_text(encoding="utf-8"))
DATA: dict[str, Any] = read_mapping(FILE.read_text(encoding="utf-8"))
NETWORKS = read_networks(DATA)
# A reel, a feed photo and so on that every network with such posts takes.
FILM = Measured(Kind.VIDEO, "mp4", 720, 1280, 20.0, 30.0, 9_000_000)
PHOTO = Measured(Kind.PHOTO, "jpeg", 1080, 1080, size_bytes=400_000)
POSTS = [
    (channel, post) for channel in CHANNELS for post in NETWORKS.limits_of(channel).posts
]  # fmt: skip
BOUNDS = [
    (channel, post, measure, end)
    for channel, post in POSTS
    for measure, span in post.spans.items()
    for end in ("least", "most")
    if getattr(span, end) is not None
]


def named(value: object) -> str:
    """The name of a parameter in the list of tests."""
    return value.name if isinstance(value, PostKind) else str(value)


def in_the_middle(post: PostKind) -> Measured:
    """A file that a kind of post takes: upright or wide, as it wants."""
    sample = FILM if post.kind is Kind.VIDEO else PHOTO
    if post.name == "video" and "aspect" in post.spans:
        return replace(sample, width=1280, height=720)
    return replace(sample, width=1080, height=1920) if post.name == "story" else sample


def beyond(file: Measured, *, measure: str, value: float) -> Measured:
    """The same file with one measure planted; sides change as a recipe would change them."""
    plants: dict[str, dict[str, Any]] = {
        "short_side": {"width": int(value), "height": int(value)},
        "long_side": {"width": int(value), "height": 1000},
        "pixels": {"width": int(value), "height": 1},
        "width": {"width": int(value), "height": int(value * file.height / file.width)},
        "aspect": {"width": round(value * 1000), "height": 1000},
        "bits_per_s": {"size_bytes": int(value * (file.duration_s or 0) / 8)},
        "size_bytes": {"size_bytes": int(value), "duration_s": file.duration_s and 3000},
    }
    return replace(file, **plants.get(measure, {measure: value}))


def only(channel: str, post: PostKind) -> Network:
    """A network with this one kind of post."""
    return replace(NETWORKS.limits_of(channel), posts=(post,))


@pytest.mark.parametrize(("channel", "post"), POSTS, ids=named)
def test_a_good_file_is_taken(channel: str, post: PostKind) -> None:
    """What lies inside all limits of a post gives no reason, alone or among the others."""
    assert check(in_the_middle(post), network=only(channel, post)) == ()
    assert check(in_the_middle(post), network=NETWORKS.limits_of(channel)) == ()


@pytest.mark.parametrize(("channel", "post", "measure", "end"), BOUNDS, ids=named)
def test_a_planted_violation_is_caught(
    channel: str, post: PostKind, measure: str, end: str
) -> None:
    """A little beyond each bound gives its reason, on it does not."""
    bound = getattr(post.spans[measure], end)
    network = only(channel, post)
    code = CODES[measure][end == "most"]
    file = in_the_middle(post)
    outside = beyond(file, measure=measure, value=bound * (1.1 if end == "most" else 0.8))
    found = [reason for reason in check(outside, network=network) if reason.code == code]
    assert found
    assert found[0].channel == channel
    assert found[0].facts["limit"]
    inside = beyond(file, measure=measure, value=bound)
    assert code not in {reason.code for reason in check(inside, network=network)}


@pytest.mark.parametrize(("channel", "post"), POSTS, ids=named)
def test_a_format_that_is_not_taken_is_caught(channel: str, post: PostKind) -> None:
    """AVIF is taken nowhere, and the reason names what is."""
    found = check(replace(in_the_middle(post), format="avif"), network=only(channel, post))
    assert [reason.code for reason in found] == ["network_format"]
    assert found[0].facts["limit"] == ", ".join(sorted(post.formats))


def test_a_network_without_such_posts_says_so() -> None:
    """A photo has no place on YouTube."""
    found = check(PHOTO, network=NETWORKS.limits_of("youtube"))
    assert [reason.code for reason in found] == ["network_kind"]


def test_a_logo_is_kept_from_where_it_is_not_wanted() -> None:
    """Google takes pictures without overlays only; Instagram does not mind."""
    branded = replace(PHOTO, overlays=True)
    found = check(branded, network=NETWORKS.limits_of("google"))
    assert [reason.code for reason in found] == ["network_overlay"]
    assert check(branded, network=NETWORKS.limits_of("instagram")) == ()


def test_the_nearest_kind_of_post_gives_the_reason() -> None:
    """A wide film of 20 minutes is too long for YouTube, not a Short of the wrong shape."""
    wide = replace(FILM, width=1280, height=720, duration_s=1200.0)
    found = check(wide, network=NETWORKS.limits_of("youtube"))
    assert [reason.code for reason in found] == ["network_too_long"]
    upright = replace(FILM, duration_s=181.0)
    found = check(upright, network=NETWORKS.limits_of("youtube"))
    assert [reason.code for reason in found] == ["network_too_long"]
    assert (
        check(replace(upright, width=1280, height=720), network=NETWORKS.limits_of("youtube")) == ()
    )


def test_clocks_may_round() -> None:
    """29.97 and 30.01 pass for 30, and 90.02 s for 90."""
    for rate in (29.97, 30.01):
        assert check(replace(FILM, frame_rate=rate), network=NETWORKS.limits_of("facebook")) == ()
    assert check(replace(FILM, duration_s=90.02), network=NETWORKS.limits_of("instagram")) == ()


def test_what_is_not_known_yet_is_not_judged() -> None:
    """Before rendering nobody knows the bytes, so only the plan is judged."""
    planned = replace(FILM, size_bytes=None)
    assert check(planned, network=NETWORKS.limits_of("google")) == ()


def test_channels_that_are_no_network_take_everything() -> None:
    """Pages, letters and paper have no limits, nor has a channel that the file leaves out."""
    odd = Measured(Kind.VIDEO, "avif", 3, 9000, 90_000.0, 400.0, 10**12)
    for channel in ("web", "email", "print"):
        assert check(odd, network=NETWORKS.limits_of(channel)) == ()
    assert (
        check(
            odd, network=read_networks({"version": "1", "checked_on": "2026-11-16"}).limits_of("x")
        )
        == ()
    )


# ---- Sorting renditions out


def rendition(name: str, *, duration_s: float | None = 20.0, form: str = "mp4") -> Rendition:
    """A planned file of the original "abc"."""
    box = Box(0, 0, 1080, 1350)
    canvas = Canvas(name, 1080, 1350, box, box, "#000000")
    return Rendition(
        f"key-{name}", name, ("abc",), canvas, 1080, 1350, form, (), 30.0, duration_s
    )  # fmt: skip


def test_renditions_are_sorted_out_with_the_name_of_the_file() -> None:
    """Two recipes of one film that is too long give one tell; the photo goes out."""
    long = [rendition("feed", duration_s=95), rendition("square", duration_s=95)]
    still = replace(rendition("still", form="jpeg"), frame_rate=None, duration_s=None)
    kept, tells = fitting(
        [*long, still], network=NETWORKS.limits_of("instagram"), files={"abc": "after.mp4"}
    )
    assert kept == (still,)
    assert [(tell.code, tell.file, tell.channel) for tell in tells] == [
        ("network_too_long", "after.mp4", "instagram")
    ]
    assert tells[0].facts["found"] == "95 s"


def test_a_finished_file_is_judged_by_what_it_is() -> None:
    """The same plan, rendered: too many bytes keep that file back, the other goes out."""
    planned = [rendition("feed"), rendition("square")]
    made = {
        each.key: Artifact(each.key, "sha", size, 1080, 1350, "video/mp4", 20.0)
        for each, size in zip(planned, (301_000_000, 2_000_000), strict=True)
    }
    network = NETWORKS.limits_of("instagram")
    kept, tells = fitting(planned, network=network, files={}, artifacts=made)
    assert [each.name for each in kept] == ["square"]
    assert {tell.code for tell in tells} == {"network_too_large", "network_bit_rate"}
    assert measured(planned[0], artifact=made["key-feed"]).size_bytes == 301_000_000


# ---- The data


def test_the_file_has_a_day_and_each_value_its_source() -> None:
    """Nothing that bounds anything stands there without a source, and the day is a real one."""
    assert date(2026, 1, 1) < NETWORKS.checked_on <= date(2100, 1, 1)
    values = [
        value
        for network in DATA["networks"].values()
        for section in (*network.get("posts", {}).values(), network.get("text", {}))
        for name, value in section.items()
        if name != "kind"
    ]
    assert len(values) > 60
    for value in values:
        assert len(value["source"]) > 8


def test_every_network_and_measure_is_there() -> None:
    """Each channel has an entry; each network a post; every measure but height is used."""
    assert set(NETWORKS.by_channel) == set(CHANNELS)
    for channel in set(CHANNELS) - {"web", "email", "print"}:
        assert NETWORKS.limits_of(channel).posts, channel
        assert NETWORKS.limits_of(channel).text.characters, channel
    used = {measure for _, post in POSTS for measure in post.spans}
    assert used == set(MEASURES) - {"height"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": "2"}, "version"),
        ({"checked_on": "lately"}, "checked_on"),
        ({"networks": {"myspace": {}}}, "myspace"),
        ({"networks": {"x": {"post": {}}}}, "post"),
        ({"networks": {"x": {"text": {"characters": {"most": "280"}}}}}, "no source"),
        ({"networks": {"x": {"text": {"characters": {"source": "s"}}}}}, "expected most"),
        ({"networks": {"x": {"text": {"smileys": {"most": "3", "source": "s"}}}}}, "smileys"),
        ({"networks": {"x": {"posts": {"a": {"kind": "song"}}}}}, "song"),
        ({"networks": {"x": {"posts": {"a": {"kind": "photo"}}}}}, "formats"),
        ({"networks": {"x": {"posts": ["a"]}}}, "names with values"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(change: dict[str, object], said: str) -> None:
    """A version, day, name or source that is wrong is named with its place."""
    with pytest.raises(BadNetworks, match=said):
        read_networks(DATA | change)


@pytest.mark.parametrize("number", ["many", "nan", "-3"])
def test_a_bound_is_a_number(number: str) -> None:
    """Words, nan and negative numbers bound nothing."""
    post = {
        "kind": "photo",
        "formats": {"among": ["jpeg"], "source": "s"},
        "width": {"most": number, "source": "s"},
    }
    with pytest.raises(BadNetworks, match="a number"):
        read_networks(DATA | {"networks": {"x": {"posts": {"a": post}}}})


def test_every_reason_has_its_sentence() -> None:
    """All codes that this module gives are in the messages, and their blanks are facts."""
    blanks = {"file", "channel", "found", "limit", "recipe", "most"}
    codes = {code for pair in CODES.values() for code in pair}
    codes |= {"network_kind", "network_format", "network_overlay", "network_off"}
    codes |= {"post_too_long", "post_hashtags", "post_mentions"}
    for code in codes:
        entry = MESSAGES[code]
        assert isinstance(entry, dict)
        for text in (entry["text"], entry["remedy"]):
            assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= blanks


# ---- The text of a post

DISCLOSURE = "Shown with written permission. This is one person; results differ."
POST = Post(
    title="Dry needling: before and after",
    caption="First visit: the head turns a short way and the shoulder follows.",
    disclosure=DISCLOSURE,
    credits=("Film: J. Ortiz, CC BY 4.0",),
    hashtags=("#DryNeedling", "#NeckPain"),
)


def written(post: Post, channel: str) -> str:
    """The text of a post, which must not be refused."""
    text = post_text(post, network=NETWORKS.limits_of(channel))
    assert isinstance(text, str)
    return text


def test_a_post_says_all_where_there_is_room() -> None:
    """Title, caption, disclosure, credit and hashtags, each a paragraph."""
    assert written(POST, "instagram").split("\n\n") == [
        POST.title,
        POST.caption,
        DISCLOSURE,
        "Film: J. Ortiz, CC BY 4.0",
        "#DryNeedling #NeckPain",
    ]


def test_pages_letters_paper_and_google_get_no_hashtags_of_ours() -> None:
    """What staff wrote themselves stays."""
    for channel in ("web", "email", "print", "google"):
        assert "#" not in written(POST, channel)
    assert "#knee" in written(replace(POST, caption="A #knee"), "google")


def test_a_long_caption_is_cut_at_a_word() -> None:
    """On X hashtags go first, then words of the caption; what must be said stays whole."""
    caption = " ".join(f"word{n}" for n in range(60))
    text = written(replace(POST, caption=caption), "x")
    assert weight(text) <= 280
    title, cut, *rest = text.split("\n\n")
    assert title == POST.title
    assert cut.endswith("…")
    assert caption.startswith(f"{cut[:-1]} ")
    assert rest == [DISCLOSURE, "Film: J. Ortiz, CC BY 4.0"]


def test_a_disclosure_that_does_not_fit_is_refused_not_cut() -> None:
    """Where disclosure and credits fill the post there is no post."""
    found = post_text(replace(POST, disclosure=DISCLOSURE * 5), network=NETWORKS.limits_of("x"))
    assert isinstance(found, Reason)
    assert (found.code, found.channel, found.facts["most"]) == ("post_too_long", "x", "280")


def test_hashtags_stay_within_the_limit() -> None:
    """Ours fill up what is left of the limit; too many of the staff's own are refused."""
    tags = tuple(f"#Tag{n}" for n in range(9))
    assert written(replace(POST, hashtags=tags), "instagram").count("#") == 5
    two = replace(POST, caption="#one and #tag0", hashtags=tags)
    assert written(two, "instagram").count("#") == 5
    assert written(two, "instagram").casefold().count("#tag0") == 1
    found = post_text(
        replace(POST, caption=" ".join(tags)), network=NETWORKS.limits_of("instagram")
    )
    assert isinstance(found, Reason)
    assert (found.code, found.facts["found"], found.facts["most"]) == ("post_hashtags", "9", "5")


def test_too_many_mentions_are_refused() -> None:
    """Twenty accounts are fine on Instagram, one more is not; an address is no mention."""
    many = " ".join(f"@clinic{n}" for n in range(20)) + " desk@clinic.example"
    assert "@clinic19" in written(replace(POST, caption=many), "instagram")
    found = post_text(
        replace(POST, caption=f"{many} @more"), network=NETWORKS.limits_of("instagram")
    )
    assert isinstance(found, Reason)
    assert (found.code, found.facts["found"]) == ("post_mentions", "21")


def test_a_title_keeps_its_own_limit() -> None:
    """YouTube's first line is the title, of 100 characters at most."""
    text = written(replace(POST, title="Turning the head " * 10), "youtube")
    assert units(text.split("\n\n", maxsplit=1)[0]) <= 100
    assert text.startswith("Turning the head Turning")


def test_signs_are_counted_as_the_networks_do() -> None:
    """An emoji is two units; X counts wide signs double and any address as 23 or more."""
    assert (units("a👍"), units("é")) == (3, 1)
    assert (weight("abc"), weight("日本"), weight("https://a.b/c")) == (3, 4, 23)
    assert weight("clinic.example") == 23


def test_hashtags_are_made_of_phrases() -> None:
    """Capitals for screen readers, nothing but letters and digits, none twice, none of digits."""
    phrases = ["dry needling", "Harbour Physio & Co.", "2026", " ", "Dry Needling", "punción seca"]
    assert hashtags_of(phrases) == ("#DryNeedling", "#HarbourPhysioCo", "#PunciónSeca")


WORDS = st.text(st.sampled_from("ab é日👍.#@\n"), max_size=400)


@given(title=WORDS, caption=WORDS, credit=WORDS, channel=st.sampled_from(CHANNELS))
def test_no_text_is_beyond_its_limits_and_none_loses_what_must_be_said(
    title: str, caption: str, credit: str, channel: str
) -> None:
    """For any words: refused with a reason, or within the limit and nothing owed is cut."""
    network = NETWORKS.limits_of(channel)
    post = Post(title, caption, DISCLOSURE, (credit,), ("#One", "#Two"))
    text = post_text(post, network=network)
    if isinstance(text, Reason):
        assert text.code in {"post_too_long", "post_hashtags", "post_mentions"}
        return
    count = weight if network.text.weighted else units
    assert network.text.characters is None or count(text) <= network.text.characters
    assert DISCLOSURE in text
    assert credit.strip() in text
