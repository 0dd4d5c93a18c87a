"""Cells: one deployment of the services each, described by a folder of manifests."""
