"""How the console looks: whoever reads it, on whatever screen, in whatever language and color."""

import colorsys
import random
import re
from collections.abc import Iterator
from itertools import product

import pytest

from tests.services.console.frame.looks import ASSETS, CONSOLE, LONG, Gallery, Scheme, Shell, gallery, longer

TEMPLATES = sorted(CONSOLE.rglob("*.html"))
PAGES = ["parts", "today", "review", "work", "letter", "sign_in"]
WIDTHS = [360, 768, 1280]
SCHEMES: list[Scheme] = ["light", "dark"]

LONGEST_SHEET = 250
"""Lines."""

LARGEST_SCRIPT = 5 * 1024
"""Bytes."""

READABLE = 4.5
"""How far text must be from its ground, by WCAG 2.2, 1.4.3."""

TEXT_ON_GROUND = [
    ("--on-accent", "--accent-fill"),
    ("--on-accent", "--accent-hover"),
    ("--ink", "--accent-soft"),
    ("--ink-2", "--accent-soft"),
    *[("--accent-ink", ground) for ground in ("--surface", "--canvas", "--raised", "--hover", "--accent-soft")],
]

TOO_SMALL = """() => [...document.querySelectorAll(".btn, .input, summary, label.check, .nav a, .tabs a, .filters a")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML)"""
"""What is pressed, and lower than a thumb is wide."""

OUT_OF_SIGHT = """() => [...document.querySelectorAll("main *, header *")]
  .filter((one) => one.checkVisibility() && !one.closest(".scroll, .hidden, thead, svg")
    && (one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1))
  .map((one) => one.outerHTML.slice(0, 200))"""
"""What reaches out of the window."""

CONTRASTS = """([accents, pairs]) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const probe = document.querySelector(".mark");
  probe.dataset.accent = "own";
  const drawn = (name) => {
    probe.style.setProperty("color", `var(${name})`);
    return light(getComputedStyle(probe).color);
  };
  return accents.flatMap((accent) => {
    probe.style.setProperty("--accent", accent);
    return pairs.map(([text, ground]) => {
      const [dark, bright] = [drawn(text), drawn(ground)].sort((one, other) => one - other);
      return [(bright + 0.05) / (dark + 0.05), `${text} on ${ground} with ${accent}`];
    });
  });
}"""
"""How far texts are from their grounds, as drawn."""


@pytest.fixture(scope="module")
def shown() -> Iterator[Gallery]:
    """A browser; each page of the gallery must leave it without a complaint."""
    with gallery() as opened:
        yield opened
        assert opened.complaints == []


@pytest.mark.real
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("page", PAGES)
def test_nobody_is_kept_out(shown: Gallery, page: str, scheme: Scheme) -> None:
    found = []
    for width in WIDTHS:
        shown.look(width, scheme)
        shown.show(page)
        found += shown.findings()
    assert found == []


@pytest.mark.real
def test_what_keeps_people_out_is_found(shown: Gallery) -> None:
    shown.look(1280, "light")
    page = shown.show("today")
    page.evaluate("document.querySelector('.queue p').style.color = '#aaa'")
    page.evaluate("document.querySelector('[for=search]').remove()")
    found = {finding.split(":")[0] for finding in shown.findings()}
    assert "color-contrast" in found


@pytest.mark.real
@pytest.mark.parametrize("page", PAGES)
def test_all_of_a_page_is_in_sight_with_long_words_and_names_in_either_direction(shown: Gallery, page: str) -> None:
    named = {"name": LONG, "initial": "M", "program": LONG}
    long = Shell(organization=named, person={"name": LONG, "zone": "America/Argentina/ComodRivadavia"})
    for width, (shell, name) in product(
        WIDTHS,
        [
            (Shell(locale="de"), "Noor Haddad"),
            (long, LONG),
            (long, "W" * 200),
            (Shell(locale="ar", direction="rtl"), "نور حداد"),
        ],
    ):
        shown.look(width, "light")
        opened = shown.show(page, shell, longer, name=name, answered=True)
        assert opened.evaluate("document.documentElement.scrollWidth") == width
        assert opened.evaluate(OUT_OF_SIGHT) == []


@pytest.mark.real
@pytest.mark.parametrize("page", PAGES)
def test_on_a_phone_all_that_is_pressed_is_as_high_as_a_thumb_is_wide(shown: Gallery, page: str) -> None:
    shown.look(360, "light")
    assert shown.show(page, answered=True).evaluate(TOO_SMALL) == []


@pytest.mark.real
@pytest.mark.parametrize("scheme", SCHEMES)
def test_from_right_to_left_nobody_is_kept_out_either(shown: Gallery, scheme: Scheme) -> None:
    shown.look(1280, scheme)
    shown.show("parts", Shell(locale="ar", direction="rtl"))
    assert shown.findings() == []


@pytest.mark.real
@pytest.mark.parametrize("scheme", SCHEMES)
def test_whatever_color_an_organization_chooses_can_be_read(shown: Gallery, scheme: Scheme) -> None:
    chance = random.Random(15)
    hues = [colorsys.hsv_to_rgb(step / 24, 1, 1) for step in range(24)]
    greys = [(step / 4,) * 3 for step in range(5)]
    any_of_all = [(chance.random(), chance.random(), chance.random()) for _ in range(171)]
    accents = ["#" + "".join(f"{round(part * 255):02x}" for part in color) for color in [*hues, *greys, *any_of_all]]
    shown.look(1280, scheme)
    measured = shown.show("today").evaluate(CONTRASTS, [accents, TEXT_ON_GROUND])
    assert len(measured) == 200 * len(TEXT_ON_GROUND)
    assert [what for contrast, what in measured if contrast < READABLE] == []


@pytest.mark.real
def test_a_reader_s_own_scheme_overrules_the_system_s(shown: Gallery) -> None:
    shown.look(1280, "light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = shown.show("today").evaluate(ground)
    dark = shown.show("today", Shell(theme="dark")).evaluate(ground)
    shown.look(1280, "dark")
    assert shown.show("today", Shell(theme="light")).evaluate(ground) == light != dark


@pytest.mark.real
def test_on_paper_there_is_no_frame_and_all_tables_are_open(shown: Gallery) -> None:
    shown.look(1280, "light")
    page = shown.show("parts")
    page.emulate_media(media="print")
    assert not page.locator(".rail").is_visible()
    assert page.locator(".btn:visible, summary:visible").count() == 0
    assert page.locator(".chart table").first.is_visible()
    page.emulate_media(media="screen")


@pytest.mark.real
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_menu_and_the_clock_open_on_a_phone_and_keep_nobody_out(shown: Gallery, scheme: Scheme) -> None:
    shown.look(360, scheme)
    page = shown.show("today")
    page.get_by_role("button", name="Menu").click()
    assert page.get_by_role("link", name="Applications 12").is_visible()
    assert shown.findings() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Move on").click()
    assert page.get_by_role("button", name="Next week").is_visible()
    assert shown.findings() == []


@pytest.mark.real
@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_cannot_be_taken_back_is_asked_in_a_dialog_that_keeps_nobody_out(shown: Gallery, scheme: Scheme) -> None:
    shown.look(1280, scheme)
    page = shown.show("parts")
    page.get_by_role("button", name="Discard 2…").click()
    asked = page.get_by_role("dialog", name="Discard 2 letters?")
    assert asked.is_visible()
    assert shown.findings() == []
    asked.get_by_role("button", name="Not yet").click()
    assert not asked.is_visible()


def test_pages_have_no_style_and_no_script_of_their_own() -> None:
    inline = re.compile(r"""\sstyle=["']|<style|\son[a-z]+=["']|<script(?![^>]*\ssrc=)""", re.IGNORECASE)
    assert inline.search('<p onclick="go()">')
    assert [str(path) for path in TEMPLATES if inline.search(path.read_text())] == []


def test_every_icon_that_a_page_shows_is_in_the_list() -> None:
    listed = set((ASSETS / "icons.txt").read_text().split())
    asked = re.compile(r"""icon\("([a-z0-9-]+)"\)|symbol="([a-z0-9-]+)\"""")
    shown = {one or other for path in TEMPLATES for one, other in asked.findall(path.read_text())}
    assert "search" in shown
    assert shown - listed == set()


def test_sheets_and_the_script_are_small() -> None:
    sheets = sorted((ASSETS / "styles").glob("*.css"))
    assert len(sheets) > 5
    assert [path.name for path in sheets if path.read_text().count("\n") >= LONGEST_SHEET] == []
    assert (ASSETS / "console.js").stat().st_size <= LARGEST_SCRIPT
