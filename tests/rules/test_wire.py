"""Cards and cases survive the way into the catalog and back."""

from __future__ import annotations

import json

import pytest
from showcase import HOSTILE, cases, film_case, photo_case, press_case

from pipeline.rules.public.pictures import card_of
from pipeline.rules.public.site import PublicCase
from pipeline.rules.public.wire import card_from, case_from, to_wire

EVERY = [*cases(), film_case(), press_case(), photo_case(title=HOSTILE)]


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.slug)
def test_a_case_comes_back_as_it_was(case: PublicCase) -> None:
    """Through JSON text and back, a case is equal to itself."""
    assert case_from(json.loads(json.dumps(to_wire(case)))) == case


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.slug)
def test_a_card_comes_back_as_it_was(case: PublicCase) -> None:
    """The same for what lists show of it."""
    card = card_of(case)
    assert card_from(json.loads(json.dumps(to_wire(card)))) == card
