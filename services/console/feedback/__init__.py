"""Feedback: what people are asked about a session that was held."""
