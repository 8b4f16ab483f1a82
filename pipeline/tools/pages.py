"""The public pages as documents: which template shows which values, under which key.

The same values make the same bytes, so whoever publishes may compare and leave what is equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.rules.colours import brand_css, ground_of, primary_of, shades_of
from pipeline.rules.errors import UsageError
from pipeline.rules.public import pictures
from pipeline.rules.public.discovery import feed, newest, robots, sitemap
from pipeline.rules.public.sharing import case_json, oembed, safe_json, thumbnail_of
from pipeline.rules.public.site import (
    EMBED_SCRIPT_KEY,
    FEED_KEY,
    INDEX_KEY,
    ROBOTS_KEY,
    SITEMAP_KEY,
    CaseCard,
    PublicCase,
    Site,
    Treatment,
    case_key,
    contact_link,
    description_of,
    instant,
    relative,
    treatment_key,
    unpaired,
    url_of,
)
from pipeline.rules.public.structured import case_graph, index_graph, treatment_graph
from pipeline.rules.public.words import Words, direction_of, words_from
from pipeline.tools.templating import Templates, safe_html

PAGE_AGE_S = 60
ASSET_AGE_S = 300
NEWEST_CASES = 12
HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
CSS = "text/css; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
SVG = "image/svg+xml"
TEXT = "text/plain; charset=utf-8"
STYLE_KEY = "assets/site.css"
BRAND_KEY = "assets/brand.css"
ICON_KEY = "assets/icon.svg"
COMPARE_KEY = "assets/compare.js"
FRAME_KEY = "assets/frame.js"

_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "source_sets": pictures.source_sets,
    "fallback": pictures.fallback,
    "largest": pictures.largest,
    "videos": pictures.videos,
    "rungs": pictures.rungs,
    "shape_of": pictures.shape_of,
    "case_key": case_key,
    "treatment_key": treatment_key,
    "instant": instant,
    "direction_of": direction_of,
    "safe_html": safe_html,
}


@dataclass(frozen=True, slots=True)
class Document:
    """What lies under one key: bytes, their content type, and how long they may be cached."""

    body: bytes
    content_type: str
    max_age_s: int


def open_pages(
    own: Path | None = None,
    *,
    language: str,
    read_mapping: Callable[[str], Mapping[str, object]],
) -> Pages:
    """The pages in that language; `own` is the workspace's folder of templates, if it has one.

    `read_mapping` parses a catalogue of words. A language without a catalogue is shown in
    English. Raises UsageError when a catalogue is broken.
    """
    templates = Templates(own, functions=_FUNCTIONS)
    words = Words("en", {})
    for tag in dict.fromkeys(("en", language.partition("-")[0].lower(), language)):
        for text in templates.texts(f"pages/words.{tag}.yaml"):
            try:
                words = words_from(read_mapping(text), language=tag, base=words)
            except ValueError as error:
                raise UsageError(
                    f"The words in pages/words.{tag}.yaml cannot be read: {error}.",
                    remedy="Repair the file, or remove it so that the packaged one is used.",
                ) from error
    return Pages(templates, words=words)


class Pages:
    """Fills the templates of the public pages. Holds templates and words, nothing of a case."""

    def __init__(self, templates: Templates, *, words: Words) -> None:
        """`words` are those of the clinic's language."""
        self._templates = templates
        self._words = words

    def of_case(
        self,
        case: PublicCase,
        *,
        site: Site,
        treatment: Treatment | None = None,
        related: Sequence[CaseCard] = (),
    ) -> dict[str, Document]:
        """The four documents of a case, by key.

        `treatment` adds its summary. Pages that name `related` cases change when those end.
        """
        values = {
            "case": case,
            "treatment": treatment or Treatment(case.treatment, case.treatment_title),
            "related": [card for card in related if card.slug != case.slug],
            "others": unpaired(case),
            "description": description_of(case),
            "share": thumbnail_of(case),
            "graph": safe_html(safe_json(case_graph(case, site=site))),
        }
        described = case_json(case, site=site)
        page = case_key(case.slug)
        embed = case_key(case.slug, page="embed.html")
        return {
            page: self._page(
                "pages/case.html.j2", key=page, site=site, snippets=described["embed"], **values
            ),
            embed: self._page("embed/embed.html.j2", key=embed, site=site, **values),
            case_key(case.slug, page="case.json"): _json(described),
            case_key(case.slug, page="oembed.json"): _json(oembed(case, site=site)),
        }

    def of_treatment(
        self,
        treatment: Treatment,
        *,
        cards: Iterable[CaseCard],
        site: Site,
        press: Sequence[PublicCase] = (),
    ) -> dict[str, Document]:
        """The page of a treatment, by key. Of `cards` those of this treatment are shown.

        `press` are works without a patient; they are shown here, with their credits, only.
        """
        key = treatment_key(treatment.slug)
        own = newest(card for card in cards if card.treatment == treatment.slug)
        graph = treatment_graph(treatment, cards=own, press=press, site=site)
        share = thumbnail_of(press[0]) if press else None
        return {
            key: self._page(
                "pages/treatment.html.j2",
                key=key,
                site=site,
                treatment=treatment,
                cards=own,
                press=press,
                share=share,
                description=treatment.summary or treatment.title,
                graph=safe_html(safe_json(graph)),
            )
        }

    def of_site(
        self, *, treatments: Iterable[Treatment], cards: Sequence[CaseCard], site: Site
    ) -> dict[str, Document]:
        """The first page, what search engines and readers fetch, and the assets, by key."""
        ordered = sorted(treatments, key=lambda each: (each.order, each.title, each.slug))
        latest = newest(cards)[:NEWEST_CASES]
        counts = {each.slug: 0 for each in ordered}
        for card in cards:
            counts[card.treatment] = counts.get(card.treatment, 0) + 1
        title = self._words.say("index_title", name=site.name)
        index = self._page(
            "pages/index.html.j2",
            key=INDEX_KEY,
            site=site,
            treatments=ordered,
            cards=latest,
            counts=counts,
            share=None,
            description=self._words.say("index_intro", name=site.name),
            graph=safe_html(safe_json(index_graph(cards=latest, site=site))),
        )
        return {
            **self._assets(site),
            INDEX_KEY: index,
            SITEMAP_KEY: _text(sitemap(treatments=ordered, cards=cards, site=site), XML),
            FEED_KEY: _text(feed(cards=cards, site=site, title=title), ATOM),
            ROBOTS_KEY: _text(robots(site), TEXT),
        }

    def tombstone(self, site: Site) -> Document:
        """What may stand under `cases/<slug>/` once a case has ended: the same for every case."""
        # Every key it may lie under is as deep as this one, so its links are the same too.
        return self._page("pages/gone.html.j2", key=case_key("gone"), site=site)

    def _assets(self, site: Site) -> dict[str, Document]:
        """Styles, scripts and the icon."""
        age_s = min(ASSET_AGE_S, site.max_age_s)
        note = safe_html(safe_json({"gone": self._words.say("gone_text")}))
        script = self._templates.page("embed/embed.js.j2", values={"words": note})
        fill = shades_of(primary_of(site.colours), scheme="light").fill
        icon = self._templates.page("pages/icon.svg.j2", values={"colour": fill})
        return {
            EMBED_SCRIPT_KEY: _text(script, SCRIPT),
            STYLE_KEY: _text(self._templates.text("pages/site.css"), CSS, max_age_s=age_s),
            BRAND_KEY: _text(brand_css(site.colours), CSS, max_age_s=age_s),
            COMPARE_KEY: _text(self._templates.text("pages/compare.js"), SCRIPT, max_age_s=age_s),
            FRAME_KEY: _text(self._templates.text("embed/frame.js"), SCRIPT, max_age_s=age_s),
            ICON_KEY: _text(icon, SVG, max_age_s=age_s),
        }

    def _page(self, template: str, *, key: str, site: Site, **values: object) -> Document:
        words = self._words
        common: dict[str, object] = {
            "site": site,
            "key": key,
            "canonical": url_of(key, site=site),
            "link": partial(relative, page=key),
            "url": partial(url_of, site=site),
            "say": words.say,
            "count": words.count,
            "day": partial(words.day, zone=site.zone),
            "length": words.length,
            "direction": direction_of(words.language),
            "language": words.language,
            "contact_link": contact_link(site.contact),
            "grounds": {scheme: ground_of(scheme) for scheme in ("light", "dark")},
        }
        return _text(self._templates.page(template, values={**common, **values}), HTML)


def _text(text: str, content_type: str, *, max_age_s: int = PAGE_AGE_S) -> Document:
    return Document(text.encode("utf-8", "replace"), content_type, max_age_s)


def _json(value: Mapping[str, object]) -> Document:
    return _text(safe_json(value, indent=2) + "\n", JSON)
