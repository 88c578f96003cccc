"""Files that wait to be loaded: kept apart, looked at, then loaded or thrown away.

A waiting file belongs to whoever brought it. It is the only place where a file stands as it came,
personal data and all: nobody else can read the folder, and the file is gone once it is loaded,
dropped, or a day old. What was found in it is written beside it as JSON and holds nothing that
loading would not keep.
"""

from __future__ import annotations

import logging
import math
import os
import re
import secrets
import shutil
from collections.abc import Mapping as Mapped
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import Connection, Engine

from etl.audit import COMMAND_LINE, now
from etl.batches import is_demo, is_empty
from etl.catalogue.sources import require_source
from etl.errors import DatabaseFault, UserError
from etl.frames import plain_records
from etl.inspecting import InspectedSheet, Inspection, inspect_file
from etl.loading import Loaded, LoadedFile, load_file
from etl.mapping import Mapping, read_mapping
from etl.matching import recall, remember
from etl.proposed_mapping import quoted
from etl.settings import Settings
from etl.sources.proposing import LEVELS, QUESTIONS
from etl.version import data_version
from etl.warehouse import write_transaction

log = logging.getLogger(__name__)
KEPT_HOURS = 24
"""How long a file may wait."""
MOST_REJECTS = 20
"""Rejected rows that are shown before loading."""

_KEPT, _LOOK, _CHOICE = "file", "look.json", "choice.json"
_MAPPING, _CLAIMED = "mapping.toml", "claimed"
_NOT_IN_NAMES = set('<>:"/\\|?*')
_MOST_NAME_BYTES = 200
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}")

_LOOK_FORMAT = 2
"""What a look is made of; another number wherever another field is written or shown."""
_OTHER_FORMAT = (
    "Tệp này đã được xem thử bằng bản chương trình trước, kết quả ấy không còn dùng được. "
    "Hãy bấm «Xem thử lại»."
)


@dataclass(frozen=True)
class Choice:
    """What its owner has said of a file: its source, column → header, the days it speaks for."""

    source: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    covers_from: str = ""
    covers_to: str = ""
    as_of: str = ""
    is_by_hand: bool = False
    """Whether it is another than the file's own headers make of it."""
    is_recalled: bool = False
    """Whether it is what somebody has chosen for an earlier file with the same headers."""


@dataclass(frozen=True)
class Waiting:
    """A file that waits. ``look`` is what :func:`examine` has found, as plain values."""

    token: str
    name: str
    folder: Path
    look: dict[str, Any]
    choice: Choice

    @property
    def is_loadable(self) -> bool:
        """Whether it would be loaded as it is."""
        return bool(self.look["parts"]) and not self.look["refused"]

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.folder / _KEPT / self.name


def main_sheet(look: Mapped[str, Any]) -> dict[str, Any]:
    """Return the sheet of a look whose columns are matched: one that is read, with most rows."""
    found: dict[str, Any] = max(look["sheets"], key=lambda one: (bool(one["source"]), one["rows"]))
    return found


def matched_columns(sheet: Mapped[str, Any], *, with_guesses: bool) -> dict[str, str]:
    """Return which column of a looked-at sheet holds what, as its own headers say or suggest."""
    certain = ("sure", "guess") if with_guesses else ("sure",)
    return {
        one["canonical"]: one["header"]
        for one in sheet["proposals"]
        if one["certainty"] in certain and one["canonical"] not in (QUESTIONS, LEVELS)
    }


def _headers(look: Mapped[str, Any]) -> list[str]:
    return [one["header"] for one in main_sheet(look)["proposals"]] if look["sheets"] else []


def stage(root: Path, owner: int, name: str, stream: IO[bytes]) -> Waiting:
    """Keep what ``stream`` holds as a waiting file of ``owner``, under its own name."""
    sweep(root)
    token = secrets.token_hex(8)
    folder = _home(root, owner) / token
    folder.mkdir(mode=0o700, parents=True)
    waiting = Waiting(token, safe_name(name), folder, {}, Choice())
    waiting.path.parent.mkdir()
    with waiting.path.open("wb") as file:
        shutil.copyfileobj(stream, file)
    return waiting


def safe_name(name: str) -> str:
    """Return the last part of a name as a file may be called on every system."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join("_" if c in _NOT_IN_NAMES or not c.isprintable() else c for c in last)
    kept = kept.strip(" .")
    suffix = Path(kept).suffix
    if not _SUFFIX.fullmatch(suffix):
        suffix = ""
    # Systems count the bytes of a name, and a Vietnamese letter has up to three.
    stem = kept.removesuffix(suffix).encode()[: _MOST_NAME_BYTES - len(suffix)]
    return stem.decode(errors="ignore").strip(" .") + suffix or "khong-ten"


def find_waiting(root: Path, owner: int, token: str) -> Waiting | None:
    """Return a waiting file of ``owner``; None where it is not there, or being loaded."""
    if len(token) != 16 or not all(c in "0123456789abcdef" for c in token):
        return None
    folder = _home(root, owner) / token
    if (folder / _CLAIMED).exists():
        return None
    try:
        (path,) = (folder / _KEPT).iterdir()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return Waiting(token, path.name, folder, _look(folder, path), _choice(folder))


def list_waiting(root: Path, owner: int) -> list[Waiting]:
    """Return the waiting files of ``owner``, the last to come first."""
    sweep(root)
    home = _home(root, owner)
    if not home.is_dir():
        return []
    folders = sorted(home.iterdir(), key=_brought_at, reverse=True)
    found = (find_waiting(root, owner, folder.name) for folder in folders)
    return [waiting for waiting in found if waiting is not None]


def drop(waiting: Waiting) -> None:
    """Throw a waiting file away."""
    shutil.rmtree(waiting.folder, ignore_errors=True)


def sweep(root: Path) -> None:
    """Throw away what has waited for more than a day."""
    before = (datetime.now() - timedelta(hours=KEPT_HOURS)).timestamp()
    for folder in _uploads(root).glob("*/*"):
        if _brought_at(folder) < before:
            shutil.rmtree(folder, ignore_errors=True)


def _brought_at(folder: Path) -> float:
    """Return when a file came: the folder around it changes with each look, its own never.

    Infinity where it is gone: another may load it or throw it away at any moment.
    """
    for path in (folder / _KEPT, folder):
        with suppress(FileNotFoundError):
            return path.stat().st_mtime
    return math.inf


def choose(waiting: Waiting, choice: Choice) -> Waiting:
    """Note what the owner says of the file.

    Raises:
        UserError: a day is none, or the source or a column does not exist.
    """
    if choice.source:
        require_source(choice.source)
    for label, text in (
        ("Số liệu từ ngày", choice.covers_from),
        ("đến ngày", choice.covers_to),
        ("Tính đến ngày", choice.as_of),
    ):
        _day(label, text)
    if bool(choice.covers_from) != bool(choice.covers_to):
        raise UserError("Hãy điền cả hai ngày «Số liệu từ» và «đến», hoặc để trống cả hai.")
    is_by_hand = waiting.choice.is_by_hand or not _is_own(waiting.look, choice)
    choice = replace(choice, is_by_hand=is_by_hand)
    lines = [f'source = "{choice.source}"', "[columns]"]
    lines += [f"{name} = {quoted(header)}" for name, header in choice.columns.items() if header]
    mapping = waiting.folder / _MAPPING
    if choice.source:
        # What turns out to be no mapping does not take the place of one.
        draft = mapping.with_suffix(".tmp")
        draft.write_text("\n".join(lines) + "\n", encoding="utf-8")
        read_mapping(draft)
        draft.replace(mapping)
    else:
        mapping.unlink(missing_ok=True)
    _write(waiting.folder / _CHOICE, asdict(choice))
    return Waiting(waiting.token, waiting.name, waiting.folder, waiting.look, choice)


def _is_own(look: Mapped[str, Any], choice: Choice) -> bool:
    """Whether a file's own headers say what was chosen."""
    if not look.get("sheets"):
        return False
    sheet = main_sheet(look)
    sure = matched_columns(sheet, with_guesses=False)
    return sheet["source"] == choice.source and sure == choice.columns


def examine(
    engine: Engine, waiting: Waiting, *, settings: Settings, scope: tuple[str, ...] | None
) -> Waiting:
    """Look at a waiting file and try it out; what is found is kept beside it.

    The look holds its ``format``, ``kind``, ``size``, ``at`` (UTC, as ISO text),
    ``replaces_demo``, ``refused`` (why it cannot be loaded, else ""), ``sheets``, ``parts``
    (what loading would do) and ``is_recalled`` (its columns are matched as somebody has matched
    those of an earlier file with the same headers); of a file that is recognised also its
    ``sources`` and the ``version`` of their data before it was tried.
    """
    look = _blank_look(waiting.path, at=now())
    with engine.connect() as connection:
        holds_demo = not is_empty(connection) and is_demo(connection)
    try:
        mapping = _mapping(waiting)
        seen = inspect_file(waiting.path, settings=settings, mapping=mapping)
        look |= _seen(seen)
        with engine.connect() as connection:
            known = None if waiting.choice.source else recall(connection, _headers(look))
        if known is not None:
            source, columns = known
            again = replace(waiting.choice, source=source, columns=columns, is_recalled=True)
            waiting = choose(replace(waiting, look=look), again)
            mapping = _mapping(waiting)
            seen = inspect_file(waiting.path, settings=settings, mapping=mapping)
            look |= _seen(seen)
        if seen.is_recognised:
            look["sources"] = sorted({sheet.source for sheet in seen.sheets if sheet.source})
            with engine.connect() as connection:
                look["version"] = data_version(
                    connection, settings=settings, sources=look["sources"]
                )
            look["replaces_demo"] = holds_demo and not any(
                sheet.is_demo for sheet in seen.sheets if sheet.source
            )
            tried = _load(
                engine,
                waiting,
                settings=settings,
                scope=scope,
                mapping=mapping,
                replace_demo=look["replaces_demo"],
                dry_run=True,
            )
            look["parts"] = [_part(part) for part in tried.parts]
    except UserError as error:
        look["refused"] = str(error)
    look["is_recalled"] = waiting.choice.is_recalled
    _write(waiting.folder / _LOOK, look)
    kept = _look(waiting.folder, waiting.path)
    return Waiting(waiting.token, waiting.name, waiting.folder, kept, waiting.choice)


def load_waiting(
    engine: Engine,
    waiting: Waiting,
    *,
    settings: Settings,
    scope: tuple[str, ...] | None,
    replace_demo: bool = False,
    actor: str = COMMAND_LINE,
) -> LoadedFile:
    """Load a waiting file and throw it away; where it is refused, it waits on.

    Raises:
        UserError: it is being loaded already, or cannot be loaded.
    """
    claim = waiting.folder / _CLAIMED
    try:
        # Of two clicks, or two windows, one makes this file; the other finds it made.
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL))
    except (FileExistsError, FileNotFoundError) as error:
        raise UserError(f"Tệp «{waiting.name}» đang được nạp hoặc đã nạp xong.") from error
    try:
        loaded = _load(
            engine,
            waiting,
            settings=settings,
            scope=scope,
            mapping=_mapping(waiting),
            replace_demo=replace_demo,
            actor=actor,
        )
    except BaseException:
        claim.unlink(missing_ok=True)
        raise
    choice = waiting.choice
    if choice.is_by_hand:
        try:
            with write_transaction(engine, takes_turn=False) as connection:
                remember(
                    connection,
                    _headers(waiting.look),
                    source=choice.source,
                    columns=choice.columns,
                )
        except DatabaseFault as fault:
            # The file is loaded, whatever becomes of this.
            log.warning("the columns matched by hand were not kept", exc_info=fault)
    drop(waiting)
    return loaded


def is_outdated(connection: Connection, waiting: Waiting, *, settings: Settings) -> bool:
    """Whether the data of its sources have changed since a file was tried out."""
    look = waiting.look
    return bool(look["parts"]) and look["version"] != data_version(
        connection, settings=settings, sources=look["sources"]
    )


def _load(
    engine: Engine,
    waiting: Waiting,
    *,
    settings: Settings,
    scope: tuple[str, ...] | None,
    mapping: Mapping | None,
    replace_demo: bool,
    dry_run: bool = False,
    actor: str = COMMAND_LINE,
) -> LoadedFile:
    choice = waiting.choice
    first, last = _day("", choice.covers_from), _day("", choice.covers_to)
    return load_file(
        engine,
        waiting.path,
        settings=settings,
        mapping=mapping,
        as_of=_day("", choice.as_of),
        covers=(first, last) if first and last else None,
        replace_demo=replace_demo,
        dry_run=dry_run,
        scope=scope,
        actor=actor,
        # Whoever has just looked at what would come of it is shown a load of her own.
        is_read=True,
    )


def _mapping(waiting: Waiting) -> Mapping | None:
    path = waiting.folder / _MAPPING
    return read_mapping(path) if path.exists() else None


def _blank_look(path: Path, *, at: datetime) -> dict[str, Any]:
    return {
        "format": _LOOK_FORMAT,
        "kind": "",
        "size": path.stat().st_size,
        "at": at.isoformat(),
        "replaces_demo": False,
        "is_recalled": False,
        "refused": "",
        "sheets": [],
        "parts": [],
    }


def _seen(seen: Inspection) -> dict[str, Any]:
    return {"kind": seen.kind, "sheets": [_sheet(sheet) for sheet in seen.sheets]}


def _sheet(sheet: InspectedSheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "is_hidden": sheet.is_hidden,
        "header_row": sheet.header_row,
        "rows": sheet.rows,
        "source": sheet.source,
        "nearest": sheet.nearest,
        "missing": list(sheet.missing),
        "proposals": [asdict(proposal) for proposal in sheet.proposals],
        "problems": list(sheet.problems),
        "notes": list(sheet.notes),
        "head": {
            "columns": [str(name) for name in sheet.head.columns],
            "rows": [[str(value) for value in row] for row in sheet.head.to_numpy().tolist()],
        },
    }


def _part(part: Loaded) -> dict[str, Any]:
    counts = ("rows_read", "inserted", "updated", "unchanged", "rejected", "repeated", "removed")
    return {
        **{name: int(getattr(part, name)) for name in counts},
        "source": part.source,
        "sheet": part.sheet,
        "covered_from": part.covered_from,
        "covered_to": part.covered_to,
        "as_of": part.as_of,
        "warnings": [warned.words() for warned in part.warnings],
        "new_members": [asdict(member) for member in part.new_members],
        "rejects": plain_records(part.rejects.head(MOST_REJECTS)),
    }


def _day(label: str, text: str) -> date | None:
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date() if text.strip() else None
    except ValueError as error:
        raise UserError(
            f"{label}: «{text}» không phải là ngày. Hãy viết như 30/06/2024."
        ) from error


def _uploads(root: Path) -> Path:
    return root / "uploads"


def _home(root: Path, owner: int) -> Path:
    return _uploads(root) / str(int(owner))


def _look(folder: Path, path: Path) -> dict[str, Any]:
    """Return the look of a file; {} where it was never looked at.

    A file outlives the program that looked at it: of another format nothing is shown but that,
    ``is_stale``.
    """
    place = folder / _LOOK
    if not place.exists():
        return {}
    look = _read(place)
    if look.get("format") == _LOOK_FORMAT:
        return look
    at = datetime.fromtimestamp(place.stat().st_mtime, UTC).replace(tzinfo=None)
    return _blank_look(path, at=at) | {"refused": _OTHER_FORMAT, "is_stale": True}


def _choice(folder: Path) -> Choice:
    """Return what the owner has said of a file, nothing where it cannot be understood."""
    try:
        return Choice(**_read(folder / _CHOICE))
    except TypeError:
        return Choice()


def _read(path: Path) -> dict[str, Any]:
    try:
        found = orjson.loads(path.read_bytes()) if path.exists() else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, values: Mapped[str, Any]) -> None:
    # Whoever reads meanwhile finds the file as it was, never half of it.
    draft = path.with_suffix(".tmp")
    draft.write_bytes(orjson.dumps(values, default=str))
    draft.replace(path)
