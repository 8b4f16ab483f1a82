"""Reads the YAML (hence JSON) and CSV that people write: every scalar as the text they typed.

YAML's own typing would read the chart code 0042 as the number 34 and the answer `no` as False;
here only the schema that receives a mapping decides what a text means. Duplicate keys, aliases
and oversized files are refused, because each of them makes a file mean something else than what
a person sees on the page.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Hashable, Mapping
from typing import Any

import yaml

MAX_BYTES = 1_000_000
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
# JSON escapes an emoji as two halves (\\ud83d\\ude42), which PyYAML leaves apart.
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


class Unreadable(ValueError):
    """The text is no mapping that a person could have meant; the message says where and why."""


class _TextLoader(yaml.SafeLoader):
    """A YAML loader that knows texts, lists, mappings and null, and nothing else."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse aliases: what a reader sees once must count once."""
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # PyYAML has no types here
            raise Unreadable(f"line {mark.line + 1} refers to another place with *; write it out")
        return super().compose_node(parent, index)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:  # noqa: ANN401 - the signature is PyYAML's
        """Join surrogate pairs, and refuse signs that no database keeps: half a pair, and NUL."""
        if isinstance(node, yaml.ScalarNode):
            node.value = _HALVES.sub(_whole, node.value)
            if _UNSTORABLE.search(node.value):
                line = node.start_mark.line + 1
                raise Unreadable(f"line {line}: there is a sign in it that cannot be stored")
        return super().construct_scalar(node)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        """Refuse a key that stands twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable(f"line {key.start_mark.line + 1}: a key must be plain text")
            if key.value in seen:
                raise Unreadable(f"line {key.start_mark.line + 1}: '{key.value}' stands twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


_TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# A tag written out (!!int, !!binary, !!set) would make a value that is no text after all.
_TextLoader.yaml_constructors = {
    tag: construct
    for tag, construct in yaml.SafeLoader.yaml_constructors.items()
    if tag is None or tag.rpartition(":")[2] in {"null", "str", "seq", "map"}
}


def _whole(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")


def read_text(raw: bytes) -> str:
    """Decode what an editor or a spreadsheet saved: UTF-8 with or without a mark, or UTF-16.

    Raises:
        Unreadable: the bytes are too many or no text.
    """
    if len(raw) > MAX_BYTES:
        raise Unreadable(f"the file has {len(raw)} bytes; at most {MAX_BYTES} are read")
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("the file is not saved as UTF-8 text") from error


def _load(text: str) -> object:
    try:
        return yaml.load(text, Loader=_TextLoader)  # noqa: S506 - derived from SafeLoader, above
    except Unreadable:
        raise
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise Unreadable(f"{where}{getattr(error, 'problem', None) or 'not valid YAML'}") from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # PyYAML's own constructors trip over explicit tags: !!int abc, !!bool x, !!timestamp x.
        raise Unreadable("a value is marked with ! as something it is not") from error


def read_mapping(text: str) -> dict[str, object]:
    """Read one mapping; an empty text is an empty mapping.

    Raises:
        Unreadable: it is no YAML, or not a mapping.
    """
    value = _load(text)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable("expected names with values (name: value)")
    return value


def read_mappings(text: str) -> list[dict[str, object]]:
    """Read a mapping, or a list of them.

    Raises:
        Unreadable: it is neither.
    """
    value = _load(text)
    if isinstance(value, list):
        if not all(isinstance(item, dict) for item in value):
            raise Unreadable("expected a list in which every item has names with values")
        return value
    return [value] if isinstance(value, dict) else []


def read_rows(text: str) -> list[dict[str, str]]:
    """Read CSV with a header row into one mapping a row; cells of unnamed columns are refused.

    Raises:
        Unreadable: a row has more cells than the header, or the header names a column twice.
    """
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], ",;\t")
    except csv.Error:
        dialect = csv.excel
    # A semicolon inside a comma-separated list is our own list separator, never the column's.
    if "," in text.split("\n", 1)[0]:
        dialect = csv.excel
    rows = csv.DictReader(io.StringIO(text, newline=""), dialect=dialect)
    names = [(name or "").strip() for name in rows.fieldnames or []]
    if len(set(names)) != len(names):
        raise Unreadable("the header names a column twice")
    found: list[dict[str, str]] = []
    try:
        for row in rows:
            if None in row:
                raise Unreadable(f"line {rows.line_num} has more cells than the header")
            found.append({(name or "").strip(): (cell or "").strip() for name, cell in row.items()})
    except csv.Error as error:
        raise Unreadable(f'line {rows.line_num}: a quotation mark (") is not closed') from error
    return [row for row in found if any(row.values())]


class _Dumper(yaml.SafeDumper):
    """Writes texts so that this module reads them back as the same texts."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - the signature is PyYAML's
        """Indent lists under their key, as people write them."""
        super().increase_indent(flow=flow, indentless=False)


def write_mapping(mapping: Mapping[str, object]) -> str:
    """Write a mapping as YAML in the order of its keys, texts in any script readable."""
    return yaml.dump(dict(mapping), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=88)
