"""Satisfaction surveys in three shapes: an answer a row, a form a row, or counts per level.

An answer may stand for as many people as gave it. All become one row per form and question. A blank
or a don't-know is kept as an answer without a score; an invalid score rejects the whole form.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from etl.catalogue.values import OVERALL, criteria, known_words
from etl.errors import RefusedFile
from etl.normalise import fold, label_key
from etl.privacy import redact
from etl.reading.cells import map_distinct
from etl.sources.cells import in_groups, numbers_between, parse_numbers, texts
from etl.sources.columns import LEVELS, leading_criterion
from etl.sources.draft import Draft, ways_to_write
from etl.sources.ledger import shown

DEFAULT_SURVEY = "khao-sat-thang"
KEY = ["unit", "survey", "month", "response_id"]
_MOST_ANSWERS = 1_000_000
"""An answer that was counted is kept as any other, in a row of its own."""
_FEWEST_OF_SCALE, _LEAST_BEYOND = 20, 0.2
"""Of so many answers such a share above 5 is no slip of the hand."""
_MOST_SHOWN = 6
_FORM_COLUMNS = ("channel", "department", "field")


def clean(draft: Draft) -> tuple[pd.DataFrame, int]:
    """Return one row per form and question, and how many file rows were repeated."""
    base = _base(draft)
    if draft.found.levels:
        rows = _from_counts(draft, base)
    elif draft.found.questions:
        rows = _from_forms(draft, base)
    else:
        rows = _from_answers(draft, base)
    is_kept = draft.ledger.is_kept
    rows = rows[rows["row"].isin(draft.frame.index[is_kept])]
    answers = [*KEY, "criterion", "question"]
    rows = rows[~rows.duplicated([*answers, "row"], keep="last")]
    message = "phiếu này còn ở dòng sau với câu trả lời khác; lấy dòng sau cùng, hãy kiểm tra lại."
    rows = _last_of_each(draft, rows, answers, said="score", name="response_id", message=message)
    return _one_face_per_form(rows), int(is_kept.sum()) - rows["row"].nunique()


def numbers_its_rows(draft: Draft) -> bool:
    """Whether the file's rows number themselves, so that it replaces its months."""
    is_counted = bool(draft.found.levels or draft.found.counts)
    return is_counted or bool(draft.mapping and draft.mapping.numbers_rows)


def _base(draft: Draft) -> pd.DataFrame:
    """Return what every shape has: unit, survey, day, form, and the form's own columns."""
    answered = draft.dates(("answered_on",), months=True, quarters=True)["answered_on"].values
    draft.ledger.reject(
        answered.isna(),
        column=draft.header("answered_on"),
        values=draft.raw("answered_on"),
        reason="thiếu ngày khảo sát; hãy ghi dạng 15/06/2024 hoặc 06/2024.",
    )
    if draft.found.levels or draft.found.counts:
        response = pd.Series("", index=draft.frame.index, dtype=object)
    elif numbers_its_rows(draft):
        places = np.arange(1, len(draft.frame) + 1).astype(str)
        response = pd.Series(places, index=draft.frame.index, dtype=object)
    else:
        response = draft.key("response_id")
    return pd.DataFrame(
        {
            "row": draft.frame.index,
            "unit": draft.units(),
            "survey": (draft.mapping.survey if draft.mapping else None) or DEFAULT_SURVEY,
            "month": answered.dt.strftime("%Y-%m"),
            "response_id": response,
            "answered_on": answered.dt.normalize(),
            "channel": draft.coded("channel"),
            "department": draft.text("department"),
            "field": draft.text("field"),
        },
        index=draft.frame.index,
    )


def scores(draft: Draft, cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return scores 1–5 (NA for blanks and don't-knows) and a mask of invalid cells.

    A code for no answer is one of the file's own: what a cell is translated to is a level where it
    can be one.
    """
    words, mapping = known_words("survey_level"), draft.mapping

    def is_code(cell: object) -> bool:
        return mapping is not None and mapping.is_missing(ways_to_write(cell))

    def level(text: object) -> str | None:
        word = words.get(fold(str(text)), str(text))
        return None if word == "unknown" or (word not in LEVELS and is_code(text)) else word

    unanswered = map_distinct(cells, is_code).eq(True)
    named = map_distinct(texts(draft.translate("score", cells)), level).mask(unanswered, None)
    values, bad = parse_numbers(named, whole=True)
    bad |= values.notna() & ~values.between(1, 5).fillna(False).astype(bool)
    return values.where(~bad), bad


_BAD_SCORE = (
    "mức độ phải từ 1 đến 5 hoặc một trong năm mức hài lòng; cả phiếu này bị loại, "
    "hãy sửa ô rồi nạp lại."
)


def _warn_scale(
    draft: Draft, values: pd.Series, bad: pd.Series, *, column: str, cells: pd.Series
) -> None:
    """Warn where the answers to one question are on a scale that runs beyond 5.

    The forms that are left, those with low scores, speak for nobody.
    """
    answers = int((values.notna() | bad).sum())
    beyond = parse_numbers(draft.translate("score", cells[bad]), whole=True)[0]
    beyond = beyond[(beyond > 5).fillna(False)]
    fewest = 0 if draft.found.counts else _FEWEST_OF_SCALE
    if answers < fewest or len(beyond) < _LEAST_BEYOND * answers:
        return
    points = sorted(set(beyond))
    if len(points) < 3 and points != [6, 7]:
        return
    examples = ", ".join(map(str, points[:_MOST_SHOWN])) + (", …" if points[_MOST_SHOWN:] else "")
    draft.ledger.warn(
        "other_scale",
        pd.Series(cells.index.isin(beyond.index), index=cells.index),
        column=column,
        message=f"{len(beyond)} trên {answers} câu trả lời một câu hỏi là số trên 5 ({examples}), "
        "có vẻ theo thang điểm khác: chỉ lấy các phiếu còn lại thì chỉ số sẽ lệch. Hãy đổi từng "
        "điểm sang năm mức, trong tệp hoặc bằng tệp ánh xạ ([values.score], missing_scores), rồi "
        "nạp lại.",
        values=cells,
    )


def _from_forms(draft: Draft, base: pd.DataFrame) -> pd.DataFrame:
    parts = []
    asked = _as_first_spelt(pd.Series([redact(header) for header in draft.found.questions]))
    for (header, criterion), question in zip(draft.found.questions.items(), asked, strict=True):
        cells = draft.frame[header].astype(object)
        values, bad = scores(draft, cells)
        _warn_scale(draft, values, bad, column=header, cells=cells)
        draft.ledger.reject(bad, column=header, values=cells, reason=_BAD_SCORE)
        parts.append(base.assign(criterion=criterion, question=question, score=values))
    return pd.concat(parts, ignore_index=True)


def _from_answers(draft: Draft, base: pd.DataFrame) -> pd.DataFrame:
    criterion, question = _asked(draft)
    cells = draft.raw("score")
    values, bad = scores(draft, cells)
    # What stands beside a question that nobody asks for, a comment say, is no score at all.
    bad &= criterion.notna()
    for one in question[bad].unique():
        of = question == one
        _warn_scale(draft, values[of], bad[of], column=draft.header("score"), cells=cells[of])
    draft.ledger.reject(bad, column=draft.header("score"), values=cells, reason=_BAD_SCORE)
    rows = base.assign(criterion=criterion, question=question, score=values)
    if draft.found.counts:
        said = texts(draft.frame.get(draft.header("score"), cells))
        return _each_counted(draft, rows.assign(face=_faces(draft, base), said=said))
    broken = rows.loc[bad[bad].index, KEY].drop_duplicates()
    if not broken.empty:
        same_form = pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(broken))
        draft.ledger.reject(
            pd.Series(same_form, index=rows.index) & ~bad,
            column=draft.header("score"),
            values=cells,
            reason="phiếu này có một mức độ không hợp lệ ở dòng khác nên cả phiếu bị loại.",
        )
    return rows.reset_index(drop=True)


def _asked(draft: Draft) -> tuple[pd.Series, pd.Series]:
    """Return the criterion and the question of each row; a criterion alone is its own question."""
    question = draft.text("question")
    criterion = _criteria(draft, question)
    question = question.where(question.notna(), "Tiêu chí " + criterion.astype(str))
    return criterion, _as_first_spelt(question)


def _as_first_spelt(questions: pd.Series) -> pd.Series:
    """Return each question as it was first spelt: spellings of one key are one question."""
    first: dict[str, str] = {}
    return map_distinct(questions, lambda text: first.setdefault(label_key(str(text)), str(text)))


def _criteria(draft: Draft, question: pd.Series) -> pd.Series:
    """Return the criterion of each row, from its own column or from the question's numeral."""
    named = draft.text("criterion")
    named = named.where(named.notna(), question)
    names = _names_of_criteria()
    codes = map_distinct(
        named, lambda text: names.get(fold(str(text))) or leading_criterion(str(text))
    )
    draft.ledger.reject(
        codes.isna(),
        column=draft.header("criterion"),
        values=named,
        reason=f"không nhận ra tiêu chí; hãy ghi {', '.join(_numerals())} hoặc tên tiêu chí.",
    )
    return codes


def _names_of_criteria() -> dict[str, str]:
    """Return the criterion of each folded word that is one: a code, a label, a plain number."""
    numbers = {str(number): code for number, code in enumerate(_numerals(), start=1)}
    words = {
        fold(word): code
        for code, row in criteria().items()
        for word in (code, row["label"], row["short_label"])
    }
    return numbers | words


def _numerals() -> list[str]:
    return [code for code in criteria() if code != OVERALL]


def _from_counts(draft: Draft, base: pd.DataFrame) -> pd.DataFrame:
    """Turn counts per level into synthetic forms 1…n, best answers first.

    How one person's answers go together is unknown, so forms stand only for how many there were.
    """
    criterion, question = _asked(draft)
    _hold_counts(draft, list(draft.found.levels))
    counts = {}
    for header, level in draft.found.levels.items():
        counts[level] = _people(draft, header, words="số phiếu")
    table = pd.DataFrame(counts)[[5, 4, 3, 2, 1]]
    said = table.astype(str).agg("|".join, axis=1)
    rows = base.assign(criterion=criterion, question=question, face=_faces(draft, base), said=said)
    # A row that comes again replaces all the forms of the earlier one, which may have been more.
    rows = _last_of_each(
        draft,
        draft.ledger.kept(rows),
        [*KEY, "face", "criterion", "question"],
        said="said",
        name="criterion",
        message="câu hỏi này của cùng kỳ còn ở dòng sau với số phiếu khác; lấy dòng sau cùng, hãy "
        "kiểm tra lại.",
    )
    table = table.loc[rows.index]
    total = table.sum(axis=1)
    _hold_answers(draft, int(total.sum()))
    _warn_shares(draft, total)
    repeated = rows.loc[rows.index.repeat(total.clip(lower=1))].reset_index(drop=True)
    place = repeated.groupby("row").cumcount() + 1
    levels = [
        np.repeat([5, 4, 3, 2, 1], line) if line.sum() else np.array([pd.NA], dtype=object)
        for line in table.to_numpy()
    ]
    every = np.concatenate([np.array([], dtype=object), *levels])
    repeated["score"] = pd.array(every, dtype="Int64")
    repeated["response_id"] = repeated["face"] + "#" + place.astype(str)
    return repeated.drop(columns=["face", "said"])


def _people(draft: Draft, header: str, *, words: str) -> pd.Series:
    """Return a column of how many people answered so, 0 where blank or, rejected, unfit."""
    cells = draft.frame[header].astype(object)
    number, bad, reason = numbers_between(cells, whole=True, low=0, high=_MOST_ANSWERS)
    draft.ledger.reject(bad, column=header, values=cells, reason=f"{words}: {reason}")
    return number.fillna(0).astype("int64")


def _faces(draft: Draft, base: pd.DataFrame) -> pd.Series:
    """Return what tells apart the people who are counted in each row.

    Who answered on different days were different people; a month alone tells no days apart.
    """
    day = draft.parsed["answered_on"].dt.strftime("%Y-%m-%d")
    return base[list(_FORM_COLUMNS)].assign(day=day).fillna("").astype(str).agg("|".join, axis=1)


def _each_counted(draft: Draft, rows: pd.DataFrame) -> pd.DataFrame:
    """Turn answers with how many people gave them into forms, as :func:`_from_counts` does.

    ``rows`` has ``face`` and the answer as it is ``said``: several may be one level.
    """
    header = draft.found.counts
    _hold_counts(draft, [header])
    rows["count"] = _people(draft, header, words="số người trả lời")
    group = [*KEY, "face", "criterion", "question"]
    rows = _last_of_each(
        draft,
        draft.ledger.kept(rows),
        [*group, "said"],
        said="count",
        name="score",
        message="câu trả lời này của cùng kỳ còn ở dòng sau với số người khác; lấy dòng sau cùng, "
        "hãy kiểm tra lại.",
    )
    # Who gave no answer, and an answer that nobody gave, are a row without a score at the end.
    rows["score"] = rows["score"].where(rows["count"] > 0)
    times = rows["count"].where(rows["score"].notna(), 1)
    _hold_answers(draft, int(times.sum()))
    forms = rows.loc[rows.index.repeat(times)].sort_values("score", ascending=False, kind="stable")
    place = forms.groupby(group, dropna=False).cumcount() + 1
    forms["response_id"] = forms["face"] + "#" + place.astype(str)
    return forms.drop(columns=["face", "said", "count"]).reset_index(drop=True)


def _hold_counts(draft: Draft, headers: list[str]) -> None:
    """Refuse a table of shares: nothing in it says how many people answered."""
    cells = draft.frame[headers].astype(object)
    is_number = cells.apply(lambda column: parse_numbers(column, whole=False)[0].notna())
    is_share = is_number & cells.apply(lambda column: parse_numbers(column, whole=True)[1])
    odd, filled = is_share.any(axis=1), is_number.any(axis=1)
    if odd.sum() * 2 <= filled.sum():
        return
    row = odd.index[odd][0]
    header = next(name for name in headers if is_share.at[row, name])
    raise RefusedFile(
        draft.table.file,
        sheet=draft.table.sheet or None,
        row=int(row),
        column=header,
        value=shown(cells.at[row, header]),
        reason="ở đây ghi tỷ lệ hoặc số lẻ chứ không phải số phiếu, nên không biết có bao nhiêu "
        "người trả lời.",
        next_step="Hãy lấy bảng ghi số phiếu của từng mức rồi nạp lại.",
    )


def _warn_shares(draft: Draft, total: pd.Series) -> None:
    """Warn of counts that may be whole percentages: all rows come to 100, but for rounding."""
    filled = total[total > 0]
    draft.ledger.warn(
        "maybe_shares",
        pd.Series(
            draft.frame.index.isin(filled.index) & filled.between(99, 101).all(),
            index=draft.frame.index,
        ),
        column=", ".join(draft.found.levels),
        message="số phiếu của năm mức ở mọi dòng cộng lại khoảng 100. Nếu đó là tỷ lệ phần trăm, "
        "hãy hoàn tác lần nạp này và nạp bảng ghi số phiếu.",
        values=total.reindex(draft.frame.index),
    )


def _hold_answers(draft: Draft, count: int) -> None:
    """Refuse a table that counts more answers than are kept one by one."""
    if count > _MOST_ANSWERS:
        raise RefusedFile(
            draft.table.file,
            sheet=draft.table.sheet or None,
            reason=f"các cột số phiếu cộng lại là {in_groups(count)} câu trả lời, quá giới hạn "
            f"{in_groups(_MOST_ANSWERS)}.",
            next_step="Hãy kiểm tra các cột ấy có đúng là số phiếu không, hoặc chia tệp theo kỳ.",
        )


def _last_of_each(
    draft: Draft, rows: pd.DataFrame, key: list[str], *, said: str, name: str, message: str
) -> pd.DataFrame:
    """Keep the last row of each key; warn of file rows that say something else than it does."""
    superseded = rows.duplicated(key, keep="last")
    differing = superseded & ~rows.duplicated([*key, said], keep="last")
    odd = draft.frame.index.isin(rows.loc[differing, "row"])
    draft.ledger.warn(
        "differing_repeat",
        pd.Series(odd, index=draft.frame.index),
        column=draft.header(name),
        message=message,
        values=draft.raw(name),
    )
    return rows[~superseded]


def _one_face_per_form(rows: pd.DataFrame) -> pd.DataFrame:
    """Give every row of a form the form's first channel, department, field and day."""
    rows = rows.reset_index(drop=True)
    grouped = rows.groupby(KEY, sort=False)
    for name in (*_FORM_COLUMNS, "answered_on"):
        rows[name] = grouped[name].transform("first")
    for name in _FORM_COLUMNS:
        rows[name] = rows[name].astype(object).where(rows[name].notna(), None)
    return rows
