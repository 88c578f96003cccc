"""A file, however it was saved → sheets of raw cells with their true row numbers."""

from etl.reading.files import content_hash, read_file
from etl.reading.limits import Limits
from etl.reading.sheets import Note, Sheet
from etl.reading.table import RawTable, find_table

__all__ = ["Limits", "Note", "RawTable", "Sheet", "content_hash", "find_table", "read_file"]
