"""Pure statistics over numpy arrays: intervals, control charts, rank ranges. No data access."""
