"""The five sources: their columns found, their rows cleaned, what the marts need derived."""

from etl.sources.front import clean_file
from etl.sources.model import Cleaned, KnownUnit, Warned

__all__ = ["Cleaned", "KnownUnit", "Warned", "clean_file"]
