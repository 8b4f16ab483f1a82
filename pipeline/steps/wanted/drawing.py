"""Has the cards of reels drawn: once per brand and text, then kept in private storage.

A card that holds a case's own words goes with any of the originals that it was drawn for, though
another case may say the same: then it is drawn again.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.rules.media import Artifact, Card, Kind, Rendition
from pipeline.rules.work import Done, Job
from pipeline.steps.arriving.measuring import do_all, limits_for
from pipeline.steps.means import Means
from pipeline.steps.public.uploads import card_key, keep_private, note_private
from pipeline.steps.wanted.branding import font_file, logo_path
from pipeline.tools.catalog import work

log = logging.getLogger(__name__)

_OF_A_CASE = {"title", "lower"}


def draw_cards(means: Means, renditions: Sequence[Rendition], *, to: Path) -> Path:
    """Bring every card of these renditions into a folder below `to`, each as `<key>.mov`.

    A card that cannot be drawn is not there: the film that needs it fails, and nothing else.

    Raises:
        Unreachable: private storage or the catalog did not answer.
    """
    folder = to / "cards"
    folder.mkdir()
    wanted = {card.key: card for each in renditions for card in each.canvas.cards}
    if not wanted:
        return folder
    with means.catalog.read() as connection:
        there = work.artifacts(connection, list(wanted))
    kept = [artifact for artifact in there.values() if _fetch(means, artifact, folder=folder)]
    found = {artifact.key for artifact in kept}
    made = _draw(means, [card for key, card in wanted.items() if key not in found], folder=folder)
    stands_on = {key: _covers(card, renditions) for key, card in wanted.items()}
    for each in made.made if made else ():
        keep_private(
            means,
            card_key(each.artifact.key),
            Path(each.file),
            content_type=each.artifact.content_type,
            originals=stands_on[each.artifact.key],
        )
    for artifact in kept:
        note_private(means, card_key(artifact.key), originals=stands_on[artifact.key])
    drawn = [each.artifact for each in made.made] if made else []
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        for artifact in (*kept, *drawn):
            versions = dict(made.versions) if made and artifact in drawn else {}
            originals = stands_on[artifact.key]
            work.add_artifact(tx, artifact, originals=originals, versions=versions)
    return folder


def _covers(card: Card, renditions: Sequence[Rendition]) -> list[str]:
    """Return the originals whose words a card shows: a matte and an end card are the brand's."""
    if card.kind not in _OF_A_CASE:
        return []
    shown = [each for each in renditions if any(own.key == card.key for own in each.canvas.cards)]
    return sorted({sha for each in shown for sha in each.originals})


def _fetch(means: Means, artifact: Artifact, *, folder: Path) -> bool:
    """Bring a card that was drawn before; False if it is lost, so that it is drawn again."""
    key = card_key(artifact.key)
    if means.private.stat(key) is None:
        return False
    means.private.fetch(key, to=folder / f"{artifact.key}.mov", sha256=artifact.sha256)
    return True


def _draw(means: Means, cards: Sequence[Card], *, folder: Path) -> Done | None:
    """Have cards drawn by a worker into `folder`."""
    if not cards:
        return None
    logo = logo_path(means)
    if logo:
        logo = Path(shutil.copyfile(logo, folder / "logo"))
    job = Job(
        id="cards",
        verb="draw",
        kind=Kind.VIDEO,
        source="",
        font=str(font_file(means)),
        out=str(folder),
        limits=limits_for(Kind.VIDEO),
        cards=tuple(_with_logo(each, logo=logo) for each in cards),
    )
    outcome = do_all(means, [job], what="Drawing cards")[job.id]
    if isinstance(outcome, Done):
        return outcome
    log.warning("the cards of a reel could not be drawn: %s", outcome)
    return None


def _with_logo(card: Card, *, logo: Path | None) -> Card:
    overlays = (replace(o, image=str(logo)) if o.image else o for o in card.overlays)
    return replace(card, overlays=tuple(overlays))
