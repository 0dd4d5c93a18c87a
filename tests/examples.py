"""How many examples Hypothesis tries of a property: all of them, unless ITHACA_TEST_EXAMPLES names a smaller share.

`make test-fast` asks for a fifth. No example has a time limit: on a machine that does much else, it says nothing.
"""

import os

from hypothesis import settings

SHARE = float(os.environ.get("ITHACA_TEST_EXAMPLES", "1"))


def examples(count: int) -> settings:
    """Try so many examples, or the share of them."""
    return settings(max_examples=max(1, round(count * SHARE)), deadline=None)
