"""The names of countries and languages at home are those of CLDR."""

import json

import pytest

from shared.vocabulary.own_names import FILE, collected


@pytest.mark.long
def test_the_names_at_home_are_those_of_the_pinned_babel() -> None:
    assert json.loads(FILE.read_text("utf-8")) == collected()
