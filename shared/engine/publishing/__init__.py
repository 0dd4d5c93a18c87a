"""From the outbox to the topics, and the journal that stays."""
