"""Bring the catalogs of the console up to what its pages say: `python -m deploy.console_texts [--check]`.

Words that pages say and a catalog lacks come into it empty; those that nobody says any more leave it.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from services.console.frame.texts import CATALOGS, LOCALES

CONSOLE = CATALOGS.parent
LANGUAGES = LOCALES[1:]
"""English stands in the pages."""

HEADER = (
    "# The words of the console's pages. `make texts` brings in what is new and takes out what nobody says any more."
)

KEYWORDS = {"say": None, "msgid": None, "_": None, "gettext": None, "say_number": (1, 2), "ngettext": (1, 2)}
"""What words are given to, and at which places."""

TEMPLATES = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true", "newstyle_gettext": "true"}
TEMPLATES |= {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}

Words = str | tuple[str, ...]


def main() -> None:
    """Write the catalogs, or only look at them; fail if a word has no translation, or one is left that nobody says."""
    only_looks = "--check" in sys.argv[1:]
    said, found = spoken(), list[str]()
    for language in LANGUAGES:
        file = catalog_file(language)
        catalog = read(file.read_bytes(), language) if file.exists() else Catalog(locale=language)
        if not only_looks:
            catalog = renewed(catalog, said)
            file.write_bytes(written(catalog))
        found += [f"{file.name}: {problem}" for problem in problems(catalog, said)]
    if found:
        sys.exit("\n".join(found))


def catalog_file(language: str) -> Path:
    """Return where the words of a language are."""
    return CATALOGS / f"{language}.po"


def spoken(folder: Path = CONSOLE) -> dict[Words, list[str]]:
    """Return what the pages say, each with the files that say it, in the order of files."""
    methods: list[tuple[str, Any]] = [("**.py", python_words), ("**.html", "jinja2")]
    said = dict[Words, list[str]]()
    extracted = extract_from_dir(folder, methods, {"**.html": TEMPLATES}, KEYWORDS)
    for name, _, words, _, _ in sorted(extracted, key=lambda one: (one[0], one[1])):
        files = said.setdefault(words, [])
        if name not in files:
            files.append(name)
    return said


def python_words(
    source: BinaryIO,
    keywords: Sequence[str],
    _: Sequence[str],
    options: dict[str, Any],  # noqa: ARG001  # of babel
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Find the words in a module, also where a call stands inside of another, which the usual way overlooks."""
    for call in ast.walk(ast.parse(source.read())):
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in keywords:
                yield call.lineno, name, tuple(map(_literal, call.args)), []


def _literal(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def read(text: bytes, language: str) -> Catalog:
    """Return a catalog from its text."""
    return read_po(BytesIO(text), locale=language, ignore_obsolete=True, abort_invalid=True)


def renewed(before: Catalog, said: dict[Words, list[str]]) -> Catalog:
    """Return a catalog of what is said, with the translations that there are."""
    after = Catalog(locale=before.locale, header_comment=HEADER)
    for words, files in said.items():
        message = translation(before, words)
        after.add(words, message.string if message else None, [(name, 1) for name in files])
    return after


def translation(catalog: Catalog, words: Words) -> Message | None:
    """Return what a catalog has for these words; nothing for those of which only the singular is the same."""
    message = catalog.get(words if isinstance(words, str) else words[0])
    return message if message and message.id == words else None


def problems(catalog: Catalog, said: dict[Words, list[str]]) -> list[str]:
    """Return what is wrong with a catalog: words without a translation, unsure ones, ones that nobody says."""
    found = list[str]()
    for words in said:
        message = translation(catalog, words)
        if message is None or not all(forms(message)):
            found.append(f"no translation of {words!r}")
        elif message.fuzzy:
            found.append(f"an unsure translation of {words!r}")
    return found + [f"nobody says {message.id!r}" for message in catalog if message.id and message.id not in said]


def forms(message: Message) -> tuple[str, ...]:
    """Return a translation in each of its numbers; in one if the words are for no number."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def written(catalog: Catalog) -> bytes:
    """Return the text of a catalog, without what would differ from one day and one author to the next."""
    text = BytesIO()
    write_po(text, catalog, width=0, omit_header=True, include_lineno=False)
    plural = f'"Plural-Forms: {catalog.plural_forms}\\n"'
    kept = (HEADER, 'msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=utf-8\\n"', plural, "", "")
    return "\n".join(kept).encode() + text.getvalue().rstrip() + b"\n"


if __name__ == "__main__":
    main()
