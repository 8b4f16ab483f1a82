"""The words of a case while nobody has written any: the template of a treatment and a role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FIELDS = ("title", "caption", "alt")


@dataclass(frozen=True, slots=True)
class Wording:
    """A caption template file, parsed: its texts by name, its sections by role."""

    title: str
    disclosure: str
    roles: Mapping[str, Mapping[str, str]]
    hashtags: str = ""

    def of_role(self, role: str, *, field: str) -> str:
        """Return the template of a role's label, caption or alt; empty when there is none."""
        return self.roles.get(role, {}).get(field, "")


def wording_from(*layers: Mapping[str, object]) -> Wording:
    """Lay template files over one another: what a later one says wins, the rest stays."""
    texts: dict[str, str] = {}
    roles: dict[str, dict[str, str]] = {}
    for layer in layers:
        for key, value in layer.items():
            if isinstance(value, str):
                texts[key] = value
            elif isinstance(value, Mapping):
                roles.setdefault(key, {}).update(
                    {str(name): str(text or "") for name, text in value.items()}
                )
    return Wording(
        title=texts.get("title", "{{ treatment }}"),
        disclosure=texts.get("disclosure", ""),
        roles=roles,
        hashtags=texts.get("hashtags", ""),
    )
