"""Bootstrap parts: Report objects in, Dash components out; no database, no computing."""
