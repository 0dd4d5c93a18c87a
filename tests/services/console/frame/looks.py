"""Pages of the gallery, in which each part of the console is seen in each of its states, in a real browser."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from playwright.sync_api import Browser, Page, Route, sync_playwright

from shared.documents.places import ROOT
from tests.browser import OPTIONS, chromium
from tests.services.console.judges import axe

HERE = Path(__file__).parent
CONSOLE = ROOT / "services" / "console"
ASSETS = CONSOLE / "frame" / "assets"
ORIGIN = "http://console.test"
NOW = datetime(2026, 12, 10, 9, 50, tzinfo=UTC)
LONG = "Maximiliane-Alexandrina von und zu Hohenlohe-Schillingsfürst " * 3 + "Wolfeschlegelsteinhausen"
"""A name of 200 characters and more."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    "img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; trusted-types 'none'; "
    "require-trusted-types-for 'script'"
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

Scheme = Literal["light", "dark"]


def line(title: str, icon: str, count: int | None = None, *, is_current: bool = False) -> Mapping[str, Any]:
    """A line of the rail."""
    return {"title": title, "href": f"/{icon}", "icon": icon, "count": count, "is_current": is_current}


RAIL = [
    {"title": "", "items": [line("Today", "sun", 3, is_current=True), line("Inbox", "inbox", 0)]},
    {
        "title": "Long-term mentoring",
        "items": [line("Program", "route"), line("Applications", "list-checks", 12), line("Board", "columns-3", 4)],
    },
    {"title": "Women in tech", "items": [line("People", "users", 1450), line("Settings", "settings")]},
]
"""The rail as a manager has it."""


@dataclass(frozen=True)
class Shell:
    """What the layout of a page shows around its content."""

    locale: str = "en"
    direction: str = "ltr"
    theme: str = ""
    title: str = "Three things need you"
    needs_you: bool = True
    organization: Mapping[str, str] | None = field(
        default_factory=lambda: {"name": "Women in tech", "initial": "W", "program": "Long-term mentoring"}
    )
    person: Mapping[str, str] | None = field(default_factory=lambda: {"name": "Rosa Keller", "zone": "London"})
    navigation: list[Mapping[str, Any]] = field(default_factory=lambda: [*RAIL])
    sandbox: Mapping[str, Any] | None = field(
        default_factory=lambda: {"now": NOW, "next_at": NOW, "next_words": "2 mentors are reminded."}
    )
    notice: Mapping[str, str] | None = None
    keys_off: bool = False
    nonce: str = ""
    switches: tuple[Mapping[str, Any], ...] = ()

    @staticmethod
    def asset(name: str) -> str:
        """Where an asset is."""
        return f"/assets/{name}"


def environment(say: Callable[[str], str] = str) -> Environment:
    """What renders pages, with words as `say` has them."""
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(CONSOLE), FileSystemLoader(HERE)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        say, lambda one, many, count: say(one if count == 1 else many), newstyle=True
    )
    made.policies["ext.i18n.trimmed"] = True
    made.filters |= {
        "day": lambda at: f"{at:%a, %B} {at.day}",
        "clock": lambda at: f"{at.hour}:{at:%M}",
        "moment": lambda at: f"{at:%a, %B} {at.day}, {at.hour}:{at:%M}",
        "number": lambda number: f"{number:,}",
        "percent": lambda share: f"{share:.0%}",
    }
    return made


def longer(words: str) -> str:
    """Words as long as German ones: at least 40 % more, with compounds that do not break."""
    return words + " " + "Zuständigkeitsverteilung"[: max(3, len(words) * 2 // 5)]


def sprite() -> str:
    """A square for each icon, as what draws them is not ours."""
    names = (ASSETS / "icons.txt").read_text().split()
    drawn = "".join(f'<symbol id="{name}" viewBox="0 0 24 24"><path d="M4 4h16v16H4z"/></symbol>' for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'


def sheet() -> str:
    """The style sheet, as it is served."""
    return "\n".join(path.read_text() for path in sorted((ASSETS / "styles").glob("*.css")))


@dataclass
class Gallery:
    """A browser that shows pages of the gallery."""

    browser: Browser
    page: Page
    rendered: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    """What the browser has complained of: breaches of the policy, scripts that failed."""

    posted: list[str] = field(default_factory=list)
    """What was sent, by path and body."""

    def show(self, template: str, shell: Shell | None = None, say: Callable[[str], str] = str, **context: Any) -> Page:
        """Open a page."""
        given = {"frame": shell or Shell(), "name": "Noor Haddad", "now": NOW, "answered": False} | context
        self.rendered[f"/{template}"] = environment(say).get_template(f"gallery/{template}.html").render(given)
        self.page.goto(f"{ORIGIN}/{template}")
        return self.page

    def look(self, width: int, scheme: Scheme) -> None:
        """See pages from now on so wide, and in light or dark."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=scheme)

    def findings(self) -> list[str]:
        """What axe finds on the page that is open."""
        self.page.evaluate(axe())
        found = self.page.evaluate(
            "async (tags) => (await axe.run(document, {runOnly: tags})).violations"
            ".flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`))",
            RULES,
        )
        return [*found]

    def answer(self, route: Route) -> None:
        """Serve what is asked for."""
        path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
        files = {
            "/assets/console.css": ("text/css", sheet),
            "/assets/console.js": ("text/javascript", (ASSETS / "console.js").read_text),
            "/assets/icons.svg": ("image/svg+xml", sprite),
        }
        if route.request.method == "POST":
            self.posted.append(f"{path} {route.request.post_data or ''}")
            route.fulfill(status=204)
        elif path in files:
            kind, text = files[path]
            route.fulfill(body=text(), content_type=kind)
        else:
            page = self.rendered.get(path, "<!doctype html><html lang=en><title>Elsewhere</title>")
            route.fulfill(
                body=page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY}
            )


@contextmanager
def gallery() -> Iterator[Gallery]:
    """Have a browser open."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        opened = Gallery(browser, browser.new_page(locale="en-GB"))
        opened.page.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.route("**/*", opened.answer)
        try:
            yield opened
        finally:
            browser.close()
