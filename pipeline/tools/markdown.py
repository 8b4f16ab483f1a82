"""The one file that knows Markdown: a treatment's copy becomes values and safe HTML.

Raw HTML is printed as text, pictures are left to the inbox (where consent is asked for), and a
link goes to http(s), mail, telephone or a place inside the site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.rules.errors import NeedsPerson, Reason
from pipeline.rules.public.site import Claim, Section, Source, Treatment, plain
from pipeline.rules.spelling import likeliest, words_of

KEYS = frozenset({"title", "summary", "body_location", "order", "claims", "sources"})
_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_SAFE_LINK = re.compile(
    r"https?://|mailto:|tel:|#|(?:\.{1,2}/)*[\w-][\w.-]*(?:/|#|\Z)", re.ASCII | re.IGNORECASE
)
_SPEAKER = re.compile("(?:\u2014|\u2013|--)\\s*\\S")


class BadCopy(NeedsPerson):
    """A treatment's copy that cannot be used; the page that stands stays. `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason; its words are in the message catalogue."""
        super().__init__(reason.code)
        self.reason = reason


class _Parser(MarkdownIt):
    """The library's parser with our list of allowed addresses instead of its list of bad ones."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        """Whether a link to that (normalised) address is made; if not, it stays text."""
        return _SAFE_LINK.match(url) is not None


def read_treatment(
    text: str, *, slug: str, read_mapping: Callable[[str], Mapping[str, object]]
) -> Treatment:
    """The copy of `templates/treatments/<slug>.md`: front matter between `---`, then Markdown.

    Without a title the slug's words are the title. Raises BadCopy, whose reason names the key.
    """
    front, body = split(text)
    try:
        mapping = read_mapping(front)
    except ValueError as error:
        raise _bad("copy_unreadable", slug=slug, problem=str(error)) from error
    for key in mapping:
        if key not in KEYS:
            raise _bad("copy_unknown_key", slug=slug, key=key, near=likeliest(key, known=KEYS))
    html, sections = render(body)
    return Treatment(
        slug=slug,
        title=_text(mapping, "title", slug=slug) or slug.replace("-", " ").capitalize(),
        summary=_text(mapping, "summary", slug=slug),
        body_location=_text(mapping, "body_location", slug=slug),
        order=_number(mapping, "order", slug=slug),
        claims=tuple(_claim(each, slug=slug) for each in _list(mapping, "claims", slug=slug)),
        sources=tuple(_source(each, slug=slug) for each in _list(mapping, "sources", slug=slug)),
        sections=sections,
        html=html,
    )


def split(text: str) -> tuple[str, str]:
    """Front matter and body; the front matter is empty when the text does not begin with it."""
    front = _FRONT.match(text.removeprefix("\ufeff"))
    return (front[1], text.removeprefix("\ufeff")[front.end() :]) if front else ("", text)


def words_in(text: str) -> str:
    """All words of the copy as plain text, front matter included: what the lints read."""
    return "\n".join(part.strip() for part in split(text) if part.strip())


def render(body: str) -> tuple[str, tuple[Section, ...]]:
    """Markdown as safe HTML, and its highest headings. Headings begin at `<h2>`."""
    parser = _parser()
    tokens = parser.parse(plain(body))
    sections = _anchor_headings(tokens)
    _mark_speakers(tokens)
    return str(parser.renderer.render(tokens, parser.options, {})), sections


def _parser() -> _Parser:
    parser = _Parser("commonmark", {"html": False})
    parser.enable("table")
    parser.disable("image")
    return parser


def _anchor_headings(tokens: Sequence[Token]) -> tuple[Section, ...]:
    opened = [index for index, token in enumerate(tokens) if token.type == "heading_open"]
    highest = min((int(tokens[index].tag[1]) for index in opened), default=2)
    sections: list[Section] = []
    taken: set[str] = set()
    for index in opened:
        level = min(6, int(tokens[index].tag[1]) - highest + 2)
        tokens[index].tag = tokens[index + 2].tag = f"h{level}"
        title = _words(tokens[index + 1])
        anchor = _free("-".join(("copy", *words_of(title))), taken=taken)
        tokens[index].attrSet("id", anchor)
        if level == 2:
            sections.append(Section(anchor, title))
    return tuple(sections)


def _mark_speakers(tokens: Sequence[Token]) -> None:
    """A paragraph that ends a quote and begins with a dash names the speaker."""
    for index, token in enumerate(tokens):
        if token.type != "blockquote_close" or index < 3:
            continue
        opened, words = tokens[index - 3], tokens[index - 2]
        if opened.type == "paragraph_open" and _SPEAKER.match(words.content):
            opened.attrSet("class", "speaker")


def _words(token: Token) -> str:
    children = token.children or []
    return "".join(child.content for child in children if child.type in {"text", "code_inline"})


def _free(name: str, *, taken: set[str]) -> str:
    number = 1
    while (free := name if number == 1 else f"{name}-{number}") in taken:
        number += 1
    taken.add(free)
    return free


def _claim(value: object, *, slug: str) -> Claim:
    if isinstance(value, str):
        return Claim(value.strip())
    if not isinstance(value, dict):
        raise _bad("copy_not_text", slug=slug, key="claims")
    known = {"text", "basis", "typical_result"}
    for key in value:
        if key not in known:
            raise _bad("copy_unknown_key", slug=slug, key=key, near=likeliest(key, known=known))
    text, basis, result = (
        _text(value, key, slug=slug) for key in ("text", "basis", "typical_result")
    )
    return Claim(text, basis, result)


def _source(value: object, *, slug: str) -> Source:
    if isinstance(value, str):
        text = value.strip()
        return Source(text, text if re.fullmatch(r"https?://\S+", text) else None)
    if not isinstance(value, dict):
        raise _bad("copy_not_text", slug=slug, key="sources")
    for key in value:
        if key not in {"text", "url"}:
            near = likeliest(key, known={"text", "url"})
            raise _bad("copy_unknown_key", slug=slug, key=key, near=near)
    text, url = (_text(value, key, slug=slug) for key in ("text", "url"))
    if url and not re.fullmatch(r"https?://\S+", url):
        raise _bad("copy_not_address", slug=slug, key="sources", value=url)
    return Source(text or url, url or None)


def _text(mapping: Mapping[str, object], key: str, *, slug: str) -> str:
    value = mapping.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _bad("copy_not_text", slug=slug, key=key)
    return plain(value).strip()


def _number(mapping: Mapping[str, object], key: str, *, slug: str) -> int:
    value = str(mapping.get(key) or "0").strip()
    if not re.fullmatch(r"-?[0-9]{1,6}", value, re.ASCII):
        raise _bad("copy_not_number", slug=slug, key=key, value=value)
    return int(value)


def _list(mapping: Mapping[str, object], key: str, *, slug: str) -> list[object]:
    value = mapping.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise _bad("copy_not_list", slug=slug, key=key)
    return value


def _bad(code: str, *, slug: str, **facts: str) -> BadCopy:
    return BadCopy(Reason(code, file=f"{slug}.md", facts={"treatment": slug, **facts}))
