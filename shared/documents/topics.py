"""What is peculiar to the topics that are not one service's own, in the words of all documents."""

from shared.contracts.clock import TOPIC as CLOCK
from shared.engine.authoring.service import PEOPLE

TOPICS = {
    PEOPLE: "The latest state of people, and all personal data. It is compacted: of each record key the state with the "
    "highest ce_sequence counts. A record without a value is a tombstone: its key, and its headers as ever, say who is "
    "gone. Delete what you have kept under that key, and keep its ce_sequence: an older state that comes late must not "
    "bring it back.",
    CLOCK: "How the clocks of sandbox organizations move: intake asks (ClockAdvanced), and every service answers "
    "(ClockFollowed), so that several services write under keys of one organization. Order holds for what one service "
    "tells under one key: compare ce_sequence only where both the key and ce_source are the same, and rounds by "
    "their number. There are many of these, they are kept for days, and no journal has them: follow them only to know "
    "how far a sandbox is.",
}
"""What is on a topic, and what its readers do, by the name behind the cell."""
