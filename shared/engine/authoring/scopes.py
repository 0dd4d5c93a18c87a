"""What clients may be given: each scope opens the operations that name it, and none opens those of another."""

SCOPES = {
    "intake:read": "organizations, programs, people, applications, imports",
    "intake:write": "programs, people, applications and imports, and the clock of a sandbox",
    "matching:read": "pools, runs, matches, waitlists, exclusions",
    "matching:write": "runs, proposals, pins, exclusions, rankings and rematches",
    "sessions:read": "relationships, sessions and action items, without what is to be done",
    "sessions:write": "sessions and action items",
    "evaluation:read": "figures, risks and requests for feedback",
    "notify:read": "which messages went to whom, without what they say",
    "timers:read": "what each service will do by itself, and when",
}
"""Every scope, and what it is for."""

ALL = " ".join(SCOPES)
"""All of them, as a token or a request for one writes them."""
