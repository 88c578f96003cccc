"""How much of a file is read at most, and the refusals of what cannot be read at all."""

from __future__ import annotations

from dataclasses import dataclass

from etl.errors import RefusedFile
from etl.reading.sheets import letters
from etl.settings import Settings

MEGABYTE = 1_000_000
SAVE_AS = (
    "Hãy mở tệp bằng Excel hoặc LibreOffice, chọn «Lưu thành» dạng .xlsx không đặt mật khẩu "
    "rồi nạp lại."
)


@dataclass(frozen=True)
class Limits:
    """The most that is read of a file: bytes as stored and expanded, rows, columns, cells.

    ``cells`` bounds the rectangle from the first cell to the last of a sheet, which is what
    reading it takes in memory however few of them are filled.
    """

    file_bytes: int = 100 * MEGABYTE
    expanded_bytes: int = 400 * MEGABYTE
    rows: int = 1_048_576
    columns: int = 1_000
    cells: int = 16_000_000

    @classmethod
    def from_settings(cls, settings: Settings) -> Limits:
        """Return the limits that are set."""
        return cls(
            file_bytes=settings.max_file_mb * MEGABYTE,
            expanded_bytes=settings.max_expanded_mb * MEGABYTE,
            rows=settings.max_rows,
            columns=settings.max_columns,
            cells=settings.max_cells,
        )

    def hold_rectangle(self, file: str, sheet: str, *, rows: int, columns: int) -> None:
        """Refuse a sheet that reaches too far: ``rows`` down and ``columns`` to the right."""
        if columns > self.columns:
            raise RefusedFile(
                file,
                sheet=sheet or None,
                reason=f"bảng rộng tới cột {letters(columns - 1)} (cột thứ {columns}), quá giới "
                f"hạn {self.columns} cột.",
                next_step="Hãy xóa các cột thừa ở bên phải bảng, hoặc nâng giới hạn MAX_COLUMNS.",
            )
        if rows > self.rows:
            raise RefusedFile(
                file,
                sheet=sheet or None,
                reason=f"bảng dài tới dòng {rows}, quá giới hạn {self.rows} dòng.",
                next_step="Hãy xóa các dòng thừa ở cuối bảng, chia tệp theo kỳ, hoặc nâng giới "
                "hạn MAX_ROWS.",
            )
        if rows * columns > self.cells:
            raise RefusedFile(
                file,
                sheet=sheet or None,
                reason=f"vùng có dữ liệu trải tới ô {letters(columns - 1)}{rows}, tức "
                f"{rows * columns} ô, quá giới hạn {self.cells} ô.",
                next_step="Hãy xóa các ô lẻ nằm xa bảng số liệu, chia tệp theo kỳ, hoặc nâng "
                "giới hạn MAX_CELLS.",
            )

    def hold_file(self, file: str, size: int) -> None:
        """Refuse a file that is too large as it is stored."""
        if size > self.file_bytes:
            raise RefusedFile(
                file,
                reason=f"tệp nặng {file_size(size)}, quá giới hạn {file_size(self.file_bytes)}.",
                next_step="Hãy chia tệp theo kỳ, bỏ hình ảnh trong tệp, hoặc nâng giới hạn "
                "MAX_FILE_MB.",
            )

    def hold_expanded(self, file: str, size: int) -> None:
        """Refuse a packed file that becomes too large when it is unpacked."""
        if size > self.expanded_bytes:
            raise RefusedFile(
                file,
                reason=f"nội dung nén bung ra tới {file_size(size)}, quá giới hạn "
                f"{file_size(self.expanded_bytes)}.",
                next_step="Hãy kiểm tra nguồn gốc của tệp; nếu tệp đúng là bảng số liệu lớn, hãy "
                "chia tệp theo kỳ hoặc nâng giới hạn MAX_EXPANDED_MB.",
            )


def file_size(size: int) -> str:
    """Return a size in bytes as people read it: 5,2 KB, 99,6 MB. Decimal units, as the limits."""
    unit, name = (MEGABYTE, "MB") if size >= MEGABYTE else (1000, "KB")
    return f"{max(size / unit, 0.1):.1f}".replace(".", ",").removesuffix(",0") + f" {name}"


def empty(file: str) -> RefusedFile:
    """Return the refusal of a file with nothing in it."""
    return RefusedFile(file, reason="tệp trống.", next_step="Hãy xuất lại tệp từ phần mềm nguồn.")


def unreadable(file: str) -> RefusedFile:
    """Return the refusal of a file that is no table, or a broken one."""
    return RefusedFile(
        file,
        reason="tệp không phải CSV hay bảng tính đọc được, hoặc đã hỏng.",
        next_step=SAVE_AS,
    )


def encrypted(file: str) -> RefusedFile:
    """Return the refusal of a file that opens only with a password."""
    return RefusedFile(
        file,
        reason="tệp đang đặt mật khẩu.",
        next_step="Hãy mở tệp bằng mật khẩu, bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc), "
        "lưu dạng .xlsx rồi nạp lại.",
    )


_EXPORT = "Hãy xuất số liệu ra Excel (.xlsx) hoặc CSV từ phần mềm nguồn rồi nạp tệp đó."


def wrong_kind(file: str, kind: str, *, next_step: str = _EXPORT) -> RefusedFile:
    """Return the refusal of a file of another kind, ``kind`` in Vietnamese words."""
    return RefusedFile(file, reason=f"đây là {kind}, loại tệp không nạp được.", next_step=next_step)
