"""What it means for evaluation that nothing is kept of a person: comments go, and no answer leads to who gave it."""

from typing import Annotated

from services.evaluation.risks.model import RelationshipWatch, RiskCase
from services.evaluation.surveys.model import Feedback, Invitation, Respondents
from shared.contracts.departures import ForgottenByEvaluation
from shared.engine.authoring.context import Context
from shared.engine.authoring.erased_people import Counts, OfErased, follow_erasures, found
from shared.engine.authoring.loads import optional
from shared.engine.authoring.merged_people import among, by
from shared.ids import PersonId, RespondentId

MEMBERS = among("members")


class Traces(OfErased):
    """What a person was asked and has answered, and what was watched of their relationships."""

    invitations: Annotated[list[Invitation], optional(found(Invitation))]
    feedback: Annotated[list[Feedback], optional("invitations.feedback_id")]
    watches: Annotated[list[RelationshipWatch], optional(found(RelationshipWatch))]
    respondents: Annotated[list[Respondents], optional("watches.id")]
    risks: Annotated[list[RiskCase], optional(found(RiskCase))]


def forget(traces: Traces, ctx: Context) -> Counts:
    """Take out the comments, and have nothing lead from the person to their answers."""
    person_id = PersonId(traces.erased.id)
    for one in traces.respondents:
        one.unlink(person_id, RespondentId(ctx.new_id()))
    for invitation in traces.invitations:
        invitation.unlink()
    kept = len(traces.invitations) + len(traces.watches) + len(traces.risks)
    return Counts(sum(one.forget() for one in traces.feedback), kept)


erasing = follow_erasures(
    ForgottenByEvaluation,
    [(RelationshipWatch, MEMBERS), (RiskCase, MEMBERS), (Invitation, by("person_id"))],
    Traces,
    forget,
)
