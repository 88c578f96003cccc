"""Seed files: configuration in CSV, shipped with the program or the office's own.

A file of the folder ``SEED_DIR`` stands for the shipped one of its name, whole. Spreadsheets write
such files with separators, encodings and days of their own: they are read as any file that is
loaded, and what cannot be read is named with its row and column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TypeVar

from etl.errors import UserError
from etl.reading import read_file
from etl.reading.cells import cell_text
from etl.settings import SQL_DIR, load_settings

SHIPPED = SQL_DIR / "seed"
Read = TypeVar("Read")


class SeedRow(dict[str, str]):
    """The texts of one row by column, "" for blanks; ``number`` is its row in ``file``.

    What reads a text as something else raises UserError where it is none.
    """

    def __init__(self, file: str, number: int, texts: Mapping[str, str]) -> None:
        super().__init__(texts)
        self.file = file
        self.number = number

    def fault(self, column: str, wanted: str) -> UserError:
        """Return the error that asks for ``wanted`` in a column."""
        return UserError(
            f"Tệp cấu hình «{self.file}», dòng {self.number}, cột «{column}»: «{self[column]}» "
            f"không đọc được. Hãy ghi {wanted}."
        )

    def day(self, column: str) -> date:
        """Return a day, written 2025-07-01 or, as spreadsheets do, 01/07/2025."""
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(self[column], form).date()
            except ValueError:
                continue
        raise self.fault(column, "một ngày dạng 2025-07-01 hoặc 01/07/2025")

    def figure(self, column: str) -> Decimal:
        """Return a number, with a decimal point or comma."""
        try:
            found = Decimal(self[column].replace(",", "."))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite():
            raise self.fault(column, "một số, ví dụ 90,83")
        return found

    def whole(self, column: str) -> int:
        """Return a whole number."""
        found = self.figure(column)
        if found != int(found):
            raise self.fault(column, "một số nguyên")
        return int(found)

    def flag(self, column: str) -> bool:
        """Return whether a column says 1 and not 0."""
        return self.one_of(column, ("0", "1")) == "1"

    def optional(self, read: Callable[[str], Read], column: str) -> Read | None:
        """Return what ``read``, one of the above, finds in a column; None for a blank."""
        return read(column) if self[column] else None

    def one_of(self, column: str, words: tuple[str, ...]) -> str:
        """Return a text that is one of ``words``."""
        if self[column] not in words:
            raise self.fault(column, f"một trong: {', '.join(words)}")
        return self[column]


def seed_path(name: str) -> Path:
    """Return the file of the seed ``name``: the office's own, else the shipped one."""
    own = load_settings().seed_dir / f"{name}.csv"
    return own if own.is_file() else SHIPPED / f"{name}.csv"


def seed_paths() -> list[Path]:
    """Return the file of every seed, in the order of their names."""
    return [seed_path(path.stem) for path in sorted(SHIPPED.glob("*.csv"))]


@cache
def seed_rows(name: str) -> list[SeedRow]:
    """Return the rows of a seed.

    Raises:
        UserError: the file cannot be read, or lacks a column of the shipped one.
    """
    path = seed_path(name)
    header, rows = _table(path)
    shipped = header if path.parent == SHIPPED else _table(SHIPPED / path.name)[0]
    if missing := [column for column in shipped if column not in header]:
        raise UserError(
            f"Tệp cấu hình «{path.name}»: dòng đầu thiếu cột {', '.join(missing)}. Các cột thấy "
            f"được: {', '.join(header)}. Hãy ghi đủ các cột như tệp đi kèm chương trình."
        )
    return rows


def _table(path: Path) -> tuple[list[str], list[SeedRow]]:
    texts = read_file(path)[0].cells.map(cell_text)
    header = texts.iloc[0].tolist()
    return header, [
        SeedRow(path.name, int(number), dict(zip(header, row, strict=True)))
        for number, *row in texts.iloc[1:].itertuples(name=None)
    ]
