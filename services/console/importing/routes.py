"""The pages on which managers bring people in from a table."""

import json
from urllib.parse import quote

from starlette.responses import Response

from services.console.api import Done, ServiceProblem, at
from services.console.frame.capabilities import Capability, Entry, Place, managers
from services.console.frame.page import NO_STORE, CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.frame.uploads import LARGEST_READ, Sent, Uploaded
from services.console.importing.file import ENCODINGS, File, Unusable, carried, chosen, described
from services.console.importing.sheet import corrected, corrections, pack
from services.console.importing.views import KINDS, TITLES, ImportShown, Report
from shared.engine.authoring.grants import ADMIN, Manager
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN, Manager.of("program_id")))

START = "/programs/{program_id}/import"
READING_SECONDS = 180.0
"""The largest file may take a while to be understood."""
ROWS_SHOWN = 100


@routes.get(START)
async def show_start(program_id: str, page: CurrentPage) -> Response:
    """Take a file, or rows that are pasted; and show what was imported before."""
    return await _start(page, program_id, File())


@routes.post(START, max_body_size=LARGEST_READ)
async def look(program_id: str, page: CurrentPage, sent: Uploaded) -> Response:
    """Show what would become of each row; nothing is changed."""
    try:
        file = await chosen(sent)
        return _looked_at(page, program_id, file, await _dry_run(page, program_id, file), sent)
    except (Unusable, ServiceProblem) as problem:
        return await _start(page, program_id, described(sent), problem)


@routes.post(f"{START}/check", max_body_size=LARGEST_READ)
async def check(program_id: str, page: CurrentPage, sent: Uploaded) -> Response:
    """Look at a file again, with the cells that were corrected."""
    try:
        file, report, _ = await _corrected(page, program_id, sent)
        return _looked_at(page, program_id, file, report, sent)
    except (Unusable, ServiceProblem) as problem:
        return await _start(page, program_id, described(sent), problem)


@routes.post(f"{START}/take", max_body_size=LARGEST_READ)
async def take(program_id: str, page: CurrentPage, sent: Uploaded) -> Response:
    """Take all rows that can be; what was corrected and nobody has looked at yet is shown first."""
    try:
        file, report, has_changed = await _corrected(page, program_id, sent)
        if has_changed or report.sha256 != sent.text("sha256"):
            return _looked_at(page, program_id, file, report, sent, is_new=True)
        started = await _import(page, program_id, file, dry_run="false", sha256=report.sha256)
    except (Unusable, ServiceProblem) as problem:
        return await _start(page, program_id, described(sent), problem)
    return page.go(at("/programs/{}/imports/{}", program_id, Done(json.loads(started)).id))


@routes.post(f"{START}/not-taken", max_body_size=LARGEST_READ)
async def download(program_id: str, page: CurrentPage, sent: Uploaded) -> Response:
    """Give the rows that are not taken as a file, each with its reasons."""
    try:
        file, _, _ = await _corrected(page, program_id, sent)
        content = await _import(page, program_id, file, report="not_taken")
    except (Unusable, ServiceProblem) as problem:
        return await _start(page, program_id, described(sent), problem)
    name = quote(f"{file.name.rpartition('.')[0] or 'people'}-not-taken.csv", safe="")
    saved = f"attachment; filename=\"not-taken.csv\"; filename*=UTF-8''{name}"
    return Response(content, headers=NO_STORE | {"Content-Disposition": saved}, media_type="text/csv")


@routes.get("/programs/{program_id}/imports/{import_id}")
async def show_import(program_id: str, import_id: str, page: CurrentPage) -> Response:
    """Show how far an import has come, and what has become of its rows."""
    try:
        shown = await page.api.one(ImportShown, "intake", at("/v1/imports/{}", import_id))
    except ServiceProblem as problem:
        return await _start(page, program_id, File(), problem)
    so_far = page.say_number("One row is read so far", "%(num)s rows are read so far", shown.rows)
    whole = page.say_number("The one row is read", "All %(num)s rows are read", shown.rows)
    title = so_far if shown.is_running else whole if not shown.problem else page.say(msgid("The import has stopped"))
    inside = at("/programs/{}", program_id)
    return page.html("importing/progress.html", title, program_id=program_id, inside=inside, shown=shown)


async def _start(page: Page, program_id: str, file: File, problem: Unusable | ServiceProblem | None = None) -> Response:
    """The form, with what was chosen in it, and what is wrong with the file."""
    earlier = await page.api.page(ImportShown, "intake", "/v1/imports", program_id=program_id, limit=100)
    words = page.say(str(problem)) if isinstance(problem, Unusable) else problem.detail if problem else ""
    shown = page.html(
        "importing/start.html",
        page.say(msgid("Bring people in from a table")),
        program_id=program_id,
        inside=at("/programs/{}", program_id),
        file=file,
        wrong=words,
        encodings=ENCODINGS,
        earlier=sorted(earlier.items, key=lambda one: one.started_at or page.now, reverse=True),
    )
    shown.status_code = problem.status_code if isinstance(problem, ServiceProblem) else 422 if problem else 200
    return shown


def _looked_at(
    page: Page, program_id: str, file: File, report: Report, sent: Sent, *, is_new: bool = False
) -> Response:
    """What would become of each row. `is_new`: it was to be taken, but nobody has looked at it as it is now."""
    kind = sent.text("show") if sent.text("show") in KINDS else ""
    rows = report.looked_at(kind)
    first = _first(sent.text("from"), len(rows))
    title = page.say_number(
        "%(taken)s of %(num)s row can be taken",
        "%(taken)s of %(num)s rows can be taken",
        len(report.rows),
        taken=page.texts.number(report.taken),
    )
    return page.html(
        "importing/dry_run.html",
        title,
        program_id=program_id,
        inside=at("/programs/{}", program_id),
        file=file,
        carried=pack(file.content),
        report=report,
        titles=TITLES,
        kind=kind,
        rows=rows[first : first + ROWS_SHOWN],
        first=first,
        of=len(rows),
        step=ROWS_SHOWN,
        is_new=is_new,
    )


def _first(asked: str, count: int) -> int:
    """Where the rows begin that are shown."""
    first = int(asked) if asked.isdecimal() and len(asked) < 8 else 0
    return first if first < count else 0


async def _corrected(page: Page, program_id: str, sent: Sent) -> tuple[File, Report, bool]:
    """The file that a page has carried, with the cells that were corrected in it, and whether there are any."""
    file, said = carried(sent), corrections(sent.texts())
    report = await _dry_run(page, program_id, file)
    content = corrected(report.columns, report.lines(), said)
    if content is None:
        return file, report, False
    file = file.with_content(content)
    return file, await _dry_run(page, program_id, file), True


async def _dry_run(page: Page, program_id: str, file: File) -> Report:
    return Report.model_validate_json(await _import(page, program_id, file, cells="true"))


async def _import(page: Page, program_id: str, file: File, **options: str) -> bytes:
    """What intake answers to a file; raises `ServiceProblem`."""
    path, params = at("/v1/programs/{}/imports", program_id), file.options | options
    answer = await page.api.send("POST", "intake", path, params=params, content=file.content, timeout=READING_SECONDS)
    return bytes(answer.content)


importing = Capability(routes, (Entry(Place.PROGRAM, msgid("Import"), START, "file-up", managers),))
