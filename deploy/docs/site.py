"""What MkDocs does besides rendering `docs`: the order of the pages, and no address outside of the site.

A hook: MkDocs calls the functions whose names begin with `on_`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from deploy.npm import ROOT, NotInstalled, install

PINNED = Path(__file__).parent
PACKAGES = ROOT / "build" / "docs" / "node_modules"

SCRIPTS = {
    "assets/iframe-worker.js": "iframe-worker/shim/index.js",
    "assets/mermaid.js": "@mermaid-js/tiny/dist/mermaid.tiny.js",
}
"""What browsers get besides MkDocs's own scripts, by where it is in the site."""

LOCALLY = {
    '"https://unpkg.com/mermaid@11/dist/mermaid.min.js"': (
        """new URL("../mermaid.js",document.querySelector('script[src*="/bundle."]').src).href"""
    ),
    # Every browser of today has it.
    '"https://unpkg.com/resize-observer-polyfill"': '"data:text/javascript,"',
}
"""What the theme's script would load from elsewhere, and from where it does."""

PLACED = {
    "index.md",
    "architecture.md",
    "glossary.md",
    "imports.md",
    "engine.md",
    "matching.md",
    "matching-method.md",
    "benchmarks.md",
    "changelog.md",
}
"""The pages beside the folders that have a place of their own; all others are on operations."""

LINKED_PATH = re.compile(r"(?<=<code>)/[^<]+/[^<]+(?=</code></a>)")

Nav: TypeAlias = list["str | dict[str, str | Nav]"]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have the scripts, and put the pages in order."""
    try:
        install(PINNED, "docs")
    except NotInstalled as error:
        raise PluginError(str(error)) from error
    config.nav = navigation(Path(config.docs_dir))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is not in `docs`."""
    files.append(File.generated(config, "changelog.md", abs_src_path=str(ROOT / "CHANGELOG.md")))
    for address, script in SCRIPTS.items():
        files.append(File.generated(config, address, abs_src_path=str(PACKAGES / script)))
    return files


def on_page_content(html: str, **_: object) -> str:
    """Let paths that are links break behind their slashes."""
    return LINKED_PATH.sub(lambda found: found[0].replace("/", "/<wbr>"), html)


def on_post_build(config: MkDocsConfig) -> None:
    """Have the theme load from the site what it would load from elsewhere; raises PluginError if it does not fit."""
    (bundle,) = Path(config.site_dir).glob("assets/javascripts/bundle.*.js")
    text = bundle.read_text()
    for outside, inside in LOCALLY.items():
        if outside not in text:
            raise PluginError(f"The theme no longer loads {outside}: look at what it loads, and change {__file__}.")
        text = text.replace(outside, inside)
    bundle.write_text(text)


def navigation(docs: Path) -> Nav:
    """All pages, in the order of the site."""
    operations: Nav = [*sorted(path.name for path in docs.glob("*.md") if path.name not in PLACED)]
    runbooks = _pages(docs, "runbooks")
    return [
        {"Start": ["index.md", "imports.md", "glossary.md"]},
        {"Architecture": ["architecture.md", "engine.md"]},
        {"Guides": _pages(docs, "guides")},
        {"Events": ["events/README.md", *_services(docs)]},
        {"HTTP": _pages(docs, "http")},
        {"Messages": _pages(docs, "catalogs")},
        {"Matching": ["matching.md", "matching-method.md"]},
        *([{"Operations": [*operations, {"Runbooks": runbooks}]}] if runbooks else operations),
        {"Decisions": _pages(docs, "decisions")},
        {"Benchmarks": ["benchmarks.md"]},
        {"Changelog": ["changelog.md"]},
    ]


def _services(docs: Path) -> Iterator[dict[str, str | Nav]]:
    """A part for each service and for what they have in common, with its events."""
    for folder in sorted(path for path in (docs / "events").iterdir() if any(path.glob("*.md"))):
        yield {folder.name.capitalize(): _pages(docs, f"events/{folder.name}")}


def _pages(docs: Path, folder: str) -> Nav:
    """The pages in a folder, the one that is about all of them first."""
    names = sorted((path.name for path in (docs / folder).glob("*.md")), key=lambda name: (name != "README.md", name))
    return [f"{folder}/{name}" for name in names]
