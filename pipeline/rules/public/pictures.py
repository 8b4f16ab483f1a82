"""Which files of a medium a page offers to a browser, in which order, and what a card shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.rules.media import Kind
from pipeline.rules.public.site import CaseCard, PublicCase, PublicFile, PublicMedia, description_of

# A browser takes the first type it knows, so the smallest come first.
_TYPES = ("image/avif", "image/webp", "image/jpeg", "image/png")
_EVERYWHERE = ("image/jpeg", "image/png", "image/webp", "image/avif")
_FALLBACK_WIDTH = 960


@dataclass(frozen=True, slots=True)
class SourceSet:
    """The files of one content type, narrow to wide."""

    type: str
    files: tuple[PublicFile, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """One file of a video ladder; taken in windows at least `min_width_px` wide."""

    file: PublicFile
    min_width_px: int | None


def photos(files: Iterable[PublicFile]) -> tuple[PublicFile, ...]:
    """The pictures among the files, narrow to wide."""
    pictures = (file for file in files if file.type.startswith("image/"))
    return tuple(sorted(pictures, key=lambda file: (file.width, file.key)))


def source_sets(files: Iterable[PublicFile]) -> tuple[SourceSet, ...]:
    """The pictures by content type, smallest type first, for `<picture>`."""
    pictures = photos(files)
    sets = (SourceSet(type_, tuple(f for f in pictures if f.type == type_)) for type_ in _TYPES)
    return tuple(each for each in sets if each.files)


def fallback(files: Iterable[PublicFile]) -> PublicFile | None:
    """The one picture for programs that choose nothing: JPEG, about 960 pixels wide."""
    pictures = photos(files)
    for type_ in _EVERYWHERE:
        of_type = [file for file in pictures if file.type == type_]
        if of_type:
            fitting = [file for file in of_type if file.width <= _FALLBACK_WIDTH]
            return fitting[-1] if fitting else of_type[0]
    return None


def largest(files: Iterable[PublicFile]) -> PublicFile | None:
    """The widest picture in the type that everybody reads, for search engines."""
    pictures = photos(files)
    for type_ in _EVERYWHERE:
        of_type = [file for file in pictures if file.type == type_]
        if of_type:
            return of_type[-1]
    return None


def videos(files: Iterable[PublicFile]) -> tuple[PublicFile, ...]:
    """The films among the files, largest first."""
    films = (file for file in files if file.type.startswith("video/"))
    return tuple(sorted(films, key=lambda file: (-file.width * file.height, file.key)))


def rungs(files: Iterable[PublicFile]) -> tuple[Rung, ...]:
    """A video's files for `<source>`: each from the window width that equals its short side.

    The last has no condition, so that every window gets a film.
    """
    films = videos(files)
    return tuple(
        Rung(film, min(film.width, film.height) if film is not films[-1] else None)
        for film in films
    )


def face_of(medium: PublicMedia) -> tuple[PublicFile, ...]:
    """The pictures that stand for a medium in a list: its sizes, or a video's poster."""
    if medium.kind is Kind.PHOTO:
        return photos(medium.files)
    return (medium.poster,) if medium.poster else ()


def stand_in(medium: PublicMedia) -> PublicFile | None:
    """The file whose size is the medium's: its best film, else its largest picture."""
    films = videos(medium.files)
    return films[0] if films else largest(medium.files)


def shape_of(medium: PublicMedia) -> str:
    """How tall a medium is, as the style sheet knows it, so that it fits into a window."""
    file = stand_in(medium)
    ratio = file.width / max(1, file.height) if file else 2
    if ratio < 0.65:  # 9:16; 2:3 is above
        return "tall"
    if ratio < 0.95:  # 3:4, 4:5
        return "portrait"
    if ratio < 1.25:  # 1:1
        return "square"
    return "landscape" if ratio < 1.6 else "wide"  # 4:3, 3:2; 16:9 and wider


def card_of(case: PublicCase) -> CaseCard:
    """What lists show of a case: the first comparison's two sides, else the first medium."""
    pair = case.comparisons[0] if case.comparisons else None
    shown = (pair.before, pair.after) if pair else case.media[:1]
    films = [medium for medium in (*shown, *case.media) if videos(medium.files)]
    film = films[0] if films else None
    best = videos(film.files)[0] if film else None
    return CaseCard(
        slug=case.slug,
        title=case.title,
        description=description_of(case),
        treatment=case.treatment,
        treatment_title=case.treatment_title,
        published=case.published,
        modified=case.modified,
        expires=case.expires,
        pictures=tuple(face for face in map(face_of, shown) if face),
        paired=pair is not None,
        video=best,
        poster=film.poster if film else None,
        duration_s=best.duration_s if best else None,
        language=case.language,
    )
