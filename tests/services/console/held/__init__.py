"""Commands that can be taken back."""
