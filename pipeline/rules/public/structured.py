"""JSON-LD of the public pages: schema.org nodes that search engines read.

A node with a required field missing is left out, never half made. Patients are in no node.
Required fields: developers.google.com/search/docs/appearance/structured-data (video, image
metadata, breadcrumb); MedicalTherapy is descriptive only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.rules.public.pictures import face_of, fallback, largest, videos
from pipeline.rules.public.site import (
    INDEX_KEY,
    CaseCard,
    PublicCase,
    PublicFile,
    PublicMedia,
    Site,
    Treatment,
    case_key,
    description_of,
    instant,
    treatment_key,
    url_of,
)

Node = dict[str, object]


def case_graph(case: PublicCase, *, site: Site) -> Node:
    """Everything that is said about a case: its page, its media, its treatment, the clinic."""
    page = url_of(case_key(case.slug), site=site)
    trail = [
        (site.name, INDEX_KEY),
        (case.treatment_title, treatment_key(case.treatment)),
        (case.title, case_key(case.slug)),
    ]
    web_page: Node = {
        "@type": "MedicalWebPage",
        "@id": page,
        "url": page,
        "name": case.title,
        "description": description_of(case),
        "inLanguage": case.language,
        "datePublished": instant(case.published),
        "dateModified": instant(case.modified),
        **_expires(case),
        "about": {"@id": therapy_id(case.treatment, site=site)},
        "publisher": {"@id": clinic_id(site)},
        "breadcrumb": {"@id": f"{page}#breadcrumb"},
    }
    therapy = therapy_node(Treatment(case.treatment, case.treatment_title), site=site)
    return _graph(
        (
            web_page,
            *(_medium_node(medium, case=case, site=site) for medium in case.media),
            therapy,
            breadcrumb_node(trail, page=page, site=site),
            clinic_node(site),
        )
    )


def treatment_graph(
    treatment: Treatment,
    *,
    cards: Sequence[CaseCard],
    press: Sequence[PublicCase] = (),
    site: Site,
) -> Node:
    """What is said about a treatment: the therapy, its cases as a list, the press, the clinic."""
    key = treatment_key(treatment.slug)
    page = url_of(key, site=site)
    trail = [(site.name, INDEX_KEY), (treatment.title, key)]
    web_page: Node = {
        "@type": "MedicalWebPage",
        "@id": page,
        "url": page,
        "name": treatment.title,
        "inLanguage": site.language,
        "about": {"@id": therapy_id(treatment.slug, site=site)},
        "publisher": {"@id": clinic_id(site)},
        "breadcrumb": {"@id": f"{page}#breadcrumb"},
        **_given("description", treatment.summary),
    }
    shown = [_medium_node(medium, case=case, site=site) for case in press for medium in case.media]
    return _graph(
        (
            web_page,
            therapy_node(treatment, site=site),
            *shown,
            _list_node(cards, page=page, site=site),
            breadcrumb_node(trail, page=page, site=site),
            clinic_node(site),
        )
    )


def index_graph(*, cards: Sequence[CaseCard], site: Site) -> Node:
    """What is said on the first page: the site, the newest cases, the clinic."""
    page = url_of(INDEX_KEY, site=site)
    web_site: Node = {
        "@type": "WebSite",
        "@id": page,
        "url": page,
        "name": site.name,
        "inLanguage": site.language,
        "publisher": {"@id": clinic_id(site)},
    }
    return _graph((web_site, _list_node(cards, page=page, site=site), clinic_node(site)))


def video_node(medium: PublicMedia, *, case: PublicCase, site: Site) -> Node | None:
    """A VideoObject, or None without a film, a still or a name."""
    films = videos(medium.files)
    name = (medium.caption or case.title).strip()
    if not films or medium.poster is None or not name:
        return None
    return {
        "@type": "VideoObject",
        "@id": url_of(films[0].key, site=site),
        "name": name,
        "description": (medium.alt or medium.caption or case.title).strip(),
        "thumbnailUrl": [url_of(medium.poster.key, site=site)],
        "uploadDate": instant(case.published),
        "contentUrl": url_of(films[0].key, site=site),
        "embedUrl": url_of(case_key(case.slug, page="embed.html"), site=site),
        "encodingFormat": films[0].type,
        "width": films[0].width,
        "height": films[0].height,
        "inLanguage": case.language,
        **({"duration": iso_duration(films[0].duration_s)} if films[0].duration_s else {}),
        **_expires(case),
        **_rights(case, site=site),
        **_subtitles(medium, site=site),
        "about": {"@id": therapy_id(case.treatment, site=site)},
    }


def image_node(medium: PublicMedia, *, case: PublicCase, site: Site) -> Node | None:
    """An ImageObject, or None without a picture."""
    face = face_of(medium)
    picture, small = largest(face), fallback(face)
    if picture is None or small is None:
        return None
    return {
        "@type": "ImageObject",
        "@id": url_of(picture.key, site=site),
        "contentUrl": url_of(picture.key, site=site),
        "thumbnailUrl": url_of(small.key, site=site),
        "encodingFormat": picture.type,
        "width": picture.width,
        "height": picture.height,
        "name": (medium.caption or case.title).strip(),
        "uploadDate": instant(case.published),
        **_given("description", medium.alt),
        **_given("caption", medium.caption),
        **_expires(case),
        **_rights(case, site=site),
        "about": {"@id": therapy_id(case.treatment, site=site)},
    }


def therapy_node(treatment: Treatment, *, site: Site) -> Node | None:
    """A MedicalTherapy, or None without a name."""
    if not treatment.title.strip():
        return None
    return {
        "@type": "MedicalTherapy",
        "@id": therapy_id(treatment.slug, site=site),
        "name": treatment.title,
        "url": url_of(treatment_key(treatment.slug), site=site),
        **_given("description", treatment.summary),
        **_given("bodyLocation", treatment.body_location),
    }


def clinic_node(site: Site) -> Node:
    """The publisher: the clinic, with its logo if it has one."""
    node: Node = {
        "@type": "MedicalClinic",
        "@id": clinic_id(site),
        "name": site.name,
        "url": site.url,
    }
    if site.logo:
        node["logo"] = _picture(site.logo, site=site)
    return node


def breadcrumb_node(trail: Iterable[tuple[str, str]], *, page: str, site: Site) -> Node:
    """A BreadcrumbList of (name, key), from the first page to this one."""
    return {
        "@type": "BreadcrumbList",
        "@id": f"{page}#breadcrumb",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": url_of(key, site=site),
            }
            for position, (name, key) in enumerate(trail, start=1)
        ],
    }


def iso_duration(duration_s: float) -> str:
    """A length as ISO 8601: PT1H2M5S. At least one second."""
    minutes, seconds = divmod(max(1, round(duration_s)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)


def clinic_id(site: Site) -> str:
    """The name of the clinic's node in every graph."""
    return f"{url_of(INDEX_KEY, site=site)}#clinic"


def therapy_id(slug: str, *, site: Site) -> str:
    """The name of a treatment's node in every graph."""
    return f"{url_of(treatment_key(slug), site=site)}#treatment"


def _medium_node(medium: PublicMedia, *, case: PublicCase, site: Site) -> Node | None:
    made = video_node if videos(medium.files) else image_node
    return made(medium, case=case, site=site)


def _graph(nodes: Iterable[Node | None]) -> Node:
    return {"@context": "https://schema.org", "@graph": [node for node in nodes if node]}


def _list_node(cards: Sequence[CaseCard], *, page: str, site: Site) -> Node | None:
    if not cards:
        return None
    return {
        "@type": "ItemList",
        "@id": f"{page}#cases",
        "numberOfItems": len(cards),
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": card.title,
                "url": url_of(case_key(card.slug), site=site),
            }
            for position, card in enumerate(cards, start=1)
        ],
    }


def _rights(case: PublicCase, *, site: Site) -> Node:
    credit = "; ".join(case.credits) or site.name
    clinic = {"@id": clinic_id(site)}
    own = not case.credits
    return {
        "creditText": credit,
        "publisher": clinic,
        **({"creator": clinic, "copyrightNotice": site.name} if own else {}),
    }


def _subtitles(medium: PublicMedia, *, site: Site) -> Node:
    tracks = [
        {
            "@type": "MediaObject",
            "contentUrl": url_of(track.key, site=site),
            "encodingFormat": "text/vtt",
            "inLanguage": track.lang,
        }
        for track in medium.tracks
    ]
    return {"caption": tracks} if tracks else {}


def _picture(file: PublicFile, *, site: Site) -> Node:
    return {
        "@type": "ImageObject",
        "url": url_of(file.key, site=site),
        "width": file.width,
        "height": file.height,
    }


def _expires(case: PublicCase) -> Node:
    return {"expires": instant(case.expires)} if case.expires else {}


def _given(name: str, text: str) -> Node:
    return {name: text.strip()} if text.strip() else {}
