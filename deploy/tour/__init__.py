"""The tour: a real community is matched and mentored, told step by step, with the events that each step has caused.

It speaks to the services as any other system would: over HTTP with tokens, and to Kafka as one more consumer.
"""
