"""The evaluation service, and what it is made of."""

from services.evaluation.erasing import erasing
from services.evaluation.figures.queries import queries as figure_queries
from services.evaluation.figures.reactions import reactions as figure_reactions
from services.evaluation.local_copies import local_copies
from services.evaluation.merging import merging
from services.evaluation.risks.queries import queries as risk_queries
from services.evaluation.risks.reactions import reactions as risk_reactions
from services.evaluation.surveys.commands import commands
from services.evaluation.surveys.queries import queries as survey_queries
from services.evaluation.surveys.reactions import reactions as survey_reactions
from shared.contracts.departures import ForgottenByEvaluation
from shared.contracts.evaluation import (
    FeedbackGiven,
    RelationshipAtRisk,
    SurveyAnswered,
    SurveyInvited,
    SurveyReminded,
)
from shared.engine.authoring.followed_access import FOLLOWED_ACCESS
from shared.engine.authoring.person_names import person_names
from shared.engine.authoring.service import Service

service = Service(
    "evaluation",
    title="Evaluation: does it work",
    emits=[SurveyInvited, SurveyReminded, SurveyAnswered, FeedbackGiven, RelationshipAtRisk, ForgottenByEvaluation],
    handles=[
        *FOLLOWED_ACCESS,
        person_names,
        merging,
        erasing,
        commands,
        local_copies,
        survey_reactions,
        risk_reactions,
        figure_reactions,
    ],
    routers=[survey_queries, risk_queries, figure_queries],
)
