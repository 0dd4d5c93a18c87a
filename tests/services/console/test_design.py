"""Programs from a preset to what people see: settings, what is missing, publishing; and applying to them."""

import re

import httpx
import pytest

from services.console.design.presets import PRESETS, Preset
from shared.contracts.intake import ProgramRules
from tests.services.console.browsing import headline, send
from tests.services.console.world import World

VALUE = re.compile(r'<input class="input" type="\w+" value="([^"]*)" id="f-(\w+)"')


def drafted(admin: httpx.Client, like: str = "pairs", title: str = "A new one") -> httpx.Response:
    """The settings of a draft that was made just now."""
    page = send(admin, admin.get("/programs"), "/programs", like=like, title=title, then="design")
    assert page.url.path.endswith("/design"), page.text
    return page


def filled(page: httpx.Response) -> dict[str, str]:
    """What stands in the fields of a page."""
    return {name: value for value, name in VALUE.findall(page.text)}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_fills_every_setting_and_can_be_published_as_it_is(admin: httpx.Client, preset: Preset) -> None:
    page = drafted(admin, preset.name, "")
    fields = filled(page)
    assert fields["title"] == preset.title
    assert {*fields} >= {name for name in ProgramRules.model_fields if name != "shown_facts"}
    assert all(fields.values())
    assert "Nothing is missing" in page.text


def test_what_is_changed_is_kept_and_what_is_published_stays(admin: httpx.Client) -> None:
    page = drafted(admin)
    changed = filled(page) | {"months": "3", "session_minutes": "45", "minimum_score": "0,35", "cadence": "weekly"}
    program = send(admin, page, "/design", **changed, shown_facts="goals", then="")
    assert headline(program) == "A new one is a draft: nobody can apply yet."
    assert "3 months" in program.text
    again = admin.get(f"{program.url.path}/design")
    assert filled(again)["session_minutes"] == "45"
    assert filled(again)["minimum_score"] == "0.35"
    assert len(re.findall(r'name="shown_facts" value="\w+" checked', again.text)) == 1
    opened = send(admin, again, "/design", **changed, then="publish")
    assert headline(opened) == "A new one is open, and nobody is matched yet."
    late = send(admin, again, "/design", **changed, then="", key="another")
    assert late.status_code == 409
    assert "people have applied to it as it is" in late.text


def test_what_is_missing_leads_to_its_field(admin: httpx.Client) -> None:
    page = drafted(admin)
    wanting = filled(page) | {"title": "", "months": "1", "first_session_days": "60", "cadence": "monthly"}
    program = send(admin, page, "/design", **wanting, then="")
    path = program.url.path
    assert f'href="{path}/design#f-title"' in program.text
    assert f'href="{path}/design#f-first_session_days"' in program.text
    assert "Publish" not in program.text.partition('id="missing"')[0].partition("<h1>")[2], "there is no such button"
    refused = send(admin, admin.get(f"{path}/design"), "/design", **wanting, then="publish")
    assert refused.status_code == 422
    assert "2 things need a correction" in refused.text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"months": "many"}, "months"),
        ({"proposal_days": "61"}, "proposal_days"),
        ({"minimum_score": "1.5"}, "minimum_score"),
        ({"proposal_reminder_days": "2, soon"}, "proposal_reminder_days"),
        ({"proposal_reminder_days": "1 2 3 4 5 6"}, "proposal_reminder_days"),
        ({"cadence": "daily"}, "cadence"),
    ],
)
def test_what_cannot_be_stands_at_its_field_and_stays_there(
    admin: httpx.Client, wrong: dict[str, str], field: str
) -> None:
    page = drafted(admin)
    refused = send(admin, page, "/design", **{"cadence": "monthly", **filled(page), **wrong}, then="")
    assert refused.status_code == 422
    assert f'id="f-{field}-error"' in refused.text, refused.text
    if field != "cadence":
        assert filled(refused)[field].replace(",", "") == wrong[field].replace(",", "").replace(" ", " ")


def test_a_preview_is_what_people_are_asked(admin: httpx.Client, mentor: httpx.Client, program: str) -> None:
    preview = admin.get(f"/programs/{program}/preview", params={"role": "mentor"})
    asked = mentor.get(f"/programs/{program}/apply", params={"role": "mentor"})
    questions = re.findall(r'<label for="f-(\w+)">(.*?)</label>', asked.text)
    assert len(questions) == 10
    assert [one for one in re.findall(r'<label for="f-(\w+)">(.*?)</label>', preview.text) if one[0] != "search"] == [
        one for one in questions if one[0] != "search"
    ]


def test_somebody_applies_in_their_own_words(cell: World, admin: httpx.Client, program: str) -> None:
    cell.add_person("Uma Thieme")
    with cell.browser() as browser:
        cell.sign_in(browser, "uma@example.org")
        assert f'href="/programs/{program}/apply"' in browser.get("/programs").text
        form = browser.get(f"/programs/{program}/apply")
        wrong = send(browser, form, "/apply", goals="switch career", time_zone="Atlantis")
        assert wrong.status_code == 422
        assert "switch career" in wrong.text
        assert 'id="f-time_zone-error"' in wrong.text
        applied = send(browser, form, "/apply", goals="switch career", languages="English and German", mentors="2")
        assert applied.url.path == "/applications"
        assert "Waits for a decision" in applied.text
    review = admin.get(f"/programs/{program}/applications").text
    assert "Uma Thieme" in review
