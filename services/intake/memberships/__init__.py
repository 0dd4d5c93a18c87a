"""Who has which role in an organization and its programs: invitations, grants, and the end of them."""
