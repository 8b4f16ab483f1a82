"""JSON-LD: required fields per type, nothing half made, nobody named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from showcase import HOSTILE, SITE, film_case, photo_case, press_case, single_case

from pipeline.rules.public.pictures import card_of
from pipeline.rules.public.sharing import safe_json
from pipeline.rules.public.site import PublicCase, Treatment
from pipeline.rules.public.structured import (
    Node,
    case_graph,
    index_graph,
    iso_duration,
    therapy_node,
    treatment_graph,
    video_node,
)

REQUIRED = {
    "VideoObject": {"name", "description", "thumbnailUrl", "uploadDate", "contentUrl"},
    "ImageObject": {"contentUrl", "creditText"},
    "BreadcrumbList": {"itemListElement"},
    "MedicalTherapy": {"name", "url"},
    "MedicalClinic": {"name", "url"},
    "MedicalWebPage": {"name", "url", "datePublished", "about", "publisher"},
}


def nodes(graph: Node) -> list[dict[str, object]]:
    """The nodes of a graph, after a way through its text."""
    parsed = json.loads(safe_json(graph))
    assert parsed["@context"] == "https://schema.org"
    found = parsed["@graph"]
    assert isinstance(found, list)
    return found


def texts(value: object) -> Iterator[str]:
    """Every text anywhere in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


@pytest.mark.parametrize("case", [photo_case(), film_case(), single_case()])
def test_nodes_have_their_required_fields(case: PublicCase) -> None:
    """Each node of a case's page has what its type requires, and none of it is empty."""
    made = nodes(case_graph(case, site=SITE))
    assert {node["@type"] for node in made} >= {"MedicalWebPage", "MedicalTherapy"}
    for node in made:
        for name in REQUIRED[str(node["@type"])]:
            assert node[name], (node["@type"], name)


def test_references_inside_the_graph_are_met() -> None:
    """Each `@id` that is referred to is the id of a node of the graph."""
    made = nodes(case_graph(photo_case(), site=SITE))
    known = {node["@id"] for node in made}
    for node in made:
        for value in node.values():
            if isinstance(value, dict) and set(value) == {"@id"}:
                assert value["@id"] in known


def test_a_film_says_how_long_and_until_when() -> None:
    """Duration is ISO 8601, `expires` is there exactly when the consent ends."""
    case = replace(film_case(), expires=photo_case().expires)
    node = video_node(case.media[0], case=case, site=SITE)
    assert node is not None
    assert node["duration"] == "PT42S"
    assert node["expires"] == "2027-03-09T14:05:00Z"
    assert str(node["uploadDate"]).endswith("Z")
    lasting = video_node(film_case().media[0], case=film_case(), site=SITE)
    assert lasting is not None
    assert "expires" not in lasting


def test_no_node_is_half_made() -> None:
    """A film without a still, or without any name, has no node at all."""
    case = film_case()
    unseen = replace(case.media[0], poster=None)
    assert video_node(unseen, case=case, site=SITE) is None
    nameless = replace(case, title=" ")
    assert video_node(replace(case.media[0], caption=""), case=nameless, site=SITE) is None
    assert therapy_node(Treatment("x", " "), site=SITE) is None


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [(0.2, "PT1S"), (42.4, "PT42S"), (60, "PT1M"), (3725, "PT1H2M5S"), (7200, "PT2H")],
)
def test_durations(duration_s: float, text: str) -> None:
    """Lengths are written as schema.org wants them."""
    assert iso_duration(duration_s) == text


def test_nobody_is_a_person() -> None:
    """No node is a Person, and every address is absolute."""
    made = nodes(case_graph(photo_case(), site=SITE))
    assert "Person" not in set(texts(made))
    for node in made:
        for name in ("url", "contentUrl", "thumbnailUrl", "embedUrl"):
            assert all(text.startswith("https://") for text in texts(node.get(name, [])))


def test_a_licensed_work_is_not_claimed_by_the_clinic() -> None:
    """With credits, the credit is theirs and the clinic is the publisher only."""
    treatment = Treatment("dry-needling", "Dry needling", "Thin needles.", "Neck")
    made = nodes(
        treatment_graph(treatment, cards=[card_of(film_case())], press=[press_case()], site=SITE)
    )
    film = next(node for node in made if node["@type"] == "VideoObject")
    assert str(film["creditText"]).startswith("Needle demonstration")
    assert "creator" not in film
    therapy = next(node for node in made if node["@type"] == "MedicalTherapy")
    assert therapy["bodyLocation"] == "Neck"


def test_hostile_words_stay_words() -> None:
    """A title with markup comes back as the same title from a text without markup."""
    text = safe_json(case_graph(photo_case(title=HOSTILE), site=SITE))
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text)["@graph"][0]["name"] == HOSTILE.replace("\x00", "")


def test_the_first_page_lists_its_cases() -> None:
    """The list has the cards in their order; without cards there is no list."""
    made = nodes(index_graph(cards=[card_of(film_case()), card_of(photo_case())], site=SITE))
    assert next(node for node in made if node["@type"] == "ItemList")["numberOfItems"] == 2
    assert all(node["@type"] != "ItemList" for node in nodes(index_graph(cards=[], site=SITE)))
