"""The public pages, read by a parser of their own: links, assets, words, and nothing that runs."""

from __future__ import annotations

import gzip
import json
import posixpath
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from showcase import (
    HOSTILE,
    SITE,
    cases,
    film_case,
    photo_case,
    press_case,
    single_case,
    site_documents,
    treatments,
)

from pipeline.rules.errors import UsageError
from pipeline.rules.public.pictures import card_of
from pipeline.rules.public.site import PublicFile
from pipeline.tools.documents import read_mapping
from pipeline.tools.pages import Document, Pages, open_pages
from pipeline.tools.templating import packaged_templates

VOID = {"meta", "link", "img", "source", "track", "base", "br", "hr", "input"}
LINKS = {"href", "src", "poster"}


class Reader(HTMLParser):
    """Collects what a test asks of a page; complains about elements that are not closed."""

    def __init__(self, body: bytes) -> None:
        """Read a whole page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(body.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note its text."""
        if self._open and self._open[-1] == "script":
            self.scripts.append(data)
        elif self._open and self._open[-1] != "title":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of that name."""
        return [attrs for name, attrs in self.elements if name == tag]

    def links(self) -> list[str]:
        """Every address the page names, those of its canonical and oEmbed links aside."""
        found = []
        for tag, attrs in self.elements:
            if tag == "link" and (attrs.get("rel") == "canonical" or "oembed" in str(attrs)):
                continue
            found += [attrs[name] for name in LINKS & attrs.keys()]
            found += [part.split()[0] for part in attrs.get("srcset", "").split(", ") if part]
        return found


@pytest.fixture(scope="module")
def pages() -> Pages:
    """The pages in English with the packaged templates."""
    return open_pages(language="en", read_mapping=read_mapping)


@pytest.fixture(scope="module")
def documents(pages: Pages) -> dict[str, Document]:
    """The whole public folder of the made-up clinic, media aside."""
    return site_documents(pages, read_mapping=read_mapping)


def html_of(documents: dict[str, Document]) -> dict[str, Reader]:
    """The pages among the documents, read."""
    return {key: Reader(each.body) for key, each in documents.items() if key.endswith(".html")}


def target_of(link: str, *, page: str) -> str:
    """The key that a relative link of a page leads to."""
    path = unquote(urlsplit(link).path)
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page


def test_keys_are_those_of_the_contract(documents: dict[str, Document]) -> None:
    """Nothing lies under a key that the contract does not name."""
    allowed = re.compile(
        r"index\.html|treatments/[a-z-]+/index\.html|sitemap\.xml|feed\.xml|robots\.txt|embed\.js"
        r"|cases/[a-z-]+/(index\.html|embed\.html|case\.json|oembed\.json)|assets/[a-z]+\.\w+"
    )
    assert all(allowed.fullmatch(key) for key in documents)
    assert len([key for key in documents if key.startswith("cases/")]) == 4 * len(cases())


def test_links_are_relative_and_lead_somewhere(documents: dict[str, Document]) -> None:
    """Inside the site every link names a document or a public file; none names a folder."""
    media: set[str] = set()
    for medium in (medium for case in (*cases(), press_case()) for medium in case.media):
        media |= {file.key for file in medium.files} | {track.key for track in medium.tracks}
        media |= {medium.poster.key} if medium.poster else set()
    outside = {SITE.url, "mailto:hello@harbour.example", "https://journal.example/neck"}
    for key, page in html_of(documents).items():
        assert page.links()
        for link in page.links():
            if link not in outside:
                assert not urlsplit(link).scheme, (key, link)
                assert target_of(link, page=key) in documents.keys() | media, (key, link)


def test_fragments_exist(documents: dict[str, Document]) -> None:
    """A link to a place on the page leads to an element, and labels refer to one each."""
    for page in html_of(documents).values():
        ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
        assert len(ids) == len(set(ids))
        for _, attrs in page.elements:
            if "aria-labelledby" in attrs:
                assert attrs["aria-labelledby"] in ids
            if attrs.get("href", "").startswith("#"):
                assert attrs["href"][1:] in ids


def test_pages_run_nothing_inline(documents: dict[str, Document]) -> None:
    """A strict content policy stands in every page and the page keeps to it."""
    for key, page in html_of(documents).items():
        policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        for script in page.all("script"):
            assert "src" in script or script["type"] == "application/ld+json", key
        assert not page.all("style")
        for _, attrs in page.elements:
            assert "style" not in attrs
            assert not [name for name in attrs if name.startswith("on")]


def test_json_ld_parses_back(documents: dict[str, Document]) -> None:
    """Each page that has structured data has one graph, and it is JSON."""
    for key, page in html_of(documents).items():
        graphs = [json.loads(text) for text in page.scripts if text.strip()]
        assert len(graphs) == (0 if key.endswith("embed.html") else 1)
        assert all(graph["@graph"] for graph in graphs)


def test_pictures_have_their_size(documents: dict[str, Document]) -> None:
    """Every picture and film reserves its place, and every picture says its alt text."""
    for page in html_of(documents).values():
        for tag in ("img", "video"):
            for attrs in page.all(tag):
                assert int(attrs["width"]) > 0
                assert int(attrs["height"]) > 0
        assert all("alt" in attrs for attrs in page.all("img"))
        for attrs in page.all("source"):
            assert "srcset" not in attrs or "sizes" in attrs


def test_a_pair_of_photos_is_a_slider(pages: Pages) -> None:
    """One slider with a name and a value, and both sides labelled in text."""
    made = pages.of_case(photo_case(), site=SITE)
    page = Reader(made["cases/posture-kqmwzraj/index.html"].body)
    sliders = [attrs for _, attrs in page.elements if attrs.get("role") == "slider"]
    assert len(sliders) == 1
    assert {"aria-label", "aria-valuenow", "aria-valuetext", "tabindex"} <= sliders[0].keys()
    assert page.text.index("Before") < page.text.index("After")
    assert photo_case().disclosure in page.text


def test_a_pair_of_films_has_one_button(pages: Pages) -> None:
    """Films are muted, captioned, silent until asked, and played together by one button."""
    made = pages.of_case(film_case(), site=SITE)
    page = Reader(made["cases/dry-needling-bvtrplsx/index.html"].body)
    films = page.all("video")
    assert len(films) == 2
    assert all({"controls", "muted", "playsinline", "poster"} <= film.keys() for film in films)
    assert not any("autoplay" in film for film in films)
    assert len(page.all("track")) == 2
    assert len(page.all("button")) == 1
    assert [s.get("media") for s in page.all("source")][:3] == [
        "(min-width: 1080px)",
        "(min-width: 720px)",
        None,
    ]


def test_a_page_without_a_pair_loads_no_script(pages: Pages) -> None:
    """What needs no script has none."""
    made = pages.of_case(single_case(), site=SITE)
    page = Reader(made["cases/taping-hnwcsyod/index.html"].body)
    assert [attrs for attrs in page.all("script") if "src" in attrs] == []


def test_scripts_are_small(documents: dict[str, Document]) -> None:
    """All scripts together are below 10 kB compressed."""
    scripts = b"".join(each.body for key, each in documents.items() if key.endswith(".js"))
    assert len(gzip.compress(scripts)) < 10_000


def test_hostile_words_are_inert(pages: Pages) -> None:
    """Titles, captions and names with markup add no element and come back as the same words."""
    calm, wild = photo_case(), photo_case(title=HOSTILE)
    pair = replace(wild.comparisons[0], caption=HOSTILE, alt=HOSTILE)
    wild = replace(
        wild,
        comparisons=(pair,),
        disclosure=HOSTILE,
        treatment_title=HOSTILE,
        credits=(HOSTILE,),
    )
    calm = replace(calm, credits=("x",))
    site = replace(SITE, name=HOSTILE, contact=HOSTILE)
    card = card_of(wild)
    for page in ("index.html", "embed.html"):
        key = f"cases/posture-kqmwzraj/{page}"
        made = Reader(pages.of_case(wild, site=site, related=[card])[key].body)
        plain = Reader(pages.of_case(calm, site=SITE)[key].body)
        assert [tag for tag, _ in made.elements].count("script") == len(plain.all("script"))
        assert len(made.all("img")) == len(plain.all("img"))
        assert "alert(1)" in made.text
        assert "{{7*7}}" in made.text
        assert "\x00" not in made.text
    graph = Reader(pages.of_case(wild, site=site)["cases/posture-kqmwzraj/index.html"].body).scripts
    assert json.loads(graph[0])["@graph"][0]["name"] == HOSTILE.replace("\x00", "")
    index = pages.of_site(treatments=[], cards=[card], site=site)["index.html"]
    assert len(Reader(index.body).all("img")) == 2


def test_tombstone_tells_nothing(pages: Pages) -> None:
    """One sentence and a link; noindex; the same for every case and the same each time."""
    made = pages.tombstone(SITE)
    page = Reader(made.body)
    assert made == pages.tombstone(replace(SITE, max_age_s=60))
    assert " ".join(page.text.split()) == "This content is not available. To the overview"
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert [attrs["href"] for attrs in page.all("a")] == ["../../index.html"]
    assert not page.all("script")
    assert not re.search(rb"20\d\d|harbour|needling", made.body, re.IGNORECASE)


def test_same_values_same_bytes(documents: dict[str, Document]) -> None:
    """Whoever asks again gets the same bytes, also from templates loaded anew."""
    again = open_pages(language="en", read_mapping=read_mapping)
    assert site_documents(again, read_mapping=read_mapping) == documents


def test_order_of_input_does_not_matter(pages: Pages) -> None:
    """Lists are ordered by what is in them."""
    cards = [card_of(case) for case in cases()]
    copy = treatments(read_mapping)
    ahead = pages.of_site(treatments=copy, cards=cards, site=SITE)
    assert pages.of_site(treatments=copy[::-1], cards=cards[::-1], site=SITE) == ahead


def test_ages_are_bounded(documents: dict[str, Document], pages: Pages) -> None:
    """Pages and JSON live a minute; nothing lives longer than the site allows."""
    for key, document in documents.items():
        assert document.max_age_s == 60 or key.startswith("assets/")
    short = pages.of_site(treatments=[], cards=[], site=replace(SITE, max_age_s=30))
    assert short["assets/site.css"].max_age_s == 30


def test_content_types(documents: dict[str, Document]) -> None:
    """Every document says what it is."""
    types = {posixpath.splitext(key)[1]: each.content_type for key, each in documents.items()}
    assert {ending: type_.split(";")[0] for ending, type_ in types.items()} == {
        ".html": "text/html",
        ".json": "application/json",
        ".xml": types[".xml"].split(";")[0],
        ".txt": "text/plain",
        ".js": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
    }
    assert documents["feed.xml"].content_type.startswith("application/atom+xml")


def test_an_empty_site_is_a_site(pages: Pages) -> None:
    """Before the first case the first page says so kindly."""
    page = Reader(pages.of_site(treatments=[], cards=[], site=SITE)["index.html"].body)
    assert "There is nothing to show yet" in page.text


def test_press_stands_on_the_treatment_page_with_its_credit(documents: dict[str, Document]) -> None:
    """The press film, its credit, the clinic's copy and its sources; no page of its own."""
    page = Reader(documents["treatments/dry-needling/index.html"].body)
    assert "Credit: Needle demonstration, Example Films, CC BY 4.0" in page.text
    assert "Most people gained 5 to 15 degrees" in page.text
    assert "Dry needling in neck pain: a review" in page.text
    assert not [key for key in documents if "zzpressq" in key]


def test_link_previews_are_complete(documents: dict[str, Document]) -> None:
    """Open Graph's required names, with absolute addresses, and oEmbed's discovery."""
    page = Reader(documents["cases/posture-kqmwzraj/index.html"].body)
    graph = {m["property"]: m["content"] for m in page.all("meta") if "property" in m}
    assert {"og:title", "og:type", "og:image", "og:url", "og:image:width"} <= graph.keys()
    assert graph["og:image"].startswith(SITE.base_url)
    oembed = [a["href"] for a in page.all("link") if a.get("type") == "application/json+oembed"]
    assert oembed == [f"{SITE.base_url}cases/posture-kqmwzraj/oembed.json"]


def test_a_site_not_to_be_found_says_so(pages: Pages) -> None:
    """Every page asks search engines to stay away."""
    site = replace(SITE, indexed=False)
    made = site_documents(pages, read_mapping=read_mapping, site=site)
    for key, page in html_of(made).items():
        robots = [m["content"] for m in page.all("meta") if m.get("name") == "robots"]
        assert robots, key
        assert robots[0].startswith("noindex")


def test_logo_replaces_the_name(pages: Pages) -> None:
    """With a logo the name is its alt text."""
    logo = PublicFile("logo", "assets/logo.png", "image/png", 320, 80, 1, "0" * 64)
    made = pages.of_site(treatments=[], cards=[], site=replace(SITE, logo=logo))
    image = Reader(made["index.html"].body).all("img")[0]
    assert (image["src"], image["alt"]) == ("assets/logo.png", SITE.name)


def test_catalogues_have_the_same_words() -> None:
    """Each language has every key, with the same blanks in it."""
    catalogues = {
        path.name: read_mapping(path.read_text("utf-8"))
        for path in (packaged_templates() / "pages").glob("words.*.yaml")
    }
    assert {"words.en.yaml", "words.es.yaml"} <= catalogues.keys()
    english = catalogues["words.en.yaml"]
    for name, words in catalogues.items():
        assert words.keys() == english.keys(), name
        for key, text in words.items():
            blanks = [sorted(re.findall(r"\{\w+\}", str(each))) for each in (text, english[key])]
            assert blanks[0] == blanks[1], (name, key)
        assert len(str(words["months"]).split()) == 12


def test_every_word_is_used() -> None:
    """A key that no template asks for is a leftover, and one that is missing would break a page."""
    root = packaged_templates()
    templates = [*root.glob("pages/*.j2"), *root.glob("embed/*.j2")]
    source = "".join(path.read_text("utf-8") for path in templates)
    asked = set(re.findall(r"say\('(\w+)'", source))
    asked |= {f"cases_{form}" for form in ("one", "many")}
    asked |= {"before", "after", "during"} | {
        f"share_{name}" for name in ("script", "iframe", "html")
    }
    asked |= {"months", "date", "gone_text"}
    asked.discard("share_")
    words = read_mapping((root / "pages" / "words.en.yaml").read_text("utf-8"))
    assert asked == words.keys()


def test_pages_speak_spanish() -> None:
    """The clinic's language is that of the words, the dates and the page."""
    spanish = open_pages(language="es-MX", read_mapping=read_mapping)
    made = spanish.of_case(photo_case(), site=replace(SITE, language="es-MX"))
    page = Reader(made["cases/posture-kqmwzraj/index.html"].body)
    assert page.all("html")[0]["lang"].startswith("es")
    assert page.all("article")[0]["lang"] == "en"
    assert "Publicado el 9 de marzo de 2026" in page.text


def test_own_words_win_and_broken_ones_are_named(tmp_path: Path) -> None:
    """A workspace may change single words; a broken file is named in the error."""
    (tmp_path / "pages").mkdir()
    words = tmp_path / "pages" / "words.en.yaml"
    words.write_text('before: "At first"\n')
    own = open_pages(tmp_path, language="en", read_mapping=read_mapping)
    page = Reader(own.of_case(photo_case(), site=SITE)["cases/posture-kqmwzraj/index.html"].body)
    assert "At first" in page.text
    assert "About this treatment" in page.text
    words.write_text("before: [")
    with pytest.raises(UsageError, match=r"words\.en\.yaml"):
        open_pages(tmp_path, language="en", read_mapping=read_mapping)
