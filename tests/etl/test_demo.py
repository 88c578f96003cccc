"""The demonstration files: the same for the same seed, plausible, marked, and with every story."""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import etl.demo
from etl.catalogue.sources import DOSSIER, FEEDBACK, RANKING, SURVEY, TASK_REPORT, Source
from etl.demo import STORIES, demo_exports, write_demo
from etl.demo.procedures import PROCEDURES
from etl.demo.workbook import Export
from etl.normalise import label_key
from etl.privacy import redact_series
from etl.seeding import working_calendar
from etl.seeds import seed_rows
from etl.settings import Settings

SEEDS = [pytest.param(seed, marks=[pytest.mark.slow] if seed >= 4 else []) for seed in range(24)]
MARK = "DỮ LIỆU MINH HỌA"
END = pd.Timestamp(2024, 12, 31, 23, 59, 59)
KINDS = {
    "01_ho_so": DOSSIER,
    "02_phan_anh": FEEDBACK,
    "03_khao_sat": SURVEY,
    "04_xep_hang": RANKING,
    "05_nhiem_vu": TASK_REPORT,
}
CALENDAR = working_calendar(Settings.model_construct())
MINUTE = pd.Timedelta(minutes=1)


@pytest.fixture(scope="module")
def files(demo_files: list[Path]) -> list[Path]:
    return demo_files


def rows_of(path: Path) -> list[list[object]]:
    if path.suffix == ".csv":
        text = path.read_bytes().decode("utf-8-sig")
        return [list(row) for row in csv.reader(text.splitlines(), delimiter=";")]
    return pd.read_excel(path, header=None, engine="calamine").astype(object).values.tolist()


def canonical(frame: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Rename their headers to ours and read their dates."""
    names = {word: column.name for column in source.columns for word in column.synonyms}
    frame = frame.rename(columns=names)
    for column in source.columns:
        if column.kind in ("datetime", "date") and column.name in frame:
            text = frame[column.name]
            if not pd.api.types.is_datetime64_any_dtype(text):
                moments = pd.to_datetime(text, format="%d/%m/%Y %H:%M", errors="coerce")
                days = pd.to_datetime(text, format="%d/%m/%Y", errors="coerce")
                frame[column.name] = moments.fillna(days)
                assert frame[column.name].notna().equals(text.notna())
    return frame


@cache
def exports(seed: int) -> list[Export]:
    return demo_exports(seed=seed)


@cache
def frames(seed: int, kind: str) -> list[pd.DataFrame]:
    """What the files of one kind hold, in loading order."""
    return [
        canonical(export.frame, KINDS[kind])
        for export in exports(seed)
        if export.name.startswith(kind)
    ]


def dossiers(seed: int, *, before_the_last: bool = False) -> pd.DataFrame:
    """One row per dossier as the files leave it; the last file is the one with reset dates."""
    files = frames(seed, "01_ho_so")[: -1 if before_the_last else None]
    rows = pd.concat(files).drop_duplicates("dossier_code", keep="last", ignore_index=True)
    closed_at = rows["finished_at"].fillna(rows["returned_at"])
    is_over = rows["status"].isin(
        ["Không được tiếp nhận", "Công dân yêu cầu rút hồ sơ", "Dừng xử lý"]
    )
    return rows.assign(
        department=rows["department"].map(label_key),
        closed_on=closed_at.dt.normalize().where(~is_over),
        due_on=rows["due_at"].dt.normalize(),
        is_open=rows["received_at"].notna() & closed_at.isna() & ~is_over,
    )


def late_rate(rows: pd.DataFrame) -> float:
    judged = rows[rows["closed_on"].notna() & rows["due_on"].notna()]
    return float((judged["closed_on"] > judged["due_on"]).mean())


def month_of(times: pd.Series) -> pd.Series:
    return times.dt.strftime("%Y-%m")


def answers(seed: int) -> pd.DataFrame:
    """One row per form and question, scored 1–5, blanks dropped."""
    words = {
        "Rất hài lòng": 5,
        "Hài lòng": 4,
        "Bình thường": 3,
        "Không hài lòng": 2,
        "Rất không hài lòng": 1,
    }
    rows = pd.concat(frames(seed, "03_khao_sat"), ignore_index=True)
    questions = [name for name in rows if re.match(r"[IV]+\.\d\. ", str(name))]
    long = rows.melt(["response_id", "answered_on"], questions, "question", "score").dropna()
    return long.assign(
        score=long["score"].replace(words).astype(int),
        criterion=long["question"].str.extract(r"^([IV]+)\.", expand=False),
        month=month_of(long["answered_on"]),
    )


# The files ------------------------------------------------------------------------------------


def test_one_seed_gives_the_same_bytes_and_another_gives_others(
    files: list[Path], tmp_path: Path
) -> None:
    again = write_demo(tmp_path / "again", seed=2024)
    other = write_demo(tmp_path / "other", seed=7)
    assert [path.name for path in again] == [path.name for path in files]
    assert [path.name for path in other] == [path.name for path in files]
    for ours, same, different in zip(files, again, other, strict=True):
        assert ours.read_bytes() == same.read_bytes()
        assert ours.read_bytes() != different.read_bytes()


def test_the_files_are_listed_in_loading_order(files: list[Path]) -> None:
    assert files == sorted(files)
    assert {path.name[:2] for path in files} == {"01", "02", "03", "04", "05"}
    assert "03_khao_sat_2024_08.xlsx" not in [path.name for path in files]


def test_every_file_says_that_it_is_invented(files: list[Path]) -> None:
    for path in files:
        titles = [str(row[0]) for row in rows_of(path)[:5]]
        assert any(title.startswith(MARK) for title in titles), path.name
        assert any(title.startswith("Từ ngày ") for title in titles), path.name


def test_files_hold_what_the_exports_say(files: list[Path]) -> None:
    for path, export in zip(files, exports(2024), strict=True):
        rows = rows_of(path)
        header = next(number for number, row in enumerate(rows) if row[0] == "STT")
        assert rows[header] == list(export.frame.columns)
        written = rows[header + 1 : header + 1 + len(export.frame)]
        assert [str(row[1]) for row in written] == export.frame.iloc[:, 1].astype(str).tolist()
        rest = rows[header + 1 + len(export.frame) :]
        assert [row[0] for row in rest] == ([export.total] if export.total else [])


def test_every_header_but_the_running_number_is_known_to_its_source() -> None:
    for export in exports(2024):
        source = next(s for kind, s in KINDS.items() if export.name.startswith(kind))
        words = {word for column in source.columns for word in column.synonyms}
        unknown = [name for name in export.frame if name not in words | {"STT"}]
        if source is SURVEY:
            unknown = [
                name for name in unknown if not re.match(r"(I{1,3}|IV|VI?)\.\d\. ", str(name))
            ]
        if source is TASK_REPORT:
            unknown.remove("Nội dung")
        assert unknown == [], export.name
        required = {column.name for column in source.columns if column.required}
        assert required - set(canonical(export.frame, source)) <= {"score"}, export.name


def test_dates_are_text_in_some_files_and_date_cells_in_others() -> None:
    kinds = {
        pd.api.types.is_datetime64_any_dtype(export.frame.iloc[:, 2])
        for export in exports(2024)
        if export.name.startswith("03_khao_sat")
    }
    assert kinds == {True, False}


def test_nothing_reads_the_clock() -> None:
    folder = Path(etl.demo.__file__).parent
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    assert not re.search(r"\b(now|today|utcnow|time|perf_counter|monotonic)\(\)", code)
    assert "default_rng()" not in code


def test_there_is_no_personal_data_and_no_real_neighbour() -> None:
    own = "X. Hoài Châu Bắc"
    neighbours = [row["name"] for row in seed_rows("units") if row["name"] != "Hoài Châu Bắc"]
    for seed in (2024, 1):
        for kind in KINDS:
            for frame in frames(seed, kind):
                for name in frame.select_dtypes(["object", "string"]):
                    texts = pd.Series(frame[name].dropna().astype(str).unique())
                    assert (redact_series(texts) == texts).all()
        for frame in frames(seed, "04_xep_hang"):
            others = frame.loc[frame["unit"] != own, "unit"]
            assert others.str.endswith("(minh họa)").all()
            assert not others.str[3:].str.removesuffix(" (minh họa)").isin(neighbours).any()


def test_demo_units_are_sixteen_and_marked() -> None:
    rows = seed_rows("demo_units")
    assert [row["code"] for row in rows] == [f"MH{number:02}" for number in range(1, 17)]
    assert all(row["name"].endswith("(minh họa)") for row in rows)
    assert list(rows[0]) == list(seed_rows("units")[0])


# A plausible office ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [2024, 1, 2])
def test_the_office_is_plausible(seed: int) -> None:
    rows = dossiers(seed)
    assert rows["department"].nunique() == 6
    assert 15 <= rows["procedure_name"].nunique() <= 25

    resolved = month_of(rows["closed_on"]).value_counts().sort_index()
    usual = resolved.drop(["2023-01", "2023-02", "2024-02"])
    assert usual.between(255, 370).all()
    assert 295 <= usual.mean() <= 330
    assert resolved["2024-02"] < 260

    received = rows[rows["received_at"].notna()]
    online = received["channel"].eq("Trực tuyến").groupby(month_of(received["received_at"])).mean()
    assert 0.4 < online[:3].mean() < 0.5
    assert 0.55 < online["2024-01":].mean() < 0.65

    story = STORIES["slipping_department"]
    is_story = rows["department"].eq(label_key(story.where[0])) & month_of(rows["closed_on"]).isin(
        story.months
    )
    assert 0.006 < late_rate(rows[~is_story]) < 0.02

    assert 105 <= rows["is_open"].sum() <= 165
    overdue = rows["is_open"] & (rows["due_on"] < END.normalize())
    assert 6 <= overdue.sum() <= 8
    assert rows["rating3"].notna().mean() > 0.05
    assert 0 < (rows["due_on"].isna() & rows["received_at"].notna()).mean() < 0.02
    statuses = set(rows["status"].dropna())
    assert {
        "Mới đăng ký",
        "Không được tiếp nhận",
        "Đang xử lý",
        "Công dân yêu cầu rút hồ sơ",
        "Đã xử lý xong",
        "Đã trả kết quả",
    } <= statuses


@pytest.mark.parametrize("seed", [2024, 1, 2])
def test_every_life_is_in_order(seed: int) -> None:
    rows = dossiers(seed, before_the_last=True)
    events = DOSSIER.event_columns
    assert rows[list(events)].max().max() <= END
    assert rows["dossier_code"].str.fullmatch(r"000\.00\.36\.H08-\d{6}-\d{4}").all()
    code_day = pd.to_datetime(rows["dossier_code"].str[14:20], format="%y%m%d")
    assert (code_day == rows["submitted_at"].dt.normalize()).all()

    has_time = rows["submitted_at"] != rows["submitted_at"].dt.normalize()
    for earlier, later in (
        ("submitted_at", "received_at"),
        ("received_at", "finished_at"),
        ("finished_at", "returned_at"),
        ("submitted_at", "supplement_requested_at"),
        ("supplement_requested_at", "supplemented_at"),
    ):
        both = rows[earlier].notna() & rows[later].notna()
        assert (rows.loc[both, earlier] <= rows.loc[both, later]).all(), (earlier, later)
    for column in ("received_at", "finished_at", "returned_at", "due_at"):
        assert CALENDAR.is_working(rows[column].dropna()).all(), column

    days = rows["procedure_name"].map({p.name: p.days for p in PROCEDURES})
    dated = rows["due_at"].notna() & rows["received_at"].notna()
    expected = CALENDAR.add_working_days(rows.loc[dated, "received_at"], days[dated])
    assert (rows.loc[dated, "due_on"] == expected).all()
    limited = rows["intake_due_at"].notna()
    assert (rows["channel"].eq("Trực tuyến") | rows["channel"].isna())[limited].all()
    limit = CALENDAR.add_working_hours(rows.loc[limited & has_time, "submitted_at"], 8)
    assert (limit == rows.loc[limit.index, "intake_due_at"]).all()

    unreceived = rows["received_at"].isna()
    assert set(rows.loc[unreceived, "status"]) <= {"Mới đăng ký", "Không được tiếp nhận"}


def test_a_dossier_only_gains_dates_from_file_to_file() -> None:
    """But for the last file, which resets due dates."""
    for earlier, later in pairwise(frames(2024, "01_ho_so")[:-1]):
        both = earlier.merge(later, on="dossier_code", suffixes=("", "_later"))
        assert len(both) > 50
        for column in (*DOSSIER.event_columns, "due_at"):
            known = both[column].notna()
            assert (both.loc[known, column] == both.loc[known, f"{column}_later"]).all(), column


@pytest.mark.parametrize("seed", [2024, 1, 2])
def test_feedback_is_plausible(seed: int) -> None:
    rows = pd.concat(frames(seed, "02_phan_anh")).drop_duplicates("feedback_code", keep="last")
    assert month_of(rows["sent_at"]).value_counts().between(8, 14).all()
    assert rows["category"].nunique() == 2
    assert rows["channel"].nunique() == 4
    dates = rows[["sent_at", "answered_at", "published_at"]]
    assert dates.max().max() <= END
    answered = rows[rows["answered_at"].notna()]
    assert (answered["answered_at"] >= answered["sent_at"].dt.normalize()).all()
    published = rows[rows["published_at"].notna()]
    assert (published["published_at"] >= published["answered_at"]).all()
    since = answered["transferred_at"].fillna(answered["sent_at"])
    on_time = answered["answered_at"] <= CALENDAR.add_working_days(since, 15)
    assert 0.85 < on_time.mean() < 1


@pytest.mark.parametrize("seed", [2024, 1, 2])
def test_the_ranking_has_our_real_place_and_holes(seed: int) -> None:
    first, second = frames(seed, "04_xep_hang")
    own = first[first["unit"] == "X. Hoài Châu Bắc"].iloc[0]
    assert (own["index_pct"], own["rank"], own["total_units"]) == ("90,83", 3, 17)
    assert own["decision_no"] == "1410/QĐ-UBND"
    assert own["decision_date"] == pd.Timestamp(2024, 1, 30)
    assert pd.isna(own["respondents"])
    others = first[first["unit"] != own["unit"]]
    assert others["decision_no"].isna().all()
    index = first["index_pct"].str.replace(",", ".").astype(float)
    assert index.is_monotonic_decreasing
    assert first["rank"].is_monotonic_increasing
    for frame in (first, second):
        assert 13 <= len(frame) <= 15
        assert frame["respondents"].notna().any() and frame["respondents"].isna().any()
        assert frame["unit"].is_unique
    assert second["year"].eq(2024).all() and "rank" not in second


@pytest.mark.parametrize("seed", [2024, 1, 2])
def test_task_reports_are_of_2024_and_count_from_january(seed: int) -> None:
    rows = pd.concat(frames(seed, "05_nhiem_vu"))
    assert rows["month"].str.endswith("/2024").all()
    assert rows["task_code"].nunique() == 18
    assert not rows.duplicated(["task_code", "month"]).any()
    posts = rows.loc[rows["task_code"] == "I.1", "measured_value"]
    assert posts.is_monotonic_increasing and len(posts) == 12
    assert rows.loc[rows["task_code"] == "I.1", "checklist"].between(0, 7).all()
    shares = rows[rows["task_code"].isin(["III.1", "III.2"])]
    assert (shares["measured_value"] <= shares["measured_of"]).all()
    assert set(rows["status"]) <= {"Đạt", "Đạt một phần", "Chưa đạt", "Không phát sinh"}


# The stories ----------------------------------------------------------------------------------


def holds(code: str, value: float) -> bool:
    between = STORIES[code].between
    assert between is not None
    return between[0] <= value <= between[1]


def test_every_story_is_described() -> None:
    assert set(STORIES) == {
        "slipping_department",
        "intake_bottleneck",
        "dragging_criterion",
        "quiet_month",
        "missing_survey",
        "unreported_samples",
        "unreported_inspections",
        "reset_deadlines",
    }
    for story in STORIES.values():
        assert story.description.endswith(".") and story.months and story.where


@pytest.mark.parametrize("seed", SEEDS)
def test_a_department_slips_and_recovers(seed: int) -> None:
    story = STORIES["slipping_department"]
    rows = dossiers(seed)
    theirs = rows["department"].eq(label_key(story.where[0]))
    month = month_of(rows["closed_on"])
    for name in story.months:
        assert holds(story.code, late_rate(rows[theirs & month.eq(name)])), name
    recovered = late_rate(rows[theirs & month.between("2024-10", "2024-12")])
    before = late_rate(rows[theirs & month.between("2023-01", "2024-06")])
    assert max(recovered, before) < 0.04
    assert late_rate(rows[~theirs & month.isin(story.months)]) < 0.03


@pytest.mark.parametrize("seed", SEEDS)
def test_intake_has_a_bottleneck(seed: int) -> None:
    story = STORIES["intake_bottleneck"]
    rows = dossiers(seed)
    online = rows["channel"].eq("Trực tuyến")
    timed = rows["submitted_at"] != rows["submitted_at"].dt.normalize()
    rows = rows[online & timed]
    refused = rows["finished_at"].where(rows["status"].eq("Không được tiếp nhận"))
    decided = (
        pd.concat([rows["received_at"], rows["supplement_requested_at"], refused], axis=1)
        .min(axis=1)
        .fillna(END)
    )
    within = decided <= CALENDAR.add_working_hours(rows["submitted_at"], 8)
    share = within.groupby(month_of(rows["submitted_at"])).mean()
    for name in story.months:
        assert holds(story.code, share[name]), name
    assert share.drop([*story.months, "2024-12"]).min() > 0.88


@pytest.mark.parametrize("seed", SEEDS)
def test_one_criterion_drags_the_index(seed: int) -> None:
    story = STORIES["dragging_criterion"]
    rows = answers(seed)
    satisfied = rows["score"] >= 4
    assert 0.895 < satisfied.mean() < 0.935
    year = rows["month"].isin(story.months)
    by_criterion = satisfied[year].groupby(rows["criterion"]).mean()
    assert sorted(by_criterion.index) == ["I", "II", "III", "IV", "V", "VI"]
    assert holds(story.code, by_criterion["V"])
    assert by_criterion.drop("V").min() - by_criterion["V"] > 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_surveys_have_a_quiet_and_a_missing_month(seed: int) -> None:
    forms = answers(seed).groupby("month")["response_id"].nunique()
    assert holds("quiet_month", forms["2024-02"])
    assert STORIES["missing_survey"].months[0] not in forms
    assert len(forms) == 23
    assert forms.drop("2024-02").between(30, 50).all()


def test_answers_of_a_form_hang_together() -> None:
    rows = answers(2024)
    satisfied = (rows["score"] >= 4).astype(float)
    share = satisfied.groupby(rows["response_id"]).mean()
    size = rows.groupby("response_id").size().mean()
    pooled = satisfied.mean()
    independent = np.sqrt(pooled * (1 - pooled) / size)
    assert share.std() > 1.25 * independent


@pytest.mark.parametrize("seed", SEEDS)
def test_some_tasks_are_not_reported(seed: int) -> None:
    rows = pd.concat(frames(seed, "05_nhiem_vu"))
    months = rows["month"].str[3:] + "-" + rows["month"].str[:2]
    reported = set(zip(rows["task_code"], months, strict=True))
    silent = {
        (task, month)
        for story in (STORIES["unreported_samples"], STORIES["unreported_inspections"])
        for task in story.where
        for month in story.months
    }
    assert not reported & silent
    assert len(reported) == 18 * 12 - len(silent)


@pytest.mark.parametrize("seed", SEEDS)
def test_deadlines_were_reset(seed: int) -> None:
    first, second = frames(seed, "01_ho_so")[-2:]
    both = first.merge(second, on="dossier_code", suffixes=("", "_later"), validate="1:1")
    assert len(both) == len(first) == len(second)
    moved = both[both["due_at"] != both["due_at_later"]]
    moved = moved[moved["due_at"].notna()]
    assert holds("reset_deadlines", len(moved))
    closed = moved["finished_at"].fillna(moved["returned_at"]).dt.normalize()
    assert (closed > moved["due_at"].dt.normalize()).all()
    assert (moved["due_at_later"].dt.normalize() >= closed).all()
    others = [name for name in first if name not in ("due_at", "STT")]
    pd.testing.assert_frame_equal(first[others], second[others])
