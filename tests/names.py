"""What is nobody's name, for every reader of names."""

NO_NAMES = [
    "\u200b\u200d",
    "\u3164",
    "\u202e\u2066",
    "-",
    "#NAME?",
    "#REF!",
    "#WERT!",
    "#N/D",
    "Ada\x00",
    "Ada\x1b[31m",
    "A\x9bda",
]
