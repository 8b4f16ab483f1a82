"""What the networks take of a case: their limits as a file of templates, kept to once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipeline.rules.errors import Reason, UsageError
from pipeline.rules.media import Artifact, Case
from pipeline.rules.networks import BadNetworks, Networks, fitting, read_networks
from pipeline.rules.plan import Plan
from pipeline.steps.means import Means
from pipeline.tools.documents import Unreadable, read_mapping, read_text

FILE = Path("rules") / "networks.yaml"


def networks_of(means: Means) -> Networks:
    """Return the limits of the networks: the workspace's file, else the packaged one.

    Raises:
        UsageError: the file cannot be used.
    """
    return _read(means.templates)


def kept_within(
    means: Means, planned: Plan, *, artifacts: Mapping[str, Artifact], case: Case
) -> Plan:
    """Keep back what turned out to be more than its network takes, now that it is made."""
    kept, beyond = fitting(
        planned.renditions,
        network=networks_of(means).limits_of(planned.channel),
        files={asset.sha256: asset.file for asset in case.assets},
        artifacts=artifacts,
    )
    if not beyond:
        return planned
    off = None
    if not kept and not planned.waits:
        off = Reason("network_off", channel=planned.channel)
    return replace(planned, renditions=kept, tells=(*planned.tells, *beyond), off=off)


def forget_networks() -> None:
    """Read the file anew: it changed."""
    _read.cache_clear()


@lru_cache(maxsize=8)
def _read(folders: tuple[Path, ...]) -> Networks:
    path = next((each / FILE for each in folders if (each / FILE).is_file()), None)
    if path is None:
        raise UsageError(
            "The limits of the networks are missing.",
            remedy=f"Put the packaged templates/{FILE} back.",
        )
    try:
        return read_networks(read_mapping(read_text(path.read_bytes())))
    except (Unreadable, BadNetworks) as error:
        raise UsageError(
            f"The limits of the networks ({path.name}) cannot be used: {error}.",
            remedy="Correct it, or remove it so that the packaged one is used.",
        ) from error
