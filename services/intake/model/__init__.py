"""The aggregates of intake, and the rules on them."""
