"""The words of a case: staff's own before the template's, templates in layers, rows for all."""

from __future__ import annotations

import makers
import pytest

from pipeline.rules.errors import UsageError
from pipeline.steps.means import Means
from pipeline.steps.wanted.wording import STAFF, TEMPLATE, Words, forget_templates, keep, words_of
from pipeline.tools.catalog import cases, texts

CASE = "massage--s1"


def words(means: Means) -> Words:
    """The words in use, by what is stored now."""
    with means.catalog.read() as connection:
        row = cases.find(connection, CASE)
        assert row is not None
        return words_of(
            means,
            row,
            assets=cases.assets_of(connection, row.id),
            texts=texts.texts_of(connection, row.id),
        )


def store(means: Means) -> dict[tuple[str, str], str]:
    """Keep the words as rows and return the rows' (field, source) and text."""
    with means.catalog.write(by="Robin", now=means.now()) as tx:
        row = cases.find(tx.connection, CASE)
        assert row is not None
        keep(tx, means, row)
        return {(t.field, t.source): t.text for t in texts.texts_of(tx.connection, row.id)}


def test_staff_write_over_templates(taken: makers.Workspace) -> None:
    """A title of staff's own stays when templates change; the rest follows them."""
    with taken.opened() as means:
        before = words(means)
        assert before.title == "Massage: before and after"
        assert len(before.captions) == len(before.alts) == 3
        assert set(before.labels.values()) >= {"Before", "After"}
    taken.say("edit", CASE, str(taken.file("c.yaml", {"title": "Her own words"})))
    taken.file(
        "templates/captions/massage.en.yaml",
        'title: "Template title"\nafter: {caption: "After {{ treatment }}"}\n',
    )
    forget_templates()
    with taken.opened() as means:
        assert words(means).title == "Her own words"
        assert "After Massage" in words(means).captions.values()
        rows = store(means)
    assert rows["title", STAFF] == "Her own words"
    assert ("title", TEMPLATE) not in rows


def test_templates_words_are_rows_that_follow_the_template(taken: makers.Workspace) -> None:
    """Kept once, not again for the same words, renewed when the template changes."""
    with taken.opened() as means:
        first = store(means)
        assert first["title", TEMPLATE] == "Massage: before and after"
        assert store(means) == first
    taken.file("templates/captions/massage.en.yaml", "title: Hands that help\n")
    forget_templates()
    with taken.opened() as means:
        assert store(means)["title", TEMPLATE] == "Hands that help"


def test_a_broken_template_says_which(taken: makers.Workspace) -> None:
    """Its name and what to do; the packaged one is not used in silence."""
    taken.file("templates/captions/massage.en.yaml", "title: [\n")
    forget_templates()
    with taken.opened() as means, pytest.raises(UsageError, match=r"massage\.en\.yaml"):
        words(means)
