"""The first steps: an organization, its program, and the people who take part in it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import uuid4

from deploy.local.mail import MailFolder
from deploy.local.running import Operator
from deploy.tour.api import Caller, Changed, DidNotHappen, Read, Refused, Services, refusal
from deploy.tour.community import Community, Participant, Role, Staff, names_by_line, sample
from deploy.tour.guide import Step
from deploy.tour.observer import PEOPLE
from deploy.tour.signing_in import sign_in_by_mail

NAME = "Women in tech"
SLUG = "sandbox-tour"
"""A sandbox: its clock can be moved, so that the tour can be told to its end."""
MOST_TOURS = 1000


class Credentials(Operator, Read):
    """A client's credentials."""


class Remark(Read):
    """What an import says about a cell."""

    line: int
    column: str | None
    kind: str
    given: str
    made: str | None
    sentence: str


class Row(Read):
    """One row of a report."""

    remarks: list[Remark]


class Report(Read):
    """A dry run's report."""

    sha256: str
    totals: dict[str, int]
    remark_totals: dict[str, int]
    rows: list[Row]


class ImportProgress(Read):
    """How far an import has come."""

    status: str
    totals: dict[str, int]


class Result(Read):
    """What became of a row."""

    line: int
    person_id: str
    application_id: str


async def register_organization(step: Step, services: Services, operator: Operator) -> Staff:
    """A tenant of its own for each tour; returns who acts in it, with a client that may run programs."""
    nothing_is_open = await refusal(Caller(services).get("intake", "/programs", Changed))
    platform = await services.token(operator)
    slug = await first_free(platform)
    manager = await services.token(operator, tenant=slug)
    await step.observer.wait_for("OrganizationRegistered", organization_id=slug)
    credentials = await manager.post_for("intake", "/clients", Credentials, json={"name": "The program managers"})
    step.figures["organization"] = slug
    step.say(
        f"""
        The operator registers an organization, {NAME}: from now on it is the tenant {slug}, and a sandbox. Its program
        managers get a client (OAuth client credentials) that can see and do nothing outside. Without a token,
        the answer is {nothing_is_open.status}.
        """
    )
    return Staff(slug, manager, await services.token(credentials))


async def is_registered(services: Services, operator: Operator) -> bool:
    """Whether a tour was taken before: nobody gets a token in an organization that does not exist."""
    try:
        await services.token(operator, tenant=SLUG)
    except Refused as refused:
        if refused.code != "invalid_target":
            raise
        return False
    return True


async def first_free(platform: Caller) -> str:
    """Registers the organization under the first slug that no earlier tour has taken."""
    for number in range(1, MOST_TOURS):
        slug = SLUG if number == 1 else f"{SLUG}-{number}"
        body = {"slug": slug, "name": NAME, "locale": "en", "time_zone": "Europe/London"}
        try:
            return (await platform.post("intake", "/organizations", body)).id
        except Refused as refused:
            if refused.code != "slug-taken":
                raise
    raise DidNotHappen(f"There were {MOST_TOURS} tours: `ithaca up --fresh` begins with empty data.")


async def open_program(step: Step, client: Caller) -> str:
    """A program that takes applications; returns its id."""
    key, body = str(uuid4()), {"title": "Long-term mentoring", "cadence": "monthly", "months": 6}
    first, again = [await client.post("intake", "/programs", body, key=key) for _ in range(2)]
    if first != again:
        raise DidNotHappen("The same Idempotency-Key made two programs.")
    await client.post("intake", f"/programs/{first.id}/publish")
    await step.observer.wait_for("ProgramPublished", program_id=first.id)
    step.figures["program"] = first.id
    step.say(
        """
        They draft a program and publish it. The draft was sent twice with one Idempotency-Key, as after a lost
        answer: there is one program.
        """
    )
    return first.id


async def import_people(step: Step, community: Community, role: Role) -> None:
    """A file of people, first as a dry run, then for good; each of them is approved."""
    content, client, path = sample(role), community.client, f"/programs/{community.program_id}/imports"
    options = {"role": role, "approve": "true"}
    report = await client.post_for("intake", path, Report, params=options, content=content, headers=CSV)
    tell_report(step, role, report)
    options |= {"dry_run": "false", "sha256": report.sha256}
    started = await client.post_for("intake", path, Changed, params=options, content=content, headers=CSV)
    count = report.totals["would_create"]
    await step.observer.wait_for("ApplicationApproved", count, role=role)
    progress = await client.get("intake", f"/imports/{started.id}", ImportProgress)
    names = names_by_line(content)
    results = await client.every("intake", f"/imports/{started.id}/rows", Result)
    step.say(f"Then for good: {count} {role}s have applied and are approved. The import is {progress.status}.")
    step.figures[f"{role}s imported"] = progress.totals.get("created", 0)
    community.add(Participant(names[one.line], one.person_id, one.application_id) for one in results)


CSV = {"Content-Type": "text/csv"}


def tell_report(step: Step, role: Role, report: Report) -> None:
    """How many cells were not taken as they stood, with an example of each kind."""
    counted = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in report.remark_totals.items())
    step.say(f"{role}s.csv, {len(report.rows)} rows, as a dry run: of its cells, {counted}. For example:")
    remarks = [remark for row in report.rows for remark in row.remarks]
    step.table(islice(example_rows(remarks), 4))
    step.figures[f"remarks on {role}s"] = dict(report.remark_totals)


def example_rows(remarks: Iterable[Remark]) -> Iterator[tuple[str, str]]:
    """A remark of each kind and column, the doubtful ones first."""
    known = set[tuple[str, str | None]]()
    for kind in ("refused", "left_out", "guessed", "understood"):
        for remark in remarks:
            if remark.kind == kind and (kind, remark.column) not in known:
                known.add((kind, remark.column))
                yield f"line {remark.line}", f"{remark.column}: {remark.sentence}"


async def apply_and_withdraw(step: Step, community: Community, mails: MailFolder) -> None:
    """Somebody asks to take part herself, is approved, and changes her mind."""
    person = {"name": "Noor Haddad", "email": "noor.haddad@example.org", "time_zone": "Asia/Amman"}
    added = await community.client.post("intake", "/people", person)
    noor = await sign_in_by_mail(community.services, community.organization_id, person["email"], mails)
    profile = {"languages": ["ar", "en"], "goals": ["Switch career to IT"], "meeting_format": "long_term"}
    body = {"program_id": community.program_id, "person_id": added.id, "role": "mentee", "profile": profile}
    application = await noor.post("intake", "/applications", body)
    forbidden = await refusal(noor.post("intake", f"/applications/{application.id}/approve"))
    await community.client.post("intake", f"/applications/{application.id}/approve")
    await noor.post("intake", f"/applications/{application.id}/withdraw")
    await step.observer.wait_for("ApplicationWithdrawn", application_id=application.id)
    step.say(
        f"""
        Noor Haddad asks to sign in, gets a mail with a link and a code, types the code and applies. She cannot
        approve that herself ({forbidden.status}); the program managers can. Then she changes her mind: her profile is
        withdrawn from the topic `{PEOPLE}`, where personal data lives, and from nowhere else, since events carry ids
        only.
        """
    )
