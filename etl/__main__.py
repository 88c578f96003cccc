"""The loading command line: load, demo, migrate, rebuild, check, alias, batches, backup, files."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table
from sqlalchemy import Engine

from etl import file_commands
from etl.anchor import open_warehouse
from etl.audit import note, write_restore
from etl.audit_words import lost_words
from etl.backup import backup, restore
from etl.batches import batches
from etl.catalogue.sources import SOURCES, require_source
from etl.checking import run_checks
from etl.console import REFUSED, err, out, run
from etl.demo import write_demo
from etl.dimensions import MEMBERS, dimension_words
from etl.entering import save_alias
from etl.errors import UserError
from etl.formats import day, local
from etl.frames import plain_records
from etl.inbox import is_left_out
from etl.loading import Loaded, load_file
from etl.mapping import read_mapping
from etl.marts import loaded_units
from etl.migration import is_migrated, open_migrated
from etl.owner import refuse_root
from etl.rebuilding import rebuild
from etl.settings import Settings, load_settings
from etl.tables import ACCEPTED
from etl.warehouse import write_transaction

app = typer.Typer(
    help="Nạp số liệu vào kho báo cáo.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _warehouse() -> tuple[Engine, Settings]:
    settings = load_settings()
    return open_migrated(settings), settings


def parse_day(text: str | None) -> date | None:
    """Return the day written as yyyy-mm-dd or dd/mm/yyyy; None for nothing.

    Raises:
        UserError: it is written otherwise.
    """
    if text is None:
        return None
    parts = text.split("/")
    try:
        return date.fromisoformat("-".join(reversed(parts)) if len(parts) == 3 else text)
    except ValueError as error:
        raise UserError(
            f"Ngày «{text}» không đọc được. Hãy viết dạng 30/06/2024 hoặc 2024-06-30."
        ) from error


def _covers(first: str | None, last: str | None) -> tuple[date, date] | None:
    start, end = parse_day(first), parse_day(last)
    if start is None and end is None:
        return None
    if start is None or end is None or start > end:
        raise UserError("Cần cho cả --covers-from và --covers-to, ngày đầu không sau ngày cuối.")
    return start, end


def expand(paths: list[Path]) -> list[Path]:
    """Return the files meant: a folder stands for its files, a pattern for what matches it.

    On Windows the shell leaves ``*.xlsx`` as it is. Names are taken in their order; hidden and lock
    files are left out.

    Raises:
        UserError: a folder or a pattern stands for no file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = [one for one in path.iterdir() if one.is_file()]
        elif any(sign in path.name for sign in "*?") and not path.exists():
            found = list(path.parent.glob(path.name))
        else:
            files.append(path)
            continue
        seen = sorted(one for one in found if not is_left_out(one.name))
        if not seen:
            raise UserError(
                f"Không có tệp nào trong «{path}». Hãy kiểm tra lại tên thư mục hoặc mẫu tên tệp."
            )
        files += seen
    return files


@app.command("load")
def load(
    files: Annotated[
        list[Path],
        typer.Argument(help="Các tệp XLSX, XLS, ODS, CSV, HTML, hoặc thư mục chứa chúng."),
    ],
    source: Annotated[
        str | None, typer.Option(help="Loại số liệu: " + ", ".join(SOURCES) + ".")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="Tệp ánh xạ .toml.")] = None,
    unit: Annotated[str | None, typer.Option(help="Mã đơn vị, khi tệp không ghi.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Số liệu tính đến ngày.")] = None,
    covers_from: Annotated[str | None, typer.Option(help="Số liệu phủ từ ngày.")] = None,
    covers_to: Annotated[str | None, typer.Option(help="Số liệu phủ đến ngày.")] = None,
    replace_demo: Annotated[
        bool, typer.Option("--replace-demo", help="Xóa dữ liệu minh họa trước khi nạp.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Chỉ cho biết sẽ nạp gì, không thay đổi gì.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="In kết quả dạng JSON.")] = False,
) -> None:
    """Nạp các tệp; mỗi tệp được nạp trọn hoặc không nạp gì."""
    if source is not None:
        require_source(source)
    until, covers = parse_day(as_of), _covers(covers_from, covers_to)
    adapt = read_mapping(mapping) if mapping else None
    engine, settings = _warehouse()
    results: list[dict[str, Any]] = []
    for path in expand(files):
        try:
            loaded = load_file(
                engine,
                path,
                settings=settings,
                source=source,
                mapping=adapt,
                unit=unit,
                as_of=until,
                covers=covers,
                replace_demo=replace_demo,
                dry_run=dry_run,
            )
        except UserError as error:
            results.append({"file": path.name, "status": "refused", "error": str(error)})
            if not as_json:
                err.print(str(error))
            continue
        for part in loaded.parts:
            status = "would_load" if dry_run else "loaded"
            results.append({"status": status, **_as_json(part)})
            if not as_json:
                _print_loaded(part, dry_run=dry_run)
    if as_json:
        sys.stdout.write(orjson.dumps(results, option=orjson.OPT_INDENT_2).decode() + "\n")
    if any(result["status"] == "refused" for result in results):
        raise typer.Exit(REFUSED)


def _as_json(loaded: Loaded) -> dict[str, Any]:
    facts = {
        name: value
        for name, value in loaded.__dict__.items()
        if name not in ("rejects", "warnings", "new_members", "since")
    }
    return {
        **facts,
        "rejects": plain_records(loaded.rejects),
        "warnings": [warned.__dict__ for warned in loaded.warnings],
        "new_members": [member.__dict__ for member in loaded.new_members],
    }


def _print_loaded(loaded: Loaded, *, dry_run: bool) -> None:
    sheet = f", trang tính «{loaded.sheet}»" if loaded.sheet else ""
    begun = "Chạy thử, chưa nạp" if dry_run else "Đã nạp"
    out.print(
        f"{begun} «{loaded.file}»{sheet} ({SOURCES[loaded.source].label}): đọc "
        f"{loaded.rows_read} dòng = {loaded.inserted} thêm mới + {loaded.updated} cập nhật "
        f"+ {loaded.unchanged} không đổi + {loaded.rejected} bị loại + {loaded.repeated} lặp "
        f"trong tệp. Số liệu từ {day(loaded.covered_from)}, tính đến {day(loaded.as_of)}."
        + ("" if dry_run else f" Lần nạp số {loaded.batch_id}."),
    )
    for member in loaded.new_members:
        words = dimension_words(member.dimension)
        out.print(f"  Mới thấy lần đầu, {words}: «{member.label}».")
    for warned in loaded.warnings:
        out.print(f"  Lưu ý: {warned.words()}")
    for row in plain_records(loaded.rejects.head(20)):
        value = "" if row["value"] is None else f", giá trị «{row['value']}»"
        out.print(f"  Dòng {row['row']}, cột «{row['column']}»{value}: {row['reason']}")
    if len(loaded.rejects) > 20:
        out.print(f"  … và {len(loaded.rejects) - 20} dòng bị loại khác.")


file_commands.register(app)


@app.command("demo")
def demo(
    directory: Annotated[Path, typer.Argument(help="Thư mục để ghi các tệp minh họa.")],
    seed: Annotated[int, typer.Option(help="Số gieo: đổi số này để có bộ số liệu khác.")] = 2024,
) -> None:
    """Ghi bộ tệp minh họa hai năm 2023–2024 (DỮ LIỆU MINH HỌA)."""
    with file_commands.writing(directory):
        paths = write_demo(directory, seed=seed)
    for path in paths:
        out.print(str(path))


@app.command("migrate")
def migrate_command() -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu."""
    _warehouse()
    out.print("Cơ sở dữ liệu đã ở phiên bản mới nhất.")


@app.command("rebuild")
def rebuild_command() -> None:
    """Tính lại các cột suy ra và các bảng tổng hợp, sau khi sửa lịch nghỉ hoặc bí danh."""
    engine, settings = _warehouse()
    units = rebuild(engine, settings=settings)
    out.print(f"Đã tính lại số liệu của {len(units)} đơn vị.")


@app.command("check")
def check() -> None:
    """Kiểm tra các đẳng thức của bảng tổng hợp."""
    engine, _ = _warehouse()
    with engine.connect() as connection:
        broken = run_checks(connection, units=loaded_units(connection))
    for rule in broken:
        err.print(f"Không khớp «{rule.check}», đơn vị {rule.unit}:")
        for row in rule.rows:
            cells = ", ".join(f"{name} {value}" for name, value in row.items())
            err.print(f"  {cells}")
    if broken:
        err.print(
            "Hãy chạy «python -m etl rebuild» rồi kiểm tra lại; nếu vẫn không khớp, hãy giữ một "
            "bản sao lưu và gửi các dòng trên cho người quản trị chương trình."
        )
        raise typer.Exit(1)
    out.print("Mọi kiểm tra đều khớp.")


@app.command("alias")
def alias(
    dimension: Annotated[str, typer.Argument(help="Loại: " + ", ".join(MEMBERS) + ".")],
    spelling: Annotated[str, typer.Argument(help="Cách viết cần gộp.")],
    canonical: Annotated[str, typer.Argument(help="Tên được giữ.")],
) -> None:
    """Gộp hai cách viết của một bộ phận, lĩnh vực hoặc thủ tục, không cần nạp lại tệp."""
    engine, _ = _warehouse()
    faults = save_alias(engine, dimension, spelling=spelling, canonical=canonical)
    if faults:
        raise UserError(" ".join(f"{fault.label}: {fault.reason}" for fault in faults))
    out.print(f"«{spelling}» nay được tính là «{canonical}».")


@app.command("batches")
def batches_command() -> None:
    """Liệt kê các lần nạp gần đây."""
    engine, _ = _warehouse()
    table = Table()
    names = ("Lần", "Nạp lúc", "Trạng thái", "Tệp", "Loại", "Đọc", "Thêm mới", "Cập nhật")
    for name in (*names, "Bị loại", "Đến ngày"):
        # In a narrow window a cell takes more lines, but loses nothing.
        table.add_column(name, overflow="fold")
    with engine.connect() as connection:
        for batch in batches(connection):
            table.add_row(
                str(batch["batch_id"]),
                f"{local(batch['loaded_at']):%d/%m/%Y %H:%M}",
                "đã nạp" if batch["status"] == ACCEPTED else "đã hoàn tác",
                batch["file"],
                SOURCES[batch["source"]].label,
                *(str(batch[name]) for name in ("rows_read", "inserted", "updated", "rejected")),
                day(batch["as_of"]),
            )
    out.print(table)


@app.command("backup")
def backup_command(target: Annotated[Path, typer.Argument(help="Tệp bản sao.")]) -> None:
    """Sao lưu cơ sở dữ liệu, trong lúc mọi người vẫn làm việc."""
    settings = load_settings()
    engine = open_warehouse(settings)
    with file_commands.writing(target):
        backup(settings.database_url, target)
    # A copy is also made before an older database is brought up to date, and then as it is.
    if is_migrated(engine):
        note(engine, "backup", target.name)
    out.print(f"Đã sao lưu vào {target}")


@app.command("restore")
def restore_command(
    source: Annotated[Path, typer.Argument(help="Tệp bản sao.")],
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    """Đưa cơ sở dữ liệu về đúng như bản sao; mọi thay đổi sau đó mất đi."""
    if not yes and not typer.confirm("Mọi số liệu hiện có sẽ được thay bằng bản sao. Tiếp tục?"):
        raise UserError("Chưa khôi phục gì.")
    settings = load_settings()
    refuse_root(settings.data_dir)
    restore(settings.database_url, source)
    engine = open_migrated(settings)
    with write_transaction(engine, takes_turn=False) as connection:
        before = write_restore(connection, source=source.name)
    out.print(f"Đã khôi phục từ {source}")
    if before.missing:
        out.print(f"Không còn {lost_words(before.missing)}, ghi sau bản sao lưu.")


if __name__ == "__main__":
    run(app)
