"""Makes docs/reasons.md, the list of every reason code, out of templates/messages/en.yaml.

Run it after a change of that file: `python docs/make_reasons.py`. A test compares the two.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.tools.documents import read_mapping  # noqa: E402 - found only through the line above

CATALOGUE = ROOT / "templates" / "messages" / "en.yaml"
PAGE = Path(__file__).parent / "reasons.md"
HEAD = """\
# Reason codes

Whatever waits, was refused or failed says why with one of these codes: in `status --json`, in
`inbox/_waiting.txt`, beside the files in `inbox/_problems/`. Codes are never renamed. The words in
braces are filled in; the sentences are those of `templates/messages/en.yaml`, which this page is
made of (`python docs/make_reasons.py`), and `es.yaml` beside it has the same in Spanish.
"""


def page() -> str:
    """Return the page: a table for each section of the catalogue, in its order."""
    text = CATALOGUE.read_text(encoding="utf-8")
    entries = read_mapping(text)
    parts = [HEAD]
    title = ""
    for line in text.splitlines():
        section, code = re.match(r"# ---- (.+)", line), re.match(r"(\w+):$", line)
        if section:
            title = f"\n## {section[1]}\n\n| code | what it says | what to do |\n|---|---|---|\n"
        entry = entries[code[1]] if code else None
        if code and isinstance(entry, dict) and "remedy" in entry:
            said = " | ".join(_cell(str(entry[part])) for part in ("text", "remedy"))
            parts.append(f"{title}| `{code[1]}` | {said} |\n")
            title = ""
    return "".join(parts)


def _cell(sentence: str) -> str:
    """Return a sentence as it is shown, safe within a table."""
    return sentence.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
