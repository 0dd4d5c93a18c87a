"""The evaluation service: asks for feedback, finds pairs at risk, and works out the figures of a program."""

from services.evaluation.commands import commands
from services.evaluation.counting import counting
from services.evaluation.queries import queries
from services.evaluation.reactions import reactions
from shared.contracts.evaluation import FeedbackGiven, RelationshipAtRisk, SurveyInvited, SurveyReminded
from shared.engine.authoring.service import Service

service = Service(
    "evaluation",
    title="Evaluation: does it work",
    emits=[SurveyInvited, SurveyReminded, FeedbackGiven, RelationshipAtRisk],
    handles=[commands, reactions, counting],
    routers=[queries],
)
