"""Snapshots: the Reports of a period, frozen, rendered for people and for machines, and signed."""
