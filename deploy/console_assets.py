"""Put what others have written for browsers where the console serves it: `python -m deploy.console_assets`."""

import re
import shutil
import sys
from pathlib import Path

from deploy.npm import ROOT, NotInstalled, install

ASSETS = ROOT / "services" / "console" / "frame" / "assets"
VENDOR = ASSETS / "vendor"
NAMES = "icons.txt"
"""The icons that pages use, one name a line."""

SCRIPTS = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "htmx-csp.js": "htmx.org/dist/ext/hx-csp.min.js",
    "sortable.js": "sortablejs/Sortable.min.js",
}
"""What pages load, and where its packages have it."""

DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
SPRITE = '<svg xmlns="http://www.w3.org/2000/svg">\n{}</svg>\n'
SYMBOL = '<symbol id="{}" viewBox="0 0 24 24">{}</symbol>\n'


def main() -> None:
    """Install them, unless they are there."""
    try:
        packages = install(ASSETS, "console")
    except NotInstalled as error:
        sys.exit(str(error))
    VENDOR.mkdir(exist_ok=True)
    (VENDOR / "icons.svg").write_text(
        sprite(packages / "lucide-static" / "icons", (ASSETS / NAMES).read_text().split())
    )
    for name, place in SCRIPTS.items():
        shutil.copy(packages / place, VENDOR / name)


def sprite(icons: Path, names: list[str]) -> str:
    """Return the icons of these names in one file, of which pages show one by `#name`."""
    return SPRITE.format("".join(SYMBOL.format(name, _drawing(icons / f"{name}.svg")) for name in names))


def _drawing(file: Path) -> str:
    found = DRAWING.search(file.read_text())
    if found is None:
        raise NotInstalled(f"{file.name} is no drawing")
    return " ".join(found[1].split())


if __name__ == "__main__":
    main()
