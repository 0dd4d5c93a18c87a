"""What every service follows of intake, to know for whom the tokens count that it is shown."""

from shared.engine.authoring.held_roles import held_roles
from shared.engine.authoring.revocations import revocations
from shared.engine.authoring.suspensions import suspensions

FOLLOWED_ACCESS = (revocations, held_roles, suspensions)
