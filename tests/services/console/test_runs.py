"""Match runs in the pages: asked for, looked at, compared, and published as proposals."""

import json
import re
from collections.abc import Callable
from html import unescape
from time import monotonic, sleep

import httpx
import pytest

from services.console.runs.pair_words import adding_up
from shared.contracts.matching import MatchProposed
from tests.services.console.browsing import headline, send
from tests.services.console.world import World
from tests.waiting import PATIENCE

MENTEES = ("Ada Braun", "Bea Costa", "Cora Dale", "Dina Eder", "Elsa Fox", "Fina Gross", "Gita Hahn")
SHARE = re.compile(r'<li><span><b>([^<]+)</b> .*?<span class="n">([0-9.]+) ', re.DOTALL)
TOTAL = re.compile(r'<li><b>Score</b><b class="n">([0-9.]+)</b>')
PAIR = re.compile(r'href="([^"]*pair=[^"#]+)#pair"')


@pytest.fixture(scope="module")
def program(cell: World) -> str:
    """A program with six seats for seven mentees, one of whom speaks what nobody does."""
    made = str(cell.ask("intake", "CreateProgram", title="Grow together")["id"])
    cell.ask("intake", "PublishProgram", program_id=made)
    goals = [["lead a team"], ["change to IT"], ["lead a team", "change to IT"]]
    applied = []
    for at, name in enumerate(("Max Moll", "Nils Noe", "Otto Ohm")):
        stated = {"goals": goals[at], "seats": 2, "years": 9.0, "time_zone": "Europe/Rome", "languages": ["en"]}
        applied.append(cell.apply(made, cell.add_person(name), "mentor", **stated))
    for at, name in enumerate(MENTEES):
        stated = {"goals": goals[at % 3], "years": 2.0 + at, "time_zone": "Europe/Rome"}
        stated["languages"] = ["tr"] if name == "Gita Hahn" else ["en"]
        applied.append(cell.apply(made, cell.add_person(name), "mentee", **stated))
    for application in applied:
        cell.ask("intake", "ApproveApplication", application_id=application)
    return made


@pytest.fixture(scope="module")
def pooled(cell: World, program: str, admin: httpx.Client) -> str:
    """The program, once all are in its pool."""
    wait_for(lambda: "7 mentees take part" in admin.get(f"/programs/{program}/pool").text)
    wait_for(lambda: "3 mentors take part" in admin.get(f"/programs/{program}/pool?role=mentor").text)
    return program


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    until = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < until
        sleep(0.05)


def asked(browser: httpx.Client, program: str, **fields: str) -> httpx.Response:
    """The page of a run that was asked for, once it is computed."""
    page = send(browser, browser.get(f"/programs/{program}/runs/new"), "/runs", **fields)
    assert page.status_code == 200, page.text
    here = str(page.url.path)
    wait_for(lambda: "is being computed" not in browser.get(here).text)
    return browser.get(here)


def parts_of(page: httpx.Response) -> tuple[list[float], float]:
    """What is shown of what a score is made of: the parts, and the score."""
    card = page.text[page.text.index('id="pair"') :]
    total = TOTAL.search(card)
    assert total, card
    return [float(part) for _, part in SHARE.findall(card)], float(total[1])


def proposed(cell: World, run_id: str) -> list[dict[str, str]]:
    """The proposals that were told of as those of a run."""
    told = cell.run(cell.cell.told(MatchProposed.__name__))
    data = (json.loads(event["data"]) for event in told)
    return [one for one in data if one.get("run_id") == run_id]


@pytest.fixture(scope="module")
def what_if(admin: httpx.Client, pooled: str) -> httpx.Response:
    """The page of a run that only shows what would be."""
    return asked(admin, pooled, what_if="on")


@pytest.fixture(scope="module")
def run(admin: httpx.Client, pooled: str, what_if: httpx.Response) -> httpx.Response:
    """The page of a run that can be published."""
    return asked(admin, pooled)


def test_a_what_if_shows_what_would_be_and_cannot_be_published(what_if: httpx.Response) -> None:
    assert headline(what_if) == "6 of 7 mentees get a mentor."
    assert "This only shows what would be." in what_if.text
    assert "/publish" not in what_if.text


def test_a_result_says_size_worst_and_total_with_their_proofs(run: httpx.Response) -> None:
    assert headline(run) == "6 of 7 mentees get a mentor."
    text = unescape(re.sub(r"<[^>]+>", "", run.text))
    for words in (
        "6 pairs",
        "the worst",
        "in all",
        "No other choice of pairs reaches more people.",
        "Nobody has been told yet.",
    ):
        assert words in text
    assert text.count("Proved") == 3
    assert "6 of 6 pairs have 0.8 or more" in text or "pairs have 0.8 or more" in text
    assert "6 of 7" in text, "how the mentees of Europe fare"


def test_who_has_nobody_is_listed_by_reason(admin: httpx.Client, run: httpx.Response) -> None:
    assert "One person has nobody, and why" in run.text
    path = re.search(r'href="([^"]*nobody=mentee[^"#]+)', run.text)
    assert path
    shown = admin.get(unescape(path[1]))
    assert "Gita Hahn" in shown.text
    assert "Shares no language with 3 of the others." in shown.text


def test_each_pair_opens_what_its_score_is_made_of_and_the_parts_add_up(
    admin: httpx.Client, run: httpx.Response
) -> None:
    paths = [unescape(path) for path in PAIR.findall(run.text)]
    assert len(paths) == 6
    for path in paths:
        shown = admin.get(path)
        parts, total = parts_of(shown)
        assert len(parts) >= 3
        assert round(sum(parts), 2) == total
    assert "The same time of day" in shown.text
    assert "Goals" in shown.text


@pytest.mark.parametrize(
    "parts",
    [
        [0.333, 0.333, 0.334],
        [0.2353, 0.1765, 0.2941, 0.0353],
        [0.005, 0.005],
        [0.0149, 0.0049],
        [0.004, 0.004, 0.004],
        [0.2, 0.5],
        [0.1249, 0.1249, 0.0002],
    ],
)
def test_parts_are_rounded_so_that_they_add_up_to_what_is_shown(parts: list[float]) -> None:
    shown = adding_up(parts, sum(parts))
    assert round(sum(shown), 2) == round(sum(parts), 2)
    assert all(abs(one - part) < 0.01 for one, part in zip(shown, parts, strict=True))


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("sort=-score", "Pairs, the best first"),
        ("sort=price", "Pairs, the cheapest change first"),
        ("only=pinned", "There is no such pair."),
        ("only=weak", "There is no such pair."),
        ("only=better", "Pairs, the weakest first"),
        ("by=language", "First language"),
    ],
)
def test_pairs_are_sorted_and_filtered_by_the_address(
    admin: httpx.Client, run: httpx.Response, asked: str, says: str
) -> None:
    assert says in admin.get(f"{run.url.path}?{asked}").text


@pytest.mark.parametrize("asked", ["sort=name", "only=mine", "after=-1"])
def test_an_address_that_cannot_be_is_refused(admin: httpx.Client, run: httpx.Response, asked: str) -> None:
    assert admin.get(f"{run.url.path}?{asked}").status_code == 422


@pytest.mark.parametrize("asked", ["pair=nobody.nowhere", "pair=broken"])
def test_a_pair_that_there_is_not(admin: httpx.Client, run: httpx.Response, asked: str) -> None:
    assert admin.get(f"{run.url.path}?{asked}").status_code == (404 if "." in asked else 200)


def test_what_is_wrong_in_the_form_is_said_at_its_field_and_what_was_typed_stays(
    admin: httpx.Client, pooled: str
) -> None:
    form = admin.get(f"/programs/{pooled}/runs/new")
    refused = send(admin, form, "/runs", **{"weight-goals": "-3", "minimum_score": "2", "weight-areas": "7"})
    assert refused.status_code == 422
    for field in ("weight-goals", "minimum_score"):
        assert f'id="f-{field}-error"' in refused.text
    assert 'value="-3"' in refused.text
    assert 'value="7"' in refused.text
    nothing = send(
        admin,
        form,
        "/runs",
        **{f"weight-{name}": "0" for name in ("areas", "programming_languages", "goals", "experience", "zone")},
    )
    assert nothing.status_code == 422
    assert "add up to nothing" in nothing.text


def test_two_runs_are_compared_and_any_other_number_is_not(
    admin: httpx.Client, run: httpx.Response, what_if: httpx.Response
) -> None:
    runs, ids = str(run.url.path).rsplit("/", 1)[0], [str(one.url.path).rsplit("/", 1)[1] for one in (run, what_if)]
    same = admin.get(f"{runs}/compare?run={ids[0]}&run={ids[1]}")
    assert headline(same) == "Both runs match the same people."
    assert "For nobody." in same.text
    assert "Choose two runs." in admin.get(f"{runs}/compare?run={ids[0]}").text
    assert admin.get(f"{runs}/compare?run={ids[0]}&run=nothing").status_code == 404


def test_a_what_if_with_other_settings_shows_what_would_change(
    admin: httpx.Client, pooled: str, run: httpx.Response
) -> None:
    strict = asked(admin, pooled, what_if="on", minimum_score="0.999")
    assert headline(strict) != headline(run)
    assert "What would change" in strict.text
    assert "The later run matches" in strict.text
    path = re.search(r'href="([^"]*/compare\?[^"]+)"', strict.text)
    assert path
    assert "nobody" in admin.get(unescape(path[1])).text
    like = admin.get(f"/programs/{pooled}/runs/new?like={str(strict.url.path).rsplit('/', 1)[1]}")
    assert 'value="0.999"' in like.text, "the same settings again"


def test_what_is_no_run_of_this_program_is_not_found(admin: httpx.Client, cell: World, run: httpx.Response) -> None:
    other = cell.ask("intake", "CreateProgram", title="Elsewhere")["id"]
    id = str(run.url.path).rsplit("/", 1)[1]
    assert admin.get(f"/programs/{other}/runs/{id}").status_code == 404


def test_a_pair_is_pinned_and_kept_apart_from_its_card(admin: httpx.Client, run: httpx.Response) -> None:
    path = unescape(PAIR.findall(run.text)[-1])
    pinned = send(admin, admin.get(path), "/pin")
    assert "Pinned: the next run gives these two to each other." in pinned.text
    apart = send(admin, admin.get(path), "/keep-apart")
    assert "Kept apart" in apart.text or "This was not done" in apart.text


def test_publishing_says_what_it_does_and_proposes_every_pair_once(
    cell: World, admin: httpx.Client, run: httpx.Response, pooled: str
) -> None:
    page = admin.get(str(run.url.path))
    text = unescape(re.sub(r"<[^>]+>", " ", page.text))
    assert "Ask 6 pairs?" in text
    assert "This is final" in text
    assert re.search(r"6\s+mentees are asked about a mentor", text)
    assert re.search(r"3\s+mentors are asked about mentees", text)
    published = send(admin, page, "/publish")
    assert published.status_code == 200
    again = send(admin, page, "/publish")
    assert again.status_code == 200, "the same form twice publishes once"
    run_id = str(run.url.path).rsplit("/", 1)[1]
    wait_for(lambda: len(proposed(cell, run_id)) >= 5)
    wait_for(lambda: "could still be asked were" in admin.get(str(run.url.path)).text)
    shown = admin.get(str(run.url.path))
    told = {(one["mentee_application_id"], one["mentor_application_id"]) for one in proposed(cell, run_id)}
    pairs = {
        tuple(path.partition("pair=")[2].partition("&")[0].split("."))
        for path in map(unescape, PAIR.findall(shown.text))
    }
    assert len(told) == len(proposed(cell, run_id)), "nobody is asked twice"
    assert told <= pairs
    listed = admin.get(f"/programs/{pooled}/runs").text
    assert "Published" in listed
    assert "/publish" not in shown.text


def test_what_was_published_cannot_be_discarded(admin: httpx.Client, run: httpx.Response) -> None:
    published = admin.get(str(run.url.path))
    refused = admin.post(f"{run.url.path}/discard", data={"key": "again-and-again"})
    assert refused.status_code == 409
    assert "This was not done" in refused.text
    assert headline(published) in refused.text


def test_a_run_that_is_computed_cannot_be_cancelled(admin: httpx.Client, what_if: httpx.Response) -> None:
    refused = admin.post(f"{what_if.url.path}/cancel", data={"key": "too-late"})
    assert refused.status_code == 409
    assert "discard it instead" in refused.text


def test_a_mentor_sees_no_runs(mentor: httpx.Client, pooled: str, run: httpx.Response) -> None:
    for path in (f"/programs/{pooled}/runs", f"/programs/{pooled}/runs/new", str(run.url.path)):
        assert mentor.get(path).status_code in (403, 404)
