"""Puts the text of a post together, within what a network allows.

What the law or a licence wants said (the disclosure, the credits) is never cut: a text in which
it does not fit is refused. Our own hashtags go first, then words of the caption, then the title's.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.rules.errors import Reason
from pipeline.rules.networks.limits import Network

MORE = "…"
# X counts every web address as 23 and most signs beyond Latin, Greek, Cyrillic, Arabic … as two.
_LINK = re.compile(r"https?://\S+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_LINK_WEIGHT = 23
_LIGHT = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_HASHTAG = re.compile(r"(?<!\w)#\w+")
_MENTION = re.compile(r"(?<![\w.])@\w+")


@dataclass(frozen=True, slots=True)
class Post:
    """What a post has to say. `hashtags` are ours, each with its #."""

    title: str
    caption: str = ""
    disclosure: str = ""
    credits: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


def post_text(post: Post, *, network: Network) -> str | Reason:
    """Return the text of a post for a network, or why there is none."""
    limits = network.text
    fixed = (post.disclosure.strip(), "\n".join(each.strip() for each in post.credits if each))
    title = post.title.strip()
    if limits.title is not None:
        title = shortened(title, most=limits.title, count=units)
    written = " ".join((title, post.caption, *fixed))
    excess = _excess(written, network=network)
    if excess:
        return excess
    tags = _ours(post, written=written, network=network)
    count = weight if limits.weighted else units
    most = limits.characters
    caption = post.caption.strip()
    while most is not None and tags and count(_joined(title, caption, fixed, tags)) > most:
        tags = tags[:-1]
    if most is not None:
        room = most - count(_joined(title, "", fixed, tags)) - len("\n\n")
        caption = shortened(caption, most=room, count=count)
        if not caption:
            room = most - count(_joined("", "", fixed, tags)) - len("\n\n")
            title = shortened(title, most=room, count=count)
    text = _joined(title, caption, fixed, tags)
    if most is not None and (count(text) > most or (post.title.strip() and not title)):
        facts = {"channel": network.channel, "most": str(most)}
        return Reason("post_too_long", channel=network.channel, facts=facts)
    return text


def hashtags_of(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return phrases as hashtags that screen readers can read: dry needling → #DryNeedling."""
    found = []
    for phrase in phrases:
        words = re.findall(r"\w+", unicodedata.normalize("NFC", phrase))
        tag = "".join(word[0].upper() + word[1:] for word in words)
        if tag and not tag.isdecimal():
            found.append(f"#{tag}")
    return tuple(dict.fromkeys(found))


def shortened(text: str, *, most: int, count: Callable[[str], int]) -> str:
    """Cut a text at the end of a word, with a sign that more was said; "" if no word fits."""
    if count(text) <= most:
        return text
    cuts = [text[: match.end()].rstrip(".,;:!?- ") + MORE for match in re.finditer(r"\S+", text)]
    fit = bisect_right(cuts[:-1], most, key=count)
    return cuts[fit - 1] if fit else ""


def units(text: str) -> int:
    """Count as most networks do, in units of UTF-16: an emoji counts two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def weight(text: str) -> int:
    """Count as X does; an address counts at least as much as there."""
    plain = _LINK.sub("", text)
    links = sum(max(_LINK_WEIGHT, len(link)) for link in _LINK.findall(text))
    signs = unicodedata.normalize("NFC", plain)
    return links + sum(1 if any(a <= ord(s) <= b for a, b in _LIGHT) else 2 for s in signs)


def _joined(title: str, caption: str, fixed: Sequence[str], tags: Sequence[str]) -> str:
    parts = (title, caption, *fixed, " ".join(tags))
    return "\n\n".join(part for part in parts if part)


def _excess(written: str, *, network: Network) -> Reason | None:
    """Return why a text that people wrote has too many hashtags or mentions."""
    for code, pattern, most in (
        ("post_hashtags", _HASHTAG, network.text.hashtags),
        ("post_mentions", _MENTION, network.text.mentions),
    ):
        found = len(pattern.findall(written))
        if most is not None and found > most:
            facts = {"channel": network.channel, "found": str(found), "most": str(most)}
            return Reason(code, channel=network.channel, facts=facts)
    return None


def _ours(post: Post, *, written: str, network: Network) -> tuple[str, ...]:
    """Return the hashtags that we may add to those that stand in the text already."""
    if not network.text.tags:
        return ()
    there = {tag.casefold() for tag in _HASHTAG.findall(written)}
    tags = [tag for tag in post.hashtags if tag.casefold() not in there]
    most = network.text.hashtags
    return tuple(tags if most is None else tags[: max(0, most - len(_HASHTAG.findall(written)))])
