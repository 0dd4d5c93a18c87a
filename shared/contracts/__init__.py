"""The public language: the events of every service, one module each, the envelope, and golden examples.

Other people's systems build on what is here; it changes slower than anything else.
"""
