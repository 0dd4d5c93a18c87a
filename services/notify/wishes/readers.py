"""Whose wishes they are."""

from shared.engine.authoring.grants import Subject
from shared.engine.authoring.links import ByOwnLink, Purpose

OWN = Subject("person_id"), ByOwnLink(Purpose.LETTERS, "person_id")
"""The person, by the link at the end of such a letter too."""
