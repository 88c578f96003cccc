"""Declared data: metrics, sources and tasks. The only place where a definition lives."""
