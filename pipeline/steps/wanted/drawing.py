"""Has the cards of reels drawn: once per brand and text, then kept in private storage.

A card may hold a case's title. It is therefore kept like a rendition of all originals it was drawn
for, and goes with any of them.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.rules.media import Card, Kind, Rendition
from pipeline.rules.work import Done, Job
from pipeline.steps.arriving.measuring import do_all, limits_for
from pipeline.steps.means import Means
from pipeline.steps.public.uploads import private_key
from pipeline.steps.wanted.branding import font_file, logo_path
from pipeline.tools.catalog import work

log = logging.getLogger(__name__)


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
    for key, artifact in there.items():
        path = folder / f"{key}.mov"
        means.private.fetch(private_key(key), to=path, sha256=artifact.sha256)
    missing = [card for key, card in wanted.items() if key not in there]
    made = _draw(means, missing, folder=folder) if missing else None
    stands_on = {
        key: {sha for r in renditions for card in r.canvas.cards if card.key == key
              for sha in r.originals}
        for key in wanted
    }  # fmt: skip
    artifacts = {each.artifact.key: each.artifact for each in made.made} if made else {}
    with means.catalog.write(by=means.by, now=means.now()) as tx:
        for key, artifact in {**there, **artifacts}.items():
            versions = dict(made.versions) if made and key in artifacts else {}
            work.add_artifact(tx, artifact, originals=stands_on[key], versions=versions)
    return folder


def _draw(means: Means, cards: Sequence[Card], *, folder: Path) -> Done | None:
    """Have cards drawn by a worker into `folder`, and keep them in private storage."""
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
    if not isinstance(outcome, Done):
        log.warning("the cards of a reel could not be drawn: %s", outcome)
        return None
    for each in outcome.made:
        means.private.put(
            private_key(each.artifact.key),
            Path(each.file),
            content_type=each.artifact.content_type,
        )
    return outcome


def _with_logo(card: Card, *, logo: Path | None) -> Card:
    overlays = (replace(o, image=str(logo)) if o.image else o for o in card.overlays)
    return replace(card, overlays=tuple(overlays))
