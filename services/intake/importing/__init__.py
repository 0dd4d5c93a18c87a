"""Importing many people from a spreadsheet: a dry run with a report on every row, then slice by slice."""
