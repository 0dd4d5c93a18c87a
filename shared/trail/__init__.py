"""The audit trail as anybody can read and check it: lines, and the chain that they make."""
