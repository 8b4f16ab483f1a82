"""Treatment copy: front matter becomes values, Markdown becomes HTML that cannot do harm."""

from __future__ import annotations

import re

import pytest
from showcase import COPY

from pipeline.rules.public.site import Section, Source
from pipeline.tools.documents import read_mapping
from pipeline.tools.markdown import BadCopy, read_treatment, render, split, words_in


def test_copy_becomes_a_treatment() -> None:
    """Every key of the front matter arrives typed, and the body as HTML."""
    made = read_treatment(COPY, slug="dry-needling", read_mapping=read_mapping)
    assert (made.slug, made.title, made.order) == ("dry-needling", "Dry needling", 1)
    assert made.body_location == "Neck and shoulders"
    assert made.claims[0].typical_result.startswith("Most people gained")
    assert made.sources == (
        Source("Dry needling in neck pain: a review", "https://journal.example/neck"),
        Source("Our own records, 2025"),
    )
    assert made.sections[0] == Section("copy-what-happens", "What happens")
    assert '<h2 id="copy-what-happens">What happens</h2>' in made.html
    assert "<strong>thin sterile needle</strong>" in made.html
    assert '<a href="../posture/index.html">' in made.html
    assert made.html.count("<li>") == 5
    assert '<p class="speaker">' in made.html


def test_copy_without_front_matter_has_its_name_as_title() -> None:
    """A plain text is enough."""
    made = read_treatment("Just words.", slug="cupping-therapy", read_mapping=read_mapping)
    assert (made.title, made.html) == ("Cupping therapy", "<p>Just words.</p>\n")


@pytest.mark.parametrize(
    ("front", "code", "key"),
    [
        ("titel: x", "copy_unknown_key", "titel"),
        ("title: [x]", "copy_not_text", "title"),
        ("order: first", "copy_not_number", "order"),
        ("sources: x", "copy_not_list", "sources"),
        ("sources: [{text: x, url: 'javascript:x'}]", "copy_not_address", "sources"),
        ("claims: [{txt: x}]", "copy_unknown_key", "txt"),
        ("claims: [[x]]", "copy_not_text", "claims"),
    ],
)
def test_bad_front_matter_is_refused_by_name(front: str, code: str, key: str) -> None:
    """The reason names the file and the key."""
    with pytest.raises(BadCopy) as caught:
        read_treatment(f"---\n{front}\n---\n", slug="taping", read_mapping=read_mapping)
    reason = caught.value.reason
    assert (reason.code, reason.file, reason.facts["key"]) == (code, "taping.md", key)


def test_broken_yaml_is_refused() -> None:
    """What is wrong is passed on."""
    with pytest.raises(BadCopy) as caught:
        read_treatment("---\ntitle: 'x\n---\n", slug="taping", read_mapping=read_mapping)
    assert caught.value.reason.code == "copy_unreadable"
    assert caught.value.reason.facts["problem"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](data:text/html,x)",
        "[x](vbscript:x)",
        "[x](//evil.example/)",
        "[x](/absolute)",
        "![x](https://evil.example/p.png)",
        '<https://ok.example/"onclick=x>',
        "[x]: javascript:alert(1)\n\n[x]",
        "[x](<java\tscript:alert(1)>)",
    ],
)
def test_hostile_markdown_is_inert(hostile: str) -> None:
    """No foreign element, no handler, no address but the allowed ones."""
    html, _ = render(hostile)
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a"}
    assert not re.search(r"<[^>]*\son\w+=", html)
    for address in re.findall(r'href="([^"]*)"', html):
        assert address.startswith("https://")


@pytest.mark.parametrize(
    "link", ["https://a.example/x", "mailto:a@b.example", "tel:+15550100", "#copy-x", "../a/b.html"]
)
def test_safe_links_work(link: str) -> None:
    """The allowed kinds of links are links."""
    assert f'href="{link}"' in render(f"[x]({link})")[0]


def test_headings_begin_below_the_page_title() -> None:
    """Whatever level the copy begins with, and equal headings have different anchors."""
    html, sections = render("# A\n\n## B\n\n# A\n")
    assert re.findall(r"<(h\d) id=\"([\w-]+)\"", html) == [
        ("h2", "copy-a"),
        ("h3", "copy-b"),
        ("h2", "copy-a-2"),
    ]
    assert [section.title for section in sections] == ["A", "A"]


def test_a_rule_in_the_body_is_no_front_matter() -> None:
    """Only a text that begins with the dashes has front matter; a mark before it is ignored."""
    assert split("words\n\n---\n\nmore\n---\n")[0] == ""
    assert split("\ufeff---\r\ntitle: x\r\n---\r\nbody") == ("title: x\r\n", "body")


def test_lints_see_every_word() -> None:
    """Front matter and body are both in the text for the lints."""
    text = words_in(COPY)
    assert "Most people gained" in text
    assert "short twitch" in text
