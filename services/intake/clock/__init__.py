"""The clock of a sandbox organization."""
