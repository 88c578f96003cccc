"""Files in, a reporting schema out: reading, cleaning, loading and the catalogue of definitions."""
