"""What two cards of one person that become one mean for what they are asked, and for those who watch over them."""

from services.evaluation.risks.model import RelationshipWatch, RiskCase
from services.evaluation.surveys.model import Invitation, Respondents
from shared.engine.authoring.merged_people import among, by, follow_merges

MEMBERS = among("members")

merging = follow_merges(
    {RelationshipWatch: [MEMBERS], RiskCase: [MEMBERS], Invitation: [by("person_id"), MEMBERS]},
    beside={Respondents: RelationshipWatch},
)
