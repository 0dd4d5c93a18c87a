"""Pages from templates: an environment for each language, and the filters that write dates as people do."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from services.console.frame.texts import Texts, texts

TEMPLATES = Path(__file__).parents[1]
"""Names of templates are paths below the service's folder, such as `today/today.html`."""

IN_ZONE = ("day", "clock", "clock_of_seconds", "moment", "plain_day")
"""Filters that write in the zone of whoever reads."""


@cache
def environment(language: str) -> Environment:
    """Return what makes pages in a language."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    words = texts(language)
    made.install_gettext_translations(words.catalog, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.policies["ext.i18n.trimmed"] = True
    made.filters |= {"number": words.number, "percent": words.percent, "score": words.score}
    made.filters |= {name: _in_zone(words, name) for name in IN_ZONE}
    return made


def render(language: str, template: str, **context: Any) -> str:  # whatever the template takes
    """Return a page."""
    return environment(language).get_template(template).render(context)


def _in_zone(words: Texts, name: str) -> Any:  # a filter
    written = getattr(words, name)

    @pass_context
    def filter(context: Context, at: Any, zone: str = "") -> str:
        return str(written(at, zone or context["frame"].zone, context["frame"].now))

    return filter
