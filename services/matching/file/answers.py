"""Answers to the questions of a program's own form."""

from collections.abc import Mapping
from typing import NamedTuple

from services.matching.algorithm.program import Question
from shared.vocabulary.cells import clean, split_list
from shared.vocabulary.findings import Kind
from shared.vocabulary.no_answers import stated
from shared.vocabulary.scales import understand_scale
from shared.vocabulary.spelling import spelling


class ReadAnswer(NamedTuple):
    """An answer under the name of its question, None if there is none, and what to say of it."""

    name: str
    value: object
    notes: tuple[str, ...] = ()


def read_answer(label: str, given: object, questions: Mapping[str, Question], is_table: bool) -> ReadAnswer:
    """Read an answer as its question asks for it: a number on a scale, words, or a list of them."""
    question = questions.get(spelling(label))
    if question is None:
        return ReadAnswer(label, given, (f"no question of the program has the name {label}: the answer is not used",))
    if question.kind == "scale":
        return _on_scale(question, given)
    if isinstance(given, str):
        return _words(question, given, is_table)
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        kept = [stated(clean(one).value) for one in given]
        notes = tuple(note.sentence.rstrip(".") for _, about in kept for note in about)
        return ReadAnswer(question.name, [text for text, _ in kept if text], notes)
    return ReadAnswer(question.name, given)


def _on_scale(question: Question, given: object) -> ReadAnswer:
    if isinstance(given, bool) or not isinstance(given, str | int | float) or given != given:
        return ReadAnswer(question.name, given)
    text = clean(given if isinstance(given, str) else f"{given:g}").value
    value, about = understand_scale(text, question.lowest, question.highest)
    if value is None and not stated(text).value:
        about = stated(text).notes
    said = tuple(note.sentence.rstrip(".") for note in about if note.kind is not Kind.UNDERSTOOD or value is None)
    return ReadAnswer(question.name, given if value is not None and isinstance(given, int | float) else value, said)


def _words(question: Question, given: str, is_table: bool) -> ReadAnswer:
    text, notes = stated(clean(given).value)
    entries = split_list(text) if is_table and question.kind == "overlap" else [text]
    kept = [stated(entry) for entry in entries]
    said = tuple(note.sentence.rstrip(".") for about in (notes, *(each for _, each in kept)) for note in about)
    words = [entry for entry, _ in kept if entry]
    value: object = words if question.kind == "overlap" else words[0] if words else None
    return ReadAnswer(question.name, value or None, said)
