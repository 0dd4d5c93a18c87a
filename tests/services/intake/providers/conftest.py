"""An organization whose people sign in by a provider."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.intake.identity.issuing import issuing
from tests.services.intake.providers.provider import Provider, running_provider
from tests.services.intake.providers.signing_in import Acme


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider of acme."""
    with running_provider() as found:
        yield found


@pytest.fixture
def acme(tmp_path: Path, provider: Provider) -> Iterator[Acme]:
    """Acme, whose admin has set the provider."""
    with issuing(tmp_path, provider_networks="127.0.0.0/8") as api:
        found = Acme(api, provider)
        found.configure()
        yield found
