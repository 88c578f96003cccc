"""Every number anyone sees: metrics, reports, figures and pages over the reporting schema."""
