"""The report fits a terminal, names each check once, and says at the end what to do."""

from shared.doctor.finding import Examined, Finding, Level, Notes, Part
from shared.doctor.report import WIDTH, lines


def examined(*findings: Finding) -> Examined:
    return Examined(services=["matching"], cell="acme", version="1.2.3", findings=list(findings))


def test_each_part_has_its_checks_and_each_check_its_level_in_words() -> None:
    notes = Notes(Part.BROKER)
    notes.ok("reachable", "brokers: 3")
    notes.warn("group", "lags", "Look at it.")
    notes.wrong("topic", "is missing", "Make it.")
    assert list(lines(examined(*notes.findings), is_colored=False)) == [
        "matching in the cell acme, Ithaca 1.2.3",
        "",
        "Broker",
        "  ok      reachable               brokers: 3",
        "  warning group                   lags",
        "  wrong   topic                   is missing",
        "",
        "What to do",
        "  group: Look at it.",
        "  topic: Make it.",
    ]


def test_nothing_is_to_be_done_when_all_is_well() -> None:
    notes = Notes(Part.SERVICES)
    notes.every("rights", [], "Give them.", "all there")
    assert list(lines(examined(*notes.findings), is_colored=False))[-1] == "All is well."


def test_a_remedy_for_several_checks_is_said_once() -> None:
    notes = Notes(Part.DATABASE)
    notes.every("indexes", ["a is missing", "b is missing"], "Make them.", "all there")
    notes.wrong("writes", "are refused", "Make them.")
    assert list(lines(examined(*notes.findings), is_colored=False))[-1] == "  indexes, writes: Make them."


def test_long_sentences_and_names_stay_within_eighty_columns() -> None:
    notes = Notes(Part.SETTINGS)
    notes.wrong("ITHACA_OPERATOR_CLIENT_SECRET", "word " * 60, "do this and that " * 20)
    shown = list(lines(examined(*notes.findings), is_colored=False))
    assert max(map(len, shown)) <= WIDTH
    assert " ".join(" ".join(shown).split()).count("word") == 60


def test_colors_are_beside_the_words_and_not_instead_of_them() -> None:
    notes = Notes(Part.SETTINGS)
    notes.wrong("ITHACA_ROLE", "is no role", "Set it.")
    (line,) = [line for line in lines(examined(*notes.findings), is_colored=True) if "ITHACA_ROLE" in line][:1]
    assert line.startswith("  \x1b[1;31mwrong")


def test_something_is_wrong_only_if_it_does_not_work() -> None:
    notes = Notes(Part.BROKER)
    notes.warn("group", "lags", "Look at it.")
    assert not examined(*notes.findings).is_wrong
    notes.wrong("topic", "is missing", "Make it.")
    assert examined(*notes.findings).is_wrong
    assert notes.findings[-1].level is Level.WRONG
