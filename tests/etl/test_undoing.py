"""Undoing a batch leaves nothing of it; what rests on it is named and stays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from etl.errors import UserError
from etl.loading import load_file
from etl.record import Key
from etl.recording import save_entry
from etl.settings import Settings
from etl.tables import dim_department, fact_dossier, load_batch, load_reject
from etl.undoing import CannotUndo, undo
from tests.etl.cleaning import workbook
from tests.etl.loaders import dossiers, load_text
from tests.etl.states import state

SETTINGS = Settings.model_construct()
ROW = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}
LATER = {**ROW, "Ngày hẹn trả": "12/06/2024"}
SURVEY = (
    "Ngày khảo sát;Tiêu chí;Rất hài lòng;Hài lòng;Bình thường;Không hài lòng;Rất không hài lòng\n"
)


def load(engine: Engine, folder: Path, *rows: dict[str, str], name: str = "a.csv") -> int:
    return load_text(engine, folder, dossiers(*rows), name=name).batch_id


def test_an_undone_batch_was_never_there(engine: Engine, tmp_path: Path) -> None:
    empty = state(engine)
    first = load(engine, tmp_path, ROW, {**ROW, "Mã hồ sơ": ""})
    before = state(engine)
    second = load(engine, tmp_path, LATER, {**ROW, "Bộ phận": "Địa chính mới"})
    assert state(engine) != before
    (done,) = undo(engine, [second])
    assert (done.deleted, done.restored, done.was_undone) == (1, 1, False)
    assert state(engine) == before
    undo(engine, [first])
    assert state(engine) == empty
    with engine.connect() as connection:
        assert set(connection.scalars(select(load_batch.c.status))) == {"undone"}
        assert all(connection.scalars(select(load_batch.c.undone_at)))
        assert connection.execute(select(load_reject)).all() == []


def test_undoing_again_does_nothing(engine: Engine, tmp_path: Path) -> None:
    batch = load(engine, tmp_path, ROW)
    undo(engine, [batch])
    before = state(engine)
    (again,) = undo(engine, [batch])
    assert again.was_undone
    assert state(engine) == before


def test_the_same_file_loads_again_after_it_was_undone(engine: Engine, tmp_path: Path) -> None:
    batch = load(engine, tmp_path, ROW)
    undo(engine, [batch])
    assert load_text(engine, tmp_path, dossiers(ROW), name="a.csv").inserted == 1


@pytest.mark.parametrize("later", [LATER, ROW])
def test_a_later_batch_that_changed_or_confirmed_a_row_stands_in_the_way(
    engine: Engine, tmp_path: Path, later: dict[str, str]
) -> None:
    first = load(engine, tmp_path, ROW)
    second = load(engine, tmp_path, later, name="sau.csv")
    before = state(engine)
    with pytest.raises(CannotUndo, match=rf"lần nạp số {second} \(«sau\.csv»\).*1 dòng"):
        undo(engine, [first])
    assert state(engine) == before
    undo(engine, [first, second])
    with engine.connect() as connection:
        assert connection.execute(select(fact_dossier)).all() == []


def test_batches_that_do_not_touch_are_undone_in_any_order(engine: Engine, tmp_path: Path) -> None:
    first = load(engine, tmp_path, ROW)
    load(engine, tmp_path, {**ROW, "Mã hồ sơ": "H9"}, name="b.csv")
    undo(engine, [first])
    with engine.connect() as connection:
        assert list(connection.scalars(select(fact_dossier.c.dossier_code))) == ["H9"]


def test_a_record_about_a_dossier_stands_in_the_way(engine: Engine, tmp_path: Path) -> None:
    batch = load(engine, tmp_path, ROW)
    key = Key("21646", "dossier", "cause", subject="H1")
    options = {"saved_by": "x", "at": datetime(2100, 1, 1)}
    save_entry(engine, key, "Thiếu chữ ký", base="", **options)
    with pytest.raises(CannotUndo, match=r"biên bản họp.*hồ sơ H1"):
        undo(engine, [batch])
    save_entry(engine, key, "", base="Thiếu chữ ký", **options)
    undo(engine, [batch])


def test_what_a_replacement_removed_comes_back(engine: Engine, tmp_path: Path) -> None:
    load_text(engine, tmp_path, SURVEY + "05/06/2024;I;3;2;1;0;0\n", name="a.csv")
    before = state(engine)
    loaded = load_text(engine, tmp_path, SURVEY + "05/06/2024;II;1;0;0;0;0\n", name="b.csv")
    assert loaded.removed == 6
    (done,) = undo(engine, [loaded.batch_id])
    assert (done.deleted, done.restored) == (1, 6)
    assert state(engine) == before


def test_what_puts_back_removed_rows_stands_in_the_way(engine: Engine, tmp_path: Path) -> None:
    long = "Mã phiếu;Ngày khảo sát;Tiêu chí;Mức độ\n1;05/06/2024;I;5\n2;05/06/2024;I;4\n"
    first = load_text(engine, tmp_path, long, name="a.csv").batch_id
    before = state(engine)
    replacing = load_text(engine, tmp_path, SURVEY + "05/06/2024;I;1;0;0;0;0\n", name="b.csv")
    assert replacing.removed == 2
    again = load_text(engine, tmp_path, long, name="c.csv")
    assert again.inserted == 2
    with pytest.raises(CannotUndo, match=rf"lần nạp số {again.batch_id} \(«c\.csv»\).*2 dòng"):
        undo(engine, [replacing.batch_id])
    undo(engine, [again.batch_id, replacing.batch_id])
    assert state(engine) == before
    undo(engine, [first])


def test_of_batches_of_other_units_nothing_is_told_or_taken_back(
    engine: Engine, tmp_path: Path
) -> None:
    header = "Mã hồ sơ;Tên thủ tục;Bộ phận;Ngày tiếp nhận;Mã đơn vị\n"
    own = "H1;Chứng thực;Tư pháp;03/06/2024;21646\n"
    first = load_text(engine, tmp_path, header + own, name="a.csv").batch_id
    other = own.replace("21646", "21649")
    both = load_text(engine, tmp_path, header + own + other, name="b.csv").batch_id
    ranking = "Năm;Xã/phường;Chỉ số hài lòng\n2023;X. Hoài Châu Bắc;90,83\n"
    published = load_text(engine, tmp_path, ranking, name="c.csv", unit="21649").batch_id
    scope = ("21646",)
    for batch, words in (
        (both, f"Không có lần nạp số {both}"),
        (first, f"lần nạp số {both} sau đó có 1 dòng"),
        (published, "không được hoàn tác"),
    ):
        with pytest.raises(UserError, match=words) as refused:
            undo(engine, [batch], scope=scope)
        assert "b.csv" not in str(refused.value)
    undo(engine, [both, first, published])


def test_a_spelling_goes_with_its_only_batch_unless_an_image_names_it(
    engine: Engine, tmp_path: Path
) -> None:
    """The first file brings two spellings; of one a later file's image still tells."""
    with engine.connect() as connection:
        before = set(connection.scalars(select(dim_department.c.label)))
    lone, shared = {**ROW, "Bộ phận": "Tư fáp"}, {"Bộ phận": "Địa chính mới"}
    first = load(engine, tmp_path, lone, {**ROW, **shared})
    load(engine, tmp_path, {**ROW, **shared, "Mã hồ sơ": "H3"}, name="b.csv")
    load(engine, tmp_path, {**ROW, "Mã hồ sơ": "H3"}, name="c.csv")
    undo(engine, [first])
    with engine.connect() as connection:
        labels = set(connection.scalars(select(dim_department.c.label)))
    assert labels - before == {shared["Bộ phận"], "Tư pháp"}


def test_the_sheets_of_a_file_are_undone_together_or_not_at_all(
    engine: Engine, tmp_path: Path
) -> None:
    header = ["Mã hồ sơ", "Thủ tục", "Bộ phận", "Ngày nhận"]
    path = workbook(
        tmp_path,
        {
            "a": [header, ["H1", "x", "y", "03/06/2024"]],
            "b": [header, ["H2", "x", "y", "04/06/2024"]],
        },
    )
    empty = state(engine)
    parts = load_file(engine, path, settings=SETTINGS).parts
    for unknown in (99, 9**30, -(9**30)):
        with pytest.raises(UserError, match=f"Không có lần nạp số {unknown}"):
            undo(engine, [*(part.batch_id for part in parts), unknown])
    with engine.connect() as connection:
        assert len(connection.execute(select(fact_dossier)).all()) == 2
    undo(engine, [part.batch_id for part in parts])
    assert state(engine) == empty


@pytest.mark.parametrize(
    ("speaks_for_june", "changed"), [(True, [True, False]), (False, [True] * 2)]
)
def test_days_that_a_later_file_also_covers_now_count_as_its_own(
    engine: Engine, tmp_path: Path, speaks_for_june: bool, changed: list[bool]
) -> None:
    """Without the first file the next that speaks for June would have been the first to do so."""
    title = "Từ ngày 01/06/2024 đến ngày 30/06/2024\n"
    earlier = load_text(engine, tmp_path, title + dossiers(ROW), name="a.csv")
    apart = dossiers({**ROW, "Mã hồ sơ": "H5"})
    load_text(engine, tmp_path, (title if speaks_for_june else "") + apart, name="b.csv")
    load_text(engine, tmp_path, title + apart, name="c.csv")
    undo(engine, [earlier.batch_id])
    with engine.connect() as connection:
        query = select(load_batch.c.has_changed).where(load_batch.c.status == "accepted")
        assert list(connection.scalars(query.order_by(load_batch.c.batch_id))) == changed


def test_a_dry_run_says_what_loading_does_and_does_nothing(engine: Engine, tmp_path: Path) -> None:
    load(engine, tmp_path, ROW)
    before = state(engine)
    path = tmp_path / "b.csv"
    path.write_text(dossiers(LATER, {**ROW, "Mã hồ sơ": "H2"}, {"Mã hồ sơ": "H3"}), "utf-8-sig")
    told = load_file(engine, path, settings=SETTINGS, dry_run=True)
    assert told.is_dry_run
    assert state(engine) == before
    done = load_file(engine, path, settings=SETTINGS)
    names = ("rows_read", "inserted", "updated", "unchanged", "rejected", "repeated")
    assert [told.total(name) for name in names] == [done.total(name) for name in names]
    assert [told.total(name) for name in names] == [3, 1, 1, 0, 1, 0]
