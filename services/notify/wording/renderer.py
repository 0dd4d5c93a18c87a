"""Messages from templates: a subject, a plain text and HTML in the language of their reader.

A message is a folder of the catalog, with a folder for each language; what messages share is in `layouts`. Templates
come to be written by organizations, so they run in a sandbox, on plain values only, and everything in HTML is escaped.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from babel import Locale
from jinja2 import FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, JsonValue

from services.notify.wording import local_time
from shared.clock import zone
from shared.text import one_line

CATALOG = Path(__file__).parents[1] / "catalog"
LAYOUTS = Path(__file__).parent / "layouts"
FALLBACK = "en"
PARTS = ("subject.txt", "body.txt", "body.html")


class Rendered(BaseModel):
    """A message that is ready for any mail program: `text` and `html` say the same."""

    model_config = ConfigDict(frozen=True)

    subject: str
    text: str
    html: str


class TemplatesMissing(Exception):
    """A language lacks messages; the error names the files."""


class Templates:
    """The templates of a catalog: every language has every message, and English is there."""

    def __init__(self, catalog: Path = CATALOG, layouts: Path = LAYOUTS) -> None:
        """Reads every template; raises TemplatesMissing, or jinja2's TemplateSyntaxError with the place."""
        self._sandbox = _sandbox(catalog, layouts)
        messages = _folders(catalog)
        found = set().union(*map(_folders, [layouts, *(catalog / name for name in messages)]))
        self.languages = (FALLBACK, *sorted(found - {FALLBACK}))
        files = [_file(language, name, part) for name in messages for language in self.languages for part in PARTS]
        if missing := sorted(set(files) - set(self._sandbox.list_templates())):
            raise TemplatesMissing(f"Missing in {catalog}: {', '.join(missing)}. Every language has every message.")
        for file in self._sandbox.list_templates(["txt", "html"]):
            self._sandbox.get_template(file)

    def render(self, template: str, locale: str, values: Mapping[str, JsonValue]) -> Rendered:
        """Write a message in the language of `locale` (such as `de-AT`), or in English if there is no translation.

        Times in `values` are ISO 8601 with an offset. Raises jinja2's UndefinedError for a value that is not there.
        """
        dates = local_time.locale_of(locale)
        if dates.language not in self.languages:
            dates = Locale(FALLBACK)
        context: dict[str, Any] = {**_one_lined(values), "dates": dates, "language": dates.language}
        subject, text, html = PARTS
        context["subject"] = one_line(self._render(template, subject, context))
        return Rendered(
            subject=context["subject"],
            text=self._render(template, text, context).strip() + "\n",
            html=self._render(template, html, context),
        )

    def best_locale(self, *wished: str) -> str:
        """Choose the first of the locales whose language there are templates for, or English."""
        return next((tag for tag in wished if tag.partition("-")[0].lower() in self.languages), FALLBACK)

    def _render(self, template: str, part: str, context: dict[str, Any]) -> str:
        return self._sandbox.get_template(_file(context["language"], template, part)).render(context)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Without the operators that can keep a processor busy for minutes: 10**10000000 took 14 s."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, _context: Context, operator: str, _left: object, _right: object) -> NoReturn:
        raise SecurityError(f"{operator} is not allowed in a template: send the result as a value")


def _sandbox(catalog: Path, layouts: Path) -> _Sandbox:
    sandbox = _Sandbox(
        loader=FileSystemLoader([catalog, layouts]),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # Nothing that a person wrote may reach HTML unescaped.
    del sandbox.filters["safe"]
    sandbox.filters |= {"moment": _moment, "span": _span}
    return sandbox


@pass_context
def _moment(context: Context, at: str) -> str:
    """A time where the recipient lives."""
    return local_time.moment(_instant(at), _zone(context), context["dates"])


@pass_context
def _span(context: Context, session: Mapping[str, str]) -> str:
    """The time of a session where the recipient lives."""
    starts_at, ends_at = _instant(session["starts_at"]), _instant(session["ends_at"])
    return local_time.span(starts_at, ends_at, _zone(context), context["dates"])


def _zone(context: Context) -> ZoneInfo:
    return zone(context.resolve("recipient")["time_zone"])


def _instant(text: str) -> datetime:
    # A value that is not there is an object which raises its error as soon as it becomes a text.
    instant = datetime.fromisoformat(str(text))
    if instant.tzinfo is None:
        raise ValueError(f"{text} is no moment: add its offset, such as {text}Z")
    return instant


def _one_lined(value: Any) -> Any:  # any JSON, which mypy cannot follow through a recursion
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {name: _one_lined(item) for name, item in value.items()}
    return [_one_lined(item) for item in value] if isinstance(value, list) else value


def _folders(folder: Path) -> set[str]:
    """The folders in one, without those that Python makes."""
    return {child.name for child in folder.iterdir() if child.is_dir() and not child.name.startswith("_")}


def _file(language: str, template: str, part: str) -> str:
    return f"{template}/{language}/{part}"


TEMPLATES = Templates()
render, best_locale = TEMPLATES.render, TEMPLATES.best_locale
