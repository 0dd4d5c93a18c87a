"""The whole path, step by step."""

from datetime import UTC, datetime

from deploy.local.mail import MailFolder
from deploy.local.running import Running
from deploy.tour import changes, figures, meeting, onboarding, outlook, pairing, rivalry, stretches
from deploy.tour.community import Community
from deploy.tour.guide import Guide
from deploy.tour.meeting import Meeting
from deploy.tour.pairing import Match

PARTING = 4
"""Which of the pairs parts: the first that is told nothing else of."""


async def walk(guide: Guide, running: Running) -> None:
    """From an organization that registers to the end of its program, six months later.

    Raises DidNotHappen, or Refused, at the first step that does not go as it should.
    """
    began = datetime.now(UTC)
    community = await come_in(guide, running)
    accepted = await match(guide, community)
    planned = await meet(guide, community, accepted)
    async with guide.step("Does the program work?") as step:
        await figures.show_figures(step, community, len(accepted))
    async with guide.step("The mail that went out") as step:
        outlook.show_mail(step, MailFolder(running.mail_folder), since=began)
    async with guide.step("What will happen by itself") as step:
        await outlook.show_plans(step, community.client, list(running.services))
    await let_time_pass(guide, community, planned, parting=accepted[PARTING])


async def come_in(guide: Guide, running: Running) -> Community:
    """An organization, its program, and the people who take part."""
    async with guide.step("An organization registers") as step:
        staff = await onboarding.register_organization(step, guide.services, running.operator())
    async with guide.step("It opens a program") as step:
        program_id = await onboarding.open_program(step, staff.client)
    community = Community(guide.services, staff, program_id)
    async with guide.step("Mentors come in by a file, as they described themselves") as step:
        await onboarding.import_people(step, community, "mentor")
    async with guide.step("Mentees come in by a file") as step:
        await onboarding.import_people(step, community, "mentee")
    async with guide.step("Somebody applies, and changes her mind") as step:
        await onboarding.apply_and_withdraw(step, community, MailFolder(running.mail_folder))
    return community


async def match(guide: Guide, community: Community) -> list[Match]:
    """Who is matched with whom, and what they answer; returns the pairs who have accepted."""
    async with guide.step("All of them are matched at once, as well as is possible") as step:
        run_id, left_over = await pairing.match_everybody(step, community)
    async with guide.step("And if they were matched otherwise?") as step:
        await pairing.ask_what_if(step, community, run_id)
    async with guide.step("The pairs are asked") as step:
        matches = await pairing.propose(step, community, run_id)
    wanted = await rivalry.find_rivalry(community, matches, left_over)
    others = [match for match in matches if match not in wanted.proposals]
    accepted, undecided = others[: pairing.ACTING], others[pairing.ACTING :]
    async with guide.step("Both say yes") as step:
        await pairing.accept(step, community, accepted)
    async with guide.step("One seat, two who want it") as step:
        accepted += await rivalry.last_seat(step, community, wanted)
    async with guide.step("One says no") as step:
        await rivalry.decline(step, community, undecided[0])
    async with guide.step("A mentor needs a break") as step:
        await changes.pause(step, community, undecided[1])
    return accepted


async def meet(guide: Guide, community: Community, pairs: list[Match]) -> Meeting:
    """Sessions, and what people say about them; returns one that is planned for in a week."""
    async with guide.step("Pairs plan their sessions") as step:
        planned = await meeting.plan(step, community, pairs)
    async with guide.step("Some times cannot be") as step:
        await meeting.try_what_is_refused(step, community, planned)
    async with guide.step("A session is held") as step:
        held = await meeting.hold(step, community, pairs[3])
    async with guide.step("How was it?") as step:
        await figures.give_feedback(step, community, held)
    return planned


async def let_time_pass(guide: Guide, community: Community, planned: Meeting, parting: Match) -> None:
    """What has been planned happens, in its order, up to the end of the program."""
    async with guide.stretch("A day goes by") as step:
        await stretches.a_day(step, community)
    async with guide.stretch("Nobody answers for a week") as step:
        await stretches.a_week(step, community)
    async with guide.step("The session of that week is held") as step:
        await stretches.hold_planned(step, community, planned)
    async with guide.step("Who never answers is taken out") as step:
        await stretches.take_out(step, community)
    async with guide.step("Two who were matched part") as step:
        await changes.part(step, community, parting)
    async with guide.stretch("Two weeks, and some pairs have booked nothing") as step:
        await stretches.two_weeks(step, community)
    async with guide.stretch("Six months") as step:
        await stretches.to_the_end(step, community)
