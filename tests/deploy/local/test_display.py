from io import StringIO

from rich.console import Console

from deploy.local.display import progress


def test_outside_a_terminal_every_change_is_a_line_as_it_was_told() -> None:
    output = StringIO()
    with progress(Console(file=output, width=20)) as tell:
        tell("Apache Kafka: downloading 46 jars [all]")
        tell("Apache Kafka: started in 2.5 s")
    assert output.getvalue() == "Apache Kafka: downloading 46 jars [all]\nApache Kafka: started in 2.5 s\n"


def test_in_a_terminal_each_part_has_one_line_that_ends_with_its_last_news() -> None:
    output = StringIO()
    with progress(Console(file=output, force_terminal=True, width=60, color_system=None)) as tell:
        tell("MongoDB: starting")
        tell("MongoDB: started in 1.2 s")
        tell("Apache Kafka: starting")
    mongo, kafka = (line for line in output.getvalue().splitlines()[-3:] if "MongoDB" in line or "Kafka" in line)
    assert "✓ MongoDB      started in 1.2 s" in mongo
    assert "Apache Kafka starting" in kafka
    assert "✓" not in kafka
