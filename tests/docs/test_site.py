"""The site is whole: what it links to is there, and a browser needs nothing from elsewhere."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag

import pytest

from shared.contracts.catalog import every_contract
from shared.documents.places import EVENTS, ROOT, event_page

pytestmark = pytest.mark.real

MKDOCS = Path(sys.executable).with_name("mkdocs")

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href", "form": "action"}
"""The elements for which a browser asks by itself, and the attribute that says where."""

NOT_ASKED_FOR = ("https://api.github.com/", "https://${")
"""In the theme's script, for sites that name the place of their source: this one does not."""


class Page(NamedTuple):
    """What a page refers to."""

    ids: set[str]
    links: list[str]
    loaded: list[str]


class Reader(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.page = Page(set(), [], [])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.ids.update(given[name] for name in ("id", "name") if name in given)
        if tag == "a" and "href" in given:
            self.page.links.append(given["href"])
        if tag in LOADED and LOADED[tag] in given:
            self.page.loaded.append(given[LOADED[tag]])


def read(html: str) -> Page:
    """What a page refers to."""
    reader = Reader()
    reader.feed(html)
    return reader.page


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """The strict build of a site."""
    command = [str(MKDOCS), "build", "--strict", "--config-file", str(config), "--site-dir", str(site)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, just built."""
    place = tmp_path_factory.mktemp("site")
    built = build(ROOT / "mkdocs.yml", place)
    assert built.returncode == 0, built.stdout + built.stderr
    return place


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    """All pages of the site."""
    return {path: read(path.read_text()) for path in sorted(site.rglob("*.html"))}


def dead(pages: dict[Path, Page]) -> Iterator[str]:
    """The links that lead nowhere, to a file or to a place in it."""
    for path, page in pages.items():
        for link in page.links:
            address, anchor = urldefrag(link)
            if re.match(r"\w+:", address) or path.name == "404.html":
                continue
            target = (path.parent / unquote(address)).resolve() if address else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (anchor and target in pages and unquote(anchor) not in pages[target].ids):
                yield f"{path.name}: {link}"


def outside_in_styles(text: str) -> list[str]:
    """What a style sheet has a browser load from elsewhere."""
    return re.findall(r"""(?:url\(|@import\s+)["']?((?:https?:)?//[^"')\s]+)""", text)


def outside_in_scripts(text: str) -> list[str]:
    """Addresses elsewhere that a script may load."""
    found = re.findall(r"""["'`](https?://[^"'`\s]+)""", text)
    return [one for one in found if not one.startswith(NOT_ASKED_FOR) and not re.match(r"https?://www\.w3\.org/", one)]


def test_every_page_of_the_documentation_is_in_the_site(pages: dict[Path, Page], site: Path) -> None:
    names = {str(path.relative_to(site)) for path in pages}
    written = {str(path.relative_to(EVENTS.parent)) for path in EVENTS.parent.rglob("*.md")}
    assert {name.replace("README.md", "index.md").replace(".md", ".html") for name in written} <= names
    assert "changelog.html" in names


def test_every_link_and_every_anchor_leads_somewhere(pages: dict[Path, Page]) -> None:
    assert sum(len(page.links) for page in pages.values()) > 1000
    assert list(dead(pages)) == []


def test_no_page_loads_anything_from_elsewhere(pages: dict[Path, Page], site: Path) -> None:
    loaded = {address for page in pages.values() for address in page.loaded}
    assert any("bundle" in address for address in loaded)
    assert [address for address in loaded if re.match(r"(https?:)?//", address)] == []
    written = [path for path in site.rglob("*.html") if outside_in_styles(path.read_text())]
    assert written == []


def test_no_style_sheet_loads_anything_from_elsewhere(site: Path) -> None:
    styles = list(site.rglob("*.css"))
    assert styles
    assert [found for path in styles for found in outside_in_styles(path.read_text())] == []


def test_no_script_of_the_theme_loads_anything_from_elsewhere(site: Path) -> None:
    scripts = [path for path in site.rglob("*.js") if path.name != "mermaid.js" and path.parent.name != "search"]
    assert {"iframe-worker.js"} < {path.name for path in scripts}
    assert [found for path in scripts for found in outside_in_scripts(path.read_text())] == []


def test_what_would_be_loaded_from_elsewhere_is_found() -> None:
    page = read('<script src="https://cdn.example/a.js"></script><link href="//fonts.example/b.css"><a name="c">')
    assert page.loaded == ["https://cdn.example/a.js", "//fonts.example/b.css"]
    assert outside_in_styles('a{background:url("https://x.example/y.png")}') == ["https://x.example/y.png"]
    assert outside_in_scripts('load("https://x.example/y.js")') == ["https://x.example/y.js"]
    assert list(dead({Path("a.html"): Page(set(), ["#nowhere", "nothing.html"], [])})) == [
        "a.html: #nowhere",
        "a.html: nothing.html",
    ]


def test_every_event_is_found_by_search(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.js").read_text().removeprefix("var __index = "))
    found = {entry["location"]: entry for entry in index["docs"]}
    for contract in every_contract():
        location = str(event_page(contract).relative_to(EVENTS.parent)).replace(".md", ".html")
        assert found[location]["title"] == contract.about.name
        assert contract.type_name in found[location]["text"]


def test_diagrams_and_search_have_their_scripts_in_the_site(site: Path) -> None:
    (bundle,) = (site / "assets" / "javascripts").glob("bundle.*.js")
    assert '"../mermaid.js"' in bundle.read_text()
    assert (site / "assets" / "mermaid.js").stat().st_size > 1_000_000
    assert 'src="assets/iframe-worker.js"' in (site / "index.html").read_text()


def test_dead_links_fail_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Here\n\n[a](gone.md) [b](#missing) [c](there.md#lost)\n")
    (tmp_path / "docs" / "there.md").write_text("# There\n")
    validation = (ROOT / "mkdocs.yml").read_text().partition("\nvalidation:")[2]
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Planted\ntheme: mkdocs\nvalidation:{validation}")
    built = build(tmp_path / "mkdocs.yml", tmp_path / "site")
    assert built.returncode != 0
    assert [name for name in ("gone.md", "missing", "lost") if name not in built.stderr] == []


def test_the_contents_name_an_operation_by_its_method_and_what_it_does(site: Path) -> None:
    contents = re.findall(
        r'<a href="#([^"]+)" class="md-nav__link">\s*<span[^>]*>\s*([^<]+?)\s*<', _text(site, "http/sessions")
    )
    tags = {tag["name"] for tag in json.loads((ROOT / "docs/http/sessions.json").read_text())["tags"]}
    operations = [title for _, title in contents if not title.startswith("/") and title.lower() not in tags]
    assert len(operations) > 5
    assert [title for title in operations if not re.match(r"(GET|POST|PUT|DELETE) [A-Z]\w+ ", title)] == []


def test_paths_in_tables_break_behind_their_slashes(site: Path) -> None:
    assert "<code>/<wbr>v1/<wbr>relationships/<wbr>{relationship_id}" in _text(site, "http/sessions")


def test_diagrams_go_from_top_to_bottom_at_the_size_of_their_labels(site: Path) -> None:
    drawn = [
        code
        for page in site.rglob("*.html")
        for code in re.findall(r'<pre class="mermaid"><code>(.*?)<', page.read_text(), re.DOTALL)
    ]
    assert len(drawn) > 20
    assert [code for code in drawn if "useMaxWidth" not in code] == []
    assert [code for code in drawn if re.search(r"^\s*(flowchart|graph) (?!TB)", code, re.MULTILINE)] == []


def _text(site: Path, page: str) -> str:
    return (site / f"{page}.html").read_text()
