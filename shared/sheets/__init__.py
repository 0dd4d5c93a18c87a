"""Spreadsheets as people have them, CSV or xlsx: which kind a file is, where its header stands, and what its rows say.

It knows files, rows and columns. What a cell means, `shared.vocabulary` knows.
"""
