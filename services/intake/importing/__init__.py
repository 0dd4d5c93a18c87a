"""People from a spreadsheet: bytes in, people and a report per row out. It reads no database and writes nothing."""
