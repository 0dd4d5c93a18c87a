"""What people write, field by field, with what it means, written down by hand."""

# ruff: noqa: RUF001 - people type dashes and apostrophes of all kinds

from collections.abc import Mapping, Sequence

Readings = Mapping[str, Sequence[tuple[str, object]]]

NO_ANSWERS = (
    "N/A", "n/a", "NA", "n.a.", "N. A.", "none", "None", "NONE", "no", "nope", "nothing", "nil", "null", "NULL",
    "nan", "NaN",
    "-", "--", "–", "—", "?", "??", "...", "…", ".", "/", "_", "x", "xx", "#N/A", "#REF!", "#NAME?", "#WERT!", "#NV",
    "not applicable", "Not available", "unknown", "tbd", "T.B.D.", "TBA", "to be determined", "pending", "not sure",
    "prefer not to say", "I prefer not to say", "I don't know", "I don’t know", "no preference", "none at the moment",
    "not yet", "nothing specific", "no idea", "(none)", "<none>", "k. A.", "k.A.", "kA", "keine Angabe",
    "keine Angaben", "o. A.",
    "kein", "keine", "nein", "nichts", "nix", "nicht zutreffend", "trifft nicht zu", "entfällt", "unbekannt",
    "weiß nicht",
    "weiss nicht", "ich weiß es nicht", "keine Ahnung", "egal", "derzeit keine", "noch offen",
    "möchte ich nicht angeben",
    "nessuno", "nessuna", "niente", "nulla", "n.d.", "n/d", "non applicabile", "non disponibile", "non so",
    "non lo so", "boh",
    "preferisco non rispondere", "preferisco non dirlo", "non specificato", "da definire", "al momento nessuno",
    "nessuna preferenza", "sconosciuto", "indifferente", "I'd rather not say", "will follow", "kann ich nicht sagen",
    "keine genaue Angabe", "später", "non ne ho", "preferirei non dirlo", "da concordare", "none of the above",
)  # fmt: skip
"""No data in any field."""

LANGUAGES = (
    ("English", ("en",)), ("Englisch", ("en",)), ("inglese", ("en",)), ("English, German", ("en", "de")),
    ("English; German", ("en", "de")), ("English/German", ("en", "de")), ("English and German", ("en", "de")),
    ("Deutsch und Englisch", ("de", "en")), ("italiano e tedesco", ("it", "de")), ("English\nGerman", ("en", "de")),
    ("English, German; French", ("en", "de", "fr")), ("Deutsch", ("de",)), ("français", ("fr",)), ("español", ("es",)),
    ("português", ("pt",)), ("русский", ("ru",)), ("日本語", ("ja",)), ("中文", ("zh",)), ("Türkçe", ("tr",)),
    ("German (B2)", ("de",)), ("German B2", ("de",)), ("German - B2", ("de",)), ("B2 German", ("de",)),
    ("Englisch fließend", ("en",)), ("fließend Englisch", ("en",)), ("italiano madrelingua", ("it",)),
    ("madrelingua: italiano", ("it",)), ("native Italian", ("it",)), ("Muttersprache Deutsch", ("de",)),
    ("Deutsch (Muttersprache), Englisch (C1)", ("de", "en")), ("Spanish, basic, French", ("es", "fr")),
    ("a little Spanish", ("es",)), ("un po' di tedesco", ("de",)), ("Business English", ("en",)), ("no German", ()),
    ("kein Deutsch", ()), ("Elvish", ()), ("English, Elvish", ("en",)), ("English, N/A", ("en",)), ("Ukranian",
    ("uk",)),
    ("Portugese (fluent)", ("pt",)), ("Farsi", ("fa",)), ("Mandarin", ("zh",)), ("Brazilian Portuguese", ("pt",)),
    ("en", ("en",)), ("en, it", ("en", "it")), ("de-CH", ("de",)), ("ita", ("it",)), ("IT", ("it",)), ("Python", ()),
)  # fmt: skip

AREAS = (
    ("Backend", ("Backend Developer",)), ("back-end developer", ("Backend Developer",)), ("qa", ("QA",)),
    ("Quality Assurance", ("QA",)), ("Qualitätssicherung", ("QA",)), ("sicurezza", ("Security",)),
    ("Projektmanagement", ("Project Management",)), ("UX, ML", ("User Experience", "Machine Learning")),
    ("Frontend; Backend", ("Frontend Developer", "Backend Developer")), ("Data Science, -", ("Data Science",)),
    ("Beekeeping", ("Beekeeping",)), ("Machine Lerning", ("Machine Learning",)), ("DevOps\nSecurity", ("DevOps",
    "Security")),
    ("Non-profit", ("Non-profit",)), ("No code", ("No code",)),
)  # fmt: skip

PROGRAMMING_LANGUAGES = (
    ("JS", ("JavaScript",)), ("javascript, TypeScript", ("JavaScript", "TypeScript")), ("C, C++, C#", ("C", "C++",
    "C#")),
    ("golang", ("Go",)), ("Pyhton", ("Python",)), ("Python (for scripting); R", ("Python",
    "R")), ("Brainfuck", ("Brainfuck",)),
    ("HCL (Terraform, OpenTofu), Go", ("HCL", "Go")), ("Python, none", ("Python",)),
)  # fmt: skip

GOALS = (
    ("switch career to it", ("Switch career to IT",)), ("Grow beyond senior level", ("Grow beyond senior level",)),
    ("Lead a team, kindly; Grow beyond senior level", ("Lead a team, kindly", "Grow beyond senior level")),
    ("Find my way", ("Find my way",)), ("TBD", ()),
)  # fmt: skip

YEARS = (
    ("5", 5.0), ("2.5", 2.5), ("2,5", 2.5), ("0", 0.0), ("18 months", 1.5), ("18 Monate", 1.5), ("18 mesi", 1.5),
    ("6 months", 0.5), ("1 month", 0.08), ("2 yrs", 2.0), ("2 J.", 2.0), ("5 years", 5.0), ("5 Jahre", 5.0),
    ("5 anni", 5.0),
    ("five years", 5.0), ("fünf Jahre", 5.0), ("cinque anni", 5.0), ("half a year", 0.5), ("ein halbes Jahr", 0.5),
    ("mezzo anno", 0.5), ("anderthalb Jahre", 1.5), ("un anno e mezzo", 1.5), ("a year and a half", 1.5),
    ("2½ years", 2.5),
    ("1 year 6 months", 1.5), ("1 Jahr und 6 Monate", 1.5), ("10+", 10.0), ("10+ years", 10.0),
    ("more than 10 years", 10.0),
    ("über 10 Jahre", 10.0), ("oltre 10 anni", 10.0), ("2-4 years", 2.0), ("2–4", 2.0), ("2 bis 4 Jahre", 2.0),
    ("da 2 a 4 anni", 2.0), ("ca. 3 Jahre", 3.0), ("5 years of experience", 5.0), ("5 Jahre Berufserfahrung", 5.0),
    ("5 anni di esperienza", 5.0), ("26 weeks", 0.5), ("since 2015", None), ("seit 2015", None), ("2015", None),
    ("2 hours", None), ("2nd", None), ("30 years old", None), ("five", None), ("100", None), ("-3", None),
    ("20%", None),
    ("3 days", None), ("5 years a week", None), ("5 apples", None), ("1e3", None),
)  # fmt: skip

HOURS = (
    ("4", 4.0), ("1,5", 1.5), ("1.5", 1.5), ("2h", 2.0), ("2 hours", 2.0), ("2 Std.", 2.0), ("2 ore", 2.0),
    ("90 min", 1.5),
    ("90 minutes", 1.5), ("90 Minuten", 1.5), ("90 minuti", 1.5), ("90'", 1.5), ("30 min", 0.5), ("1,5 h", 1.5),
    ("2h30", 2.5),
    ("2 h 30 min", 2.5), ("2h 30m", 2.5), ("1 ora e 30 minuti", 1.5), ("1 Stunde und 15 Minuten", 1.25), ("2:30", 2.5),
    ("half an hour", 0.5), ("eine halbe Stunde", 0.5), ("mezz'ora", 0.5), ("mezz’ora", 0.5),
    ("anderthalb Stunden", 1.5),
    ("un'ora e mezza", 1.5), ("an hour and a half", 1.5), ("viertelstunde", 0.25), ("an hour", 1.0), ("two hours", 2.0),
    ("zwei Stunden", 2.0), ("due ore", 2.0), ("½ h", 0.5), ("2-3 h", 2.0), ("2–3 Std.", 2.0), ("30-60 min", 0.5),
    ("30 min - 1 h", 0.5), ("2 to 3 hours", 2.0), ("zwei bis drei Stunden", 2.0), ("tra 2 e 3 ore", 2.0),
    ("ca. 2 h", 2.0),
    ("~2h", 2.0), ("max 2 h", 2.0), ("up to 4 hours", 4.0), ("fino a 4 ore", 4.0), ("2 hours a month", 2.0),
    ("2 Stunden im Monat", 2.0), ("2 ore al mese", 2.0), ("2h/month", 2.0), ("an hour a week", 4.33),
    ("1h pro Woche", 4.33),
    ("1 ora a settimana", 4.33), ("alle 2 Wochen 1 h", 2.17), ("1 hour every two weeks", 2.17),
    ("ogni 2 settimane un'ora", 2.17),
    ("every other week 90 min", 3.25), ("2 x 1 h", 2.0), ("2 mal im Monat 1 Stunde", 2.0),
    ("twice a month 90 min", 3.0),
    ("12 hours a year", 1.0), ("0", None), ("alle 2 Wochen", None), ("weekly", None), ("1 week", None), ("1 day", None),
    ("2 months", None), ("2 mentees", None), ("1 h per session", None), ("1 h a day", None), ("two", None),
    ("500", None),
    ("2 lightyears", None), ("-2 h", None), ("2h or 3 times", None),
)  # fmt: skip

SEATS = (
    ("2", 2), ("2.0", 2), ("2 mentees", 2), ("2 Mentees", 2), ("2 people", 2), ("2 Personen", 2), ("2 Plätze", 2),
    ("2 posti", 2),
    ("two mentees", 2), ("zwei Mentees", 2), ("due mentee", 2), ("2-3", 2), ("2-3 mentees", 2), ("max. 2", 2),
    ("fino a 2", 2),
    ("2 hours", None), ("2 years", None), ("2 per year", None), ("2nd", None), ("two", None), ("999", None),
    ("-3", None),
    ("2 €", None),
)  # fmt: skip

MENTORS = (
    ("1", 1), ("3", 3), ("2 mentors", 2), ("2 Mentoren", 2), ("due mentori", 2), ("1-2", 1), ("4", None), ("0", None),
    ("2 mentees", None), ("1 h", None),
)  # fmt: skip

MONTHS = (
    ("5;6;7", (5, 6, 7)), ("May; June", (5, 6)), ("Mai, Juni", (5, 6)), ("maggio, giugno", (5, 6)), ("mag-giu", (5, 6)),
    ("May–July", (5, 6, 7)), ("Mai bis Juli", (5, 6, 7)), ("da maggio a luglio", (5, 6, 7)), ("from May to July",
    (5, 6, 7)),
    ("Nov-Feb", (1, 2, 11, 12)), ("Sept.", (9,)), ("Okt.", (10,)), ("Dez", (12,)), ("gen", (1,)), ("März", (3,)),
    ("all year", tuple(range(1, 13))), ("ganzjährig", tuple(range(1, 13))), ("sempre", tuple(range(1, 13))),
    ("May 2027", (5,)), ("3", (3,)), ("3 months", ()), ("summer", ()), ("13", ()), ("maybe", ()), ("marketing", ()),
    ("Junior", ()), ("decent", ()), ("Janine", ()), ("May, maybe", (5,)),
)  # fmt: skip

EXPERIENCE = (
    ("2-4 years", "2-4 years"), ("2–4 Jahre", "2-4 years"), ("da 2 a 4 anni", "2-4 years"), ("16+ years", "16+ years"),
    ("more than 16 years", "16+ years"), ("über 16 Jahre", "16+ years"), ("oltre 16 anni", "16+ years"),
    ("less than 2 years", "0-2 years"), ("bis 2 Jahre", "0-2 years"), ("2-4", "2-4 years"), ("5 years", None),
    ("18-24 months", None), ("senior", None), ("7-5 years", None),
)  # fmt: skip

FORMATS = (
    ("long-term", "long_term"), ("langfristig", "long_term"), ("a lungo termine", "long_term"), ("ad hoc", "ad_hoc"),
    ("adhoc sessions", "ad_hoc"), ("einmalig", "ad_hoc"), ("una tantum", "ad_hoc"), ("both", "both"), ("beides",
    "both"),
    ("entrambi", "both"), ("long-term and ad hoc", "both"), ("only ad hoc", "ad_hoc"), ("not long-term", None),
    ("no ad hoc", None), ("nicht langfristig", None), ("carrier pigeon", None), ("longterminal", None),
)  # fmt: skip

LOCATIONS = (
    ("Torino, TO", ("IT", "Europe/Rome")), ("Milano (MI)", ("IT", "Europe/Rome")), ("Bari (BA)", ("IT", "Europe/Rome")),
    ("Napoli, NA", ("IT", "Europe/Rome")), ("Genova GE", ("IT", "Europe/Rome")), ("20121 Milano MI", ("IT",
    "Europe/Rome")),
    ("Cuneo, CN", ("IT", "Europe/Rome")), ("Parma (PR)", ("IT", "Europe/Rome")), ("Lecce - LE", ("IT", "Europe/Rome")),
    ("Alessandria, AL", ("IT", "Europe/Rome")), ("Porto Alegre, RS, Brasil", ("BR", "America/Sao_Paulo")),
    ("Recife, PE", ("BR", "America/Recife")), ("Curitiba - PR", ("BR", "America/Sao_Paulo")),
    ("Perth, WA, Australia", ("AU", "Australia/Perth")), ("Adelaide, SA, Australia", ("AU", "Australia/Adelaide")),
    ("Perth, WA", ("AU", "Australia/Perth")), ("London, ON", ("CA", "America/Toronto")),
    ("Montréal, QC, Canada", ("CA", "America/Toronto")), ("Victoria, BC", ("CA", "America/Vancouver")),
    ("Bern, BE", ("CH", "Europe/Zurich")), ("Genève, GE", ("CH", "Europe/Zurich")), ("Zürich ZH", ("CH",
    "Europe/Zurich")),
    ("München, BY", ("DE", "Europe/Berlin")), ("10115 Berlin", ("DE", "Europe/Berlin")), ("Mumbai, MH", ("IN",
    "Asia/Kolkata")),
    ("Cambridge, MA", ("US", "America/New_York")), ("Portland, OR", ("US", "America/Los_Angeles")),
    ("Athens, GA", ("US", "America/New_York")), ("Paris, TX", ("US", "America/Chicago")), ("Toronto, CA", ("CA",
    "America/Toronto")),
    ("London", ("GB", "Europe/London")), ("London, UK", ("GB", "Europe/London")), ("Rom", ("IT", "Europe/Rome")),
    ("Wien", ("AT", "Europe/Vienna")), ("Österreich", ("AT", "Europe/Vienna")), ("Schweiz", ("CH", "Europe/Zurich")),
    ("Suisse", ("CH", "Europe/Zurich")), ("España", ("ES", None)), ("Sevilla, España", ("ES", "Europe/Madrid")),
    ("Brasil", ("BR", None)), ("Praha, Česko", ("CZ", "Europe/Prague")), ("日本", ("JP",
    "Asia/Tokyo")), ("Россия", ("RU", None)),
    ("Italien", ("IT", "Europe/Rome")), ("Germania", ("DE", "Europe/Berlin")), ("Türkiye", ("TR", "Europe/Istanbul")),
    ("Paesi Bassi", ("NL", "Europe/Amsterdam")), ("Ungarn", ("HU", "Europe/Budapest")), ("Magyarország", ("HU",
    "Europe/Budapest")),
    ("TO", (None, None)), ("RS", (None, None)), ("IT", (None, None)), ("DE", (None, None)), ("GBR", (None, None)),
    ("CA", (None, None)), ("Georgia", (None, None)), ("London, Paris", (None, None)), ("Valencia", (None, None)),
    ("Narnia", (None, None)), ("remote", (None, None)), ("10115", (None, None)), ("Smallville, RS", (None, None)),
)  # fmt: skip

READINGS: Readings = {
    "languages": LANGUAGES,
    "areas": AREAS,
    "programming_languages": PROGRAMMING_LANGUAGES,
    "goals": GOALS,
    "years": YEARS,
    "hours_per_month": HOURS,
    "seats": SEATS,
    "mentors": MENTORS,
    "months_available": MONTHS,
    "experience": EXPERIENCE,
    "format": FORMATS,
    "location": LOCATIONS,
}
LISTS = {"languages", "areas", "programming_languages", "goals", "months_available"}
