"""The commands about files and batches: inspect, template, rejects, undo."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from xlsxwriter.exceptions import FileCreateError

from etl.audit import note
from etl.catalogue.sources import SOURCES, require_source
from etl.console import out
from etl.errors import UserError, refusal_words
from etl.formats import day
from etl.inspecting import InspectedSheet, Inspection, frame_json, inspect_file
from etl.mapping import Mapping, read_mapping
from etl.migration import open_migrated
from etl.proposed_mapping import mapping_text
from etl.reading.limits import file_size
from etl.rejects import write_rejects
from etl.settings import load_settings
from etl.sources.ledger import shown
from etl.templates import write_templates
from etl.undoing import undo


def register(app: typer.Typer) -> None:
    """Add the commands of this module to ``app``."""
    app.command("inspect")(inspect)
    app.command("template")(template)
    app.command("rejects")(rejects)
    app.command("undo")(undo_command)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folder that ``path`` is written into, and say so where the disk refuses.

    Raises:
        UserError: nothing can be written there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except (OSError, FileCreateError) as error:
        reason = refusal_words(error if isinstance(error, OSError) else error.args[0])
        raise UserError(
            f"Không ghi được «{path}»: {reason}. Hãy chọn nơi khác, hoặc sửa quyền của thư mục rồi "
            "chạy lại."
        ) from error


def inspect(
    file: Annotated[Path, typer.Argument(help="Tệp cần xem.")],
    source: Annotated[
        str | None, typer.Option(help="Loại số liệu: " + ", ".join(SOURCES) + ".")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="Tệp ánh xạ .toml.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Chỉ xem trang tính này.")] = None,
    frame: Annotated[
        str | None, typer.Option(help="In nguyên bảng đọc được: json. Không che dữ liệu cá nhân.")
    ] = None,
    write_mapping: Annotated[
        Path | None, typer.Option(help="Ghi một tệp ánh xạ để sửa tiếp.")
    ] = None,
) -> None:
    """Xem tệp là gì, cột nào nhận ra, tháng nào có số liệu, chỗ nào sai; không nạp gì."""
    settings = load_settings()
    if source is not None:
        require_source(source)
    if frame is not None:
        if frame != "json":
            raise UserError(f"Không in được bảng dạng «{frame}». Dạng được nhận: json.")
        # Bytes: whatever the encoding of the console, the file is UTF-8.
        sys.stdout.buffer.write(frame_json(file, settings=settings, sheet=sheet))
        return
    adapt = read_mapping(mapping) if mapping else None
    inspection = inspect_file(file, settings=settings, source=source, mapping=adapt, sheet=sheet)
    _print_inspection(inspection)
    if write_mapping is not None:
        _write_mapping(inspection, write_mapping, known=adapt)


def _print_inspection(inspection: Inspection) -> None:
    size = file_size(inspection.size)
    out.print(f"«{inspection.file}»: {inspection.kind}, {size}.")
    if not inspection.sheets:
        out.print("Không có bảng số liệu nào trong tệp.")
    for sheet in inspection.sheets:
        _print_sheet(sheet)


def _print_sheet(sheet: InspectedSheet) -> None:
    name = f"Trang tính «{sheet.name}»" if sheet.name else "Bảng"
    hidden = " (đang ẩn)" if sheet.is_hidden else ""
    what = (
        f"nhận ra là {sheet.source} ({SOURCES[sheet.source].label})"
        if sheet.source
        else "chưa nhận ra loại"
    )
    out.print(
        f"\n{name}{hidden}: {what}; dòng tiêu đề {sheet.header_row}, {sheet.rows} dòng số liệu.",
    )
    if sheet.covered_from and sheet.covered_to and sheet.as_of:
        out.print(
            f"  Số liệu từ {day(sheet.covered_from)} đến {day(sheet.covered_to)}, tính đến "
            f"{day(sheet.as_of)}.",
        )
    for proposal in sheet.proposals:
        words = {
            "sure": f"→ {proposal.canonical} ({proposal.label})",
            "guess": f"→ có thể là {proposal.canonical} ({proposal.label})? cần tệp ánh xạ",
            "none": "không nạp",
        }[proposal.certainty]
        others = f"; cũng giống {', '.join(proposal.others)}" if proposal.others else ""
        out.print(f"  Cột «{shown(proposal.header)}» {words}{others}")
    for _, row in sheet.head.iterrows() if len(sheet.head.columns) else ():
        cells = " | ".join(f"{name}: {value}" for name, value in row.items() if value)
        out.print(f"  Dòng {row.name}: {cells}")
    for told in sheet.notes:
        out.print(f"  Lưu ý: {told}")
    for problem in sheet.problems:
        out.print(f"  Cần xem: {problem}")


def _write_mapping(inspection: Inspection, path: Path, *, known: Mapping | None) -> None:
    if not inspection.sheets:
        raise UserError(f"Tệp «{inspection.file}» không có bảng nào để viết tệp ánh xạ.")
    if path.exists():
        raise UserError(f"Đã có tệp «{path.name}». Hãy chọn tên khác để không ghi đè.")
    sheet = max(inspection.sheets, key=lambda one: (bool(one.source), one.rows))
    if not sheet.nearest:
        raise UserError(f"Chưa biết «{inspection.file}» là loại số liệu nào. Hãy nêu --source.")
    text = mapping_text(sheet, has_other_sheets=len(inspection.sheets) > 1, known=known)
    with writing(path):
        path.write_text(text, encoding="utf-8")
    out.print(f"\nĐã ghi tệp ánh xạ «{path.name}».")


def template(
    sources: Annotated[
        list[str] | None, typer.Argument(help="Loại số liệu; bỏ trống là mọi loại.")
    ] = None,
    to: Annotated[Path, typer.Option("--out", help="Thư mục để ghi.")] = Path(),
) -> None:
    """Ghi tệp Excel mẫu để điền: có danh sách chọn, ô ngày, một dòng ví dụ và hướng dẫn."""
    for source in sources or []:
        require_source(source)
    with writing(to):
        paths = write_templates(to, sources or list(SOURCES))
    for path in paths:
        out.print(str(path))


def rejects(
    batch: Annotated[int, typer.Argument(help="Số của lần nạp.")],
    to: Annotated[Path, typer.Option("--out", help="Tệp .xlsx để ghi.")],
) -> None:
    """Ghi các dòng bị loại của một lần nạp ra Excel, sửa xong nạp lại được."""
    if to.suffix.lower() != ".xlsx":
        raise UserError(f"Tệp «{to.name}» cần có đuôi .xlsx.")
    settings = load_settings()
    engine = open_migrated(settings)
    with writing(to), engine.connect() as connection:
        count = write_rejects(connection, batch, to, own_unit=settings.unit)
    note(engine, "export", str(batch), form="rejects.xlsx")
    out.print(f"Đã ghi {count} dòng bị loại vào «{to}».")


def undo_command(
    numbers: Annotated[list[int], typer.Argument(metavar="BATCH…", help="Số của các lần nạp.")],
) -> None:
    """Hoàn tác một hay nhiều lần nạp; từ chối khi số liệu nạp sau dựa vào nó."""
    for one in undo(open_migrated(load_settings()), numbers):
        if one.was_undone:
            out.print(f"Lần nạp số {one.batch_id} đã được hoàn tác từ trước.")
            continue
        out.print(
            f"Đã hoàn tác lần nạp số {one.batch_id} («{one.file}»): xóa {one.deleted}, trả lại "
            f"như cũ {one.restored}.",
        )
