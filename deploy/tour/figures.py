"""What people say about it, and the figures of the program."""

from deploy.tour.api import DidNotHappen, Read
from deploy.tour.community import Community
from deploy.tour.conditions import eventually
from deploy.tour.guide import Step
from deploy.tour.meeting import Meeting


class Invitation(Read):
    """A person is asked about a session."""

    id: str
    session_id: str


class Kpi(Read):
    """A figure, and where the events behind it are."""

    name: str
    title: str
    text: str
    numerator: int | None
    denominator: int
    events: str | None


class Kpis(Read):
    """All figures."""

    items: list[Kpi]

    def find(self, name: str) -> Kpi:
        """The figure with that name."""
        return next(kpi for kpi in self.items if kpi.name == name)


class Mark(Read):
    """An event behind a figure."""

    event_id: str
    type: str


async def give_feedback(step: Step, community: Community, held: Meeting) -> None:
    """Both are asked about the session; the mentee answers."""
    match, session_id = held
    await step.observer.wait_for("SurveyInvited", 2, session_id=session_id)
    mentee = await community.person(match.mentee_id)
    asked = await mentee.every("evaluation", f"/people/{match.mentee_id}/invitations", Invitation)
    (invitation,) = (one for one in asked if one.session_id == session_id)
    answer = {"satisfaction": 5, "comment": "I know now what to try next."}
    await mentee.post("evaluation", f"/invitations/{invitation.id}/feedback", answer)
    await step.observer.wait_for("SurveyAnswered", invitation_id=invitation.id)
    step.say(
        f"""
        Both are asked for feedback as soon as the session is held. {community.names[match.mentee_id]} gives 5 of
        5. That somebody has answered is one event, what was said another, which leads to nobody. The mentor has not
        answered yet, and would be reminded after 24 hours.
        """
    )


async def show_figures(step: Step, community: Community, accepted: int) -> None:
    """Six figures, of which one is followed down to its events."""
    kpis = await eventually(
        f"the figures know of {accepted} pairs, a session that was held and an answer",
        lambda: community.client.get("evaluation", f"/programs/{community.program_id}/kpis", Kpis),
        lambda kpis: _counted(kpis) == (accepted, accepted, 1, 1, 2, 1),
    )
    step.table(((kpi.title, kpi.text, _of(kpi)) for kpi in kpis.items), *HEADINGS)
    acceptance = kpis.find("acceptance")
    marks = await community.client.every("evaluation", (acceptance.events or "").removeprefix("/v1"), Mark, limit=500)
    seen_types = {seen.id: seen.type for seen in step.observer.seen}
    if len(marks) != acceptance.denominator or any(seen_types.get(mark.event_id) != mark.type for mark in marks):
        raise DidNotHappen("The events behind the acceptance rate are not those that were on the topics.")
    step.say(
        f"""
        What one person has answered is not to be seen. Each other figure of five or more leads to the events behind
        it: those of the acceptance rate are {len(marks)}, and all of them were on the topics under the same ids. The
        first is {marks[0].type} {marks[0].event_id}.
        """
    )
    step.figures.update({kpi.name: kpi.text for kpi in kpis.items})


HEADINGS = ("figure", "value", "of")


def _of(kpi: Kpi) -> str:
    return f"{kpi.numerator} / {kpi.denominator}" if kpi.numerator is not None else f"- / {kpi.denominator}"


def _counted(kpis: Kpis) -> tuple[int | None, ...]:
    matched, accepted, held = (kpis.find(name).numerator for name in ("match_rate", "acceptance", "session_completion"))
    answers = kpis.find("response_rate")
    return matched, accepted, held, answers.numerator, answers.denominator, kpis.find("satisfaction").denominator
