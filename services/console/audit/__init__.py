"""The audit trail: who has done and seen what, and whether it is as it was written."""
