"""A file, however it was saved → sheets of raw cells with their true row numbers."""

from etl.reading.files import read_file
from etl.reading.table import RawTable, Sheet, find_table

__all__ = ["RawTable", "Sheet", "find_table", "read_file"]
