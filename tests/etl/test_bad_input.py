"""What cannot be loaded is refused in one sentence, and nothing of it is there afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import Engine, func, select

from dashboard.metrics import measure
from etl.dimensions import MEMBERS
from etl.entering import save_alias
from etl.errors import RefusedFile, UserError
from etl.loading import load_file
from etl.settings import Settings
from etl.tables import fact_dossier, fact_survey_answer, load_batch, load_reject
from tests.etl.loaders import dossiers, load_text, write

GOOD = {"Ngày tiếp nhận": "03/06/2024", "Ngày hẹn trả": "10/06/2024"}


def is_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return not any(
            connection.scalar(select(func.count()).select_from(table))
            for table in (load_batch, fact_dossier, fact_survey_answer, load_reject)
        )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("trong.csv", b"", ["«trong.csv»", "tệp trống", "xuất lại"]),
        ("la.csv", b"\x00\x01\x02 not a table", ["«la.csv»", "không phải CSV hay bảng tính"]),
        ("hong.xlsx", b"PK\x03\x04 broken", ["«hong.xlsx»", "không phải CSV hay bảng tính"]),
        ("cu.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, ["«cu.xls»", ".xlsx"]),
        ("tieude.csv", "Mã hồ sơ;Tên thủ tục;Bộ phận;Ngày tiếp nhận\n".encode(), ["dòng tiêu đề"]),
        ("khac.csv", b"a,b\n1,2\n", ["không nhận ra", "a, b", "--source"]),
    ],
)
def test_an_unreadable_file_is_refused_whole(
    engine: Engine, tmp_path: Path, name: str, content: bytes, words: list[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(RefusedFile) as refused:
        load_file(engine, path, settings=Settings.model_construct())
    message = str(refused.value)
    assert all(word in message for word in words), message
    assert message.endswith("Chưa có dòng nào được nạp.")
    assert is_empty(engine)


def test_a_missing_file_is_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match=r"«mat\.csv».*không mở được"):
        load_file(engine, tmp_path / "mat.csv", settings=Settings.model_construct())


def test_a_missing_column_is_named_with_the_names_it_may_have(
    engine: Engine, tmp_path: Path
) -> None:
    text = "Mã hồ sơ;Tên thủ tục;Ngày tiếp nhận;Trạng thái\nH1;Khai sinh;03/06/2024;\n"
    with pytest.raises(RefusedFile) as refused:
        load_text(engine, tmp_path, text)
    message = str(refused.value)
    assert "thiếu cột bắt buộc" in message
    assert "«Đơn vị xử lý»" in message
    assert "Phòng ban" in message
    assert is_empty(engine)


def test_a_wrong_sheet_is_refused_with_the_sheets_there_are(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "so.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Ghi chú", "Danh bạ"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Họ tên", "Chức vụ"])
            sheet.write_row(1, 0, ["A", "B"])
    with pytest.raises(RefusedFile) as refused:
        load_file(engine, path, settings=Settings.model_construct())
    assert "Ghi chú" in str(refused.value)
    assert "Danh bạ" in str(refused.value)


def test_rejected_rows_name_row_column_value_and_reason(engine: Engine, tmp_path: Path) -> None:
    text = dossiers(
        GOOD,
        {**GOOD, "Ngày hẹn trả": "hôm sau"},
        {**GOOD, "Ngày tiếp nhận": ""},
        {**GOOD, "Mã hồ sơ": ""},
        {**GOOD, "Số lần bổ sung": "hai"},
        {**GOOD, "Ngày tiếp nhận": "31/02/2024"},
    )
    loaded = load_text(engine, tmp_path, text)
    assert (loaded.rows_read, loaded.inserted, loaded.rejected) == (6, 1, 5)
    found = {row.row: (row.column, row.value) for row in loaded.rejects.itertuples(index=False)}
    assert found[3] == ("Ngày hẹn trả", "hôm sau")
    assert found[4][0] == "Ngày tiếp nhận"
    assert found[5][0] == "Mã hồ sơ"
    assert found[6] == ("Số lần bổ sung", "hai")
    assert found[7] == ("Ngày tiếp nhận", "31/02/2024")
    assert all(loaded.rejects["reason"].str.len() > 20)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(load_reject)) == 5


def test_a_file_whose_every_row_fails_is_refused(engine: Engine, tmp_path: Path) -> None:
    text = dossiers({**GOOD, "Ngày tiếp nhận": "xx"}, {**GOOD, "Ngày tiếp nhận": "yy"})
    with pytest.raises(RefusedFile) as refused:
        load_text(engine, tmp_path, text)
    message = str(refused.value)
    assert "mọi dòng (2) đều bị loại" in message
    assert "dòng 2" in message
    assert "«xx»" in message
    assert is_empty(engine)


LEVELS = "Kỳ,Tiêu chí,Rất hài lòng,Hài lòng,Bình thường,Không hài lòng,Rất không hài lòng\n"


@pytest.mark.parametrize(
    "text",
    [
        LEVELS + "06/2024,I,-1,30,20,8,30\n",
        "Mã phiếu,Ngày khảo sát,Tiêu chí,Mức độ\n1,05/06/2024,I,7\n",
        "Mã phiếu,Ngày khảo sát,I.1 Dễ tìm\n1,05/06/2024,7\n",
        "Mã PAKN,Phân loại,Ngày gửi,Trạng thái\n1,Quy định,x,Mới\n",
        "Năm,Đơn vị,Chỉ số\n2023,X. Hoài Châu Bắc,x\n",
        "Mã nhiệm vụ,Tháng,Kết quả\nI.9,06/2024,Đạt\n",
    ],
)
def test_a_table_of_any_kind_whose_every_row_fails_is_refused(
    engine: Engine, tmp_path: Path, text: str
) -> None:
    with pytest.raises(RefusedFile, match="mọi dòng"):
        load_text(engine, tmp_path, text)


def test_a_score_of_seven_rejects_its_whole_form(engine: Engine, tmp_path: Path) -> None:
    text = "Mã phiếu,Ngày khảo sát,I.1 Dễ tìm,V.1 Đúng hẹn\n1,05/06/2024,5,7\n2,05/06/2024,4,4\n"
    loaded = load_text(engine, tmp_path, text)
    assert (loaded.inserted, loaded.rejected) == (1, 1)
    reject = loaded.rejects.iloc[0]
    assert (reject["row"], reject["column"], reject["value"]) == (2, "V.1 Đúng hẹn", "7")
    assert "từ 1 đến 5" in reject["reason"]


def test_a_bad_score_in_one_answer_rejects_the_form_s_other_answers(
    engine: Engine, tmp_path: Path
) -> None:
    text = (
        "Mã phiếu,Ngày khảo sát,Tiêu chí,Mức độ\n"
        "1,05/06/2024,I,Hài lòng\n1,05/06/2024,II,9\n2,05/06/2024,I,Rất hài lòng\n"
    )
    loaded = load_text(engine, tmp_path, text)
    assert (loaded.rows_read, loaded.inserted, loaded.rejected) == (3, 1, 2)
    assert loaded.rejects["row"].tolist() == [2, 3]


def test_a_file_that_another_program_holds_open_is_refused(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, dossiers(GOOD))
    opened = Path.open

    def held(self: Path, *mode: Any, **options: Any) -> Any:
        if self == path:
            raise PermissionError(13, "held by another process")
        return opened(self, *mode, **options)

    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(RefusedFile, match="đóng tệp nếu đang mở trong Excel"):
        load_file(engine, path, settings=Settings.model_construct())


def test_an_unknown_unit_rejects_its_row(engine: Engine, tmp_path: Path) -> None:
    text = 'Năm,Đơn vị,Chỉ số hài lòng\n2023,X. Hoài Châu Bắc,"90,83"\n2023,X. Nơi Khác,88\n'
    loaded = load_text(engine, tmp_path, text)
    assert (loaded.inserted, loaded.rejected) == (1, 1)
    assert loaded.rejects.iloc[0]["value"] == "X. Nơi Khác"
    with pytest.raises(UserError, match="«99999» không có trong danh mục"):
        load_text(engine, tmp_path, dossiers(GOOD), unit="99999")


def test_an_event_in_the_future_is_rejected(engine: Engine, tmp_path: Path) -> None:
    text = dossiers(GOOD, {**GOOD, "Ngày kết thúc xử lý": "04/06/2094"})
    loaded = load_text(engine, tmp_path, text)
    assert loaded.rejects["column"].tolist() == ["Ngày kết thúc xử lý"]


def test_demonstration_and_real_data_are_never_mixed(engine: Engine, tmp_path: Path) -> None:
    invented = {**GOOD, "Bộ phận": "Phòng giả định", "Lĩnh vực": "Giả định"}
    demo = "DỮ LIỆU MINH HỌA\n" + dossiers(GOOD, invented)
    load_text(engine, tmp_path, demo, name="minh_hoa.csv")
    with pytest.raises(UserError, match="--replace-demo"):
        load_text(engine, tmp_path, dossiers(GOOD), name="that.csv")
    loaded = load_text(engine, tmp_path, dossiers(GOOD), name="that.csv", replace_demo=True)
    assert loaded.inserted == 1
    # What the demonstration called its departments and fields is gone with it.
    assert {(new.dimension, new.label) for new in loaded.new_members} == {
        ("department", "Tư pháp"),
        ("field", "Chứng thực"),
        ("procedure", "Chứng thực"),
    }
    with engine.connect() as connection:
        for table in MEMBERS.values():
            assert not {"Phòng giả định", "Giả định"} & set(
                connection.scalars(select(table.c.label))
            )
    with pytest.raises(UserError, match="dữ liệu minh họa, còn cơ sở dữ liệu"):
        load_text(engine, tmp_path, demo, name="minh_hoa.csv")


def test_what_counts_as_another_name_still_does_when_the_demonstration_is_gone(
    engine: Engine, tmp_path: Path
) -> None:
    demo = dossiers({**GOOD, "Bộ phận": "Tổ Nông – Lâm"}, {**GOOD, "Bộ phận": "NL"})
    load_text(engine, tmp_path, f"DỮ LIỆU MINH HỌA\n{demo}", name="minh_hoa.csv")
    # Another way to write the same name.
    save_alias(engine, "department", spelling="NL", canonical="tổ nông - lâm")
    real = dossiers({**GOOD, "Bộ phận": "NL"})
    load_text(engine, tmp_path, real, name="that.csv", replace_demo=True)
    with engine.connect() as connection:
        (row,) = measure(connection, "dossiers_received", by=("department",)).itertuples()
    assert row.department == "Tổ Nông – Lâm"
