"""Measurements that are run by hand: their figures stand in the docs, with the command."""
