"""Keeps the words of a case as rows: staff's own, and the template's where staff wrote none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.rules.captions import Wording, wording_from
from pipeline.rules.errors import UsageError
from pipeline.rules.networks import hashtags_of
from pipeline.rules.plan import Sayings
from pipeline.steps.means import Means
from pipeline.steps.wanted.treatments import title_of
from pipeline.tools.catalog import cases
from pipeline.tools.catalog.cases import AssetRow, CaseRow
from pipeline.tools.catalog.engine import Transaction
from pipeline.tools.catalog.texts import TextRow, set_text, texts_of
from pipeline.tools.documents import Unreadable, read_mapping
from pipeline.tools.templating import fill

TEMPLATE = "template"
STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Words:
    """The words in use of a case: its title, and (caption, alt) of each original by SHA-256."""

    title: str
    disclosure: str
    captions: Mapping[str, str]
    alts: Mapping[str, str]
    labels: Mapping[str, str]
    hashtags: tuple[str, ...] = ()

    def sayings(self) -> dict[str, Sayings]:
        """Return what stands in the pictures."""
        return {
            sha: Sayings(self.labels.get(sha, ""), caption, self.disclosure, self.title)
            for sha, caption in self.captions.items()
        }


def words_of(
    means: Means, case: CaseRow, *, assets: Sequence[AssetRow], texts: Sequence[TextRow]
) -> Words:
    """Return the words of a case: what staff wrote, else what its templates say now."""
    wording = _wording(means.templates, case.treatment, means.config.clinic.language)
    written = {(text.asset_id, text.field): text.text for text in texts if text.source != TEMPLATE}
    shown = [asset for asset in assets if asset.state == cases.USED and asset.role]
    roles = {asset.role for asset in shown}
    values = {
        "treatment": title_of(means, case.treatment),
        "paired": {"before", "after"} <= roles,
    }

    def text(asset: AssetRow, field: str) -> str:
        own = written.get((asset.id, field))
        if own is not None:
            return own
        template = wording.of_role(asset.role or "", field=field)
        return fill(template, values={**values, "role": asset.role, "kind": asset.media_type})

    return Words(
        title=written.get((None, "title")) or fill(wording.title, values=values),
        disclosure=wording.disclosure,
        captions={asset.sha256: text(asset, "caption") for asset in shown},
        alts={asset.sha256: text(asset, "alt") for asset in shown},
        labels={a.sha256: wording.of_role(a.role or "", field="label") for a in shown},
        hashtags=hashtags_of(fill(wording.hashtags, values=values).split(",")),
    )


def keep(tx: Transaction, means: Means, case: CaseRow) -> None:
    """Store the template's words as rows wherever staff wrote none, and renew old ones."""
    assets = cases.assets_of(tx.connection, case.id)
    texts = texts_of(tx.connection, case.id)
    words = words_of(means, case, assets=assets, texts=texts)
    staff = {(text.asset_id, text.field) for text in texts if text.source != TEMPLATE}
    wanted: dict[tuple[int | None, str], str] = {(None, "title"): words.title}
    for asset in assets:
        if asset.sha256 in words.captions:
            wanted[asset.id, "caption"] = words.captions[asset.sha256]
            wanted[asset.id, "alt"] = words.alts[asset.sha256]
    for (asset_id, field), text in wanted.items():
        if (asset_id, field) not in staff:
            set_text(
                tx,
                case.id,
                asset_id=asset_id,
                field=field,
                language=means.config.clinic.language,
                text=text,
                source=TEMPLATE,
            )


@lru_cache(maxsize=256)
def _wording(folders: tuple[Path, ...], treatment: str, language: str) -> Wording:
    """Read the caption templates that apply, the packaged default first."""
    layers: list[Mapping[str, object]] = []
    for name in ("default.en", f"default.{language}", f"{treatment}.{language}"):
        for folder in reversed(folders):
            path = folder / "captions" / f"{name}.yaml"
            if path.is_file():
                try:
                    layers.append(read_mapping(path.read_text(encoding="utf-8-sig")))
                except (Unreadable, UnicodeDecodeError) as error:
                    raise UsageError(
                        f"The caption template {path.name} cannot be read: {error}.",
                        remedy="Correct it, or remove it so that the packaged one is used.",
                    ) from error
    return wording_from(*layers)


def forget_templates() -> None:
    """Read caption templates anew: a file changed."""
    _wording.cache_clear()
