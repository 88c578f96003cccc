"""Xếp hạng: the yearly published ranking, own unit highlighted, holes shown as holes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import or_, select

from dashboard import formatting as fmt
from dashboard.metrics import measure
from dashboard.model import (
    Chart,
    Missing,
    Report,
    Section,
    Sentence,
    Span,
    Table,
    TableColumn,
)
from dashboard.reports.context import Context
from dashboard.reports.units import KIND_SHORT, Unit, find_unit
from dashboard.statistics.intervals import wilson_pooled
from dashboard.statistics.ranks import rank_ranges
from dashboard.text import HIGHEST, LOWEST, SMALL_N
from etl.frames import records
from etl.tables import dim_unit, fact_ranking


def ranking_years(context: Context) -> list[int]:
    """Return the years that have a published row of the own unit's place, oldest first."""
    r, u = fact_ranking.c, dim_unit.c
    query = select(r.year, u.parent).join(dim_unit, u.unit == r.unit).distinct().order_by(r.year)
    found = context.connection.execute(query).all()
    own = {year: _own_unit(context, year=year).parent for year in {row.year for row in found}}
    return [row.year for row in found if row.parent == own[row.year]]


def ranking(context: Context, *, year: int) -> pd.DataFrame:
    """One row per published unit of the own one's place in ``year``, by rank.

    The published rank, else the competition rank.

    Columns: unit, label, is_own, rank, is_published_rank, is_provisional (computed while figures
    of other units are missing), index_pct (percent as published), low,
    high (percent; only where the number of forms is known), best_rank, worst_rank (which ranks
    the intervals leave open among the units with a figure), respondents, decision_no,
    decision_date, total_units.
    """
    r, u = fact_ranking.c, dim_unit.c
    query = (
        select(
            r.unit,
            u.name,
            u.kind,
            r.rank,
            r.index_pct,
            r.respondents,
            r.total_units,
            r.decision_no,
            r.decision_date,
            u.valid_from,
            u.valid_to,
        )
        .join(dim_unit, u.unit == r.unit)
        .where(r.year == year, u.parent == _own_unit(context, year=year).parent)
    )
    frame = pd.DataFrame(
        context.connection.execute(query).all(),
        columns=[
            "unit",
            "name",
            "kind",
            "published_rank",
            "index_pct",
            "respondents",
            "total_units",
            "decision_no",
            "decision_date",
            "valid_from",
            "valid_to",
        ],
    )
    if frame.empty:
        return frame.assign(
            label="",
            is_own=False,
            rank=0,
            is_published_rank=False,
            is_provisional=False,
            low=0,
            high=0,
        )
    starts = frame["valid_from"].map(lambda day: day.year) <= year
    ends = frame["valid_to"].map(lambda day: 9999 if day is None else day.year) >= year
    # A code may have been given anew within the year: it names the unit that stood at its end.
    frame = frame[starts & ends].sort_values("valid_from")
    frame = frame.drop_duplicates("unit", keep="last").reset_index(drop=True)
    frame["label"] = frame["kind"].map(KIND_SHORT).fillna("") + " " + frame["name"]
    frame["label"] = frame["label"].str.strip()
    frame["is_own"] = frame["unit"] == context.code_in(year)
    frame["is_published_rank"] = frame["published_rank"].notna()
    has_all = is_complete(frame, total_units(context, frame, year=year))
    frame["is_provisional"] = ~frame["is_published_rank"] & (not has_all)
    competition = frame["index_pct"].rank(method="min", ascending=False)
    frame["rank"] = frame["published_rank"].astype("Float64").fillna(competition).astype("Int64")
    forms = frame["respondents"].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    share = frame["index_pct"].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    low, high = wilson_pooled(share / 100, forms)
    frame["low"], frame["high"] = low * 100, high * 100
    frame = rank_ranges(frame.assign(value=share / 100))
    return frame.sort_values(["rank", "label"], ignore_index=True)


def _own_unit(context: Context, *, year: int) -> Unit:
    """Return the own unit as it stood at the end of ``year``, ranked with those of its place."""
    return find_unit(context.connection, context.code_in(year), day=date(year, 12, 31))


def total_units(context: Context, frame: pd.DataFrame, *, year: int) -> int:
    """Return how many units are ranked: as published, else as the plan says, else as loaded.

    No fewer than are there: a number that was not brought up to date hides no unit.
    """
    stated = frame["total_units"].dropna()
    told = int(stated.iloc[0]) if len(stated) else context.plan(year).ranked_units or 0
    return max(told, len(frame), *frame["published_rank"].dropna().astype(int))


def is_complete(frame: pd.DataFrame, total: int) -> bool:
    """Whether every ranked unit is there with an index."""
    return int(frame["index_pct"].notna().sum()) >= total


def build_ranking_report(
    context: Context, *, year: int | None = None, with_surveys: bool = False
) -> Report:
    """Return the report of the page Xếp hạng for ``year``, else the latest published one.

    ``with_surveys`` adds a section of its own that ranks the units the reader may see by their
    surveys, where several are loaded; what leaves the office never has it.
    """
    years = ranking_years(context)
    chosen = max((one for one in years if year is None or one <= year), default=None)
    if chosen is None:
        words = (
            "Chưa có bảng xếp hạng nào được nạp."
            if year is None
            else (f"Chưa có bảng xếp hạng nào đến năm {year}.")
        )
        sentence: Sentence = (Span(words),)
        sections: tuple[Section, ...] = (
            Section(
                "ladder",
                "Bảng xếp hạng",
                (Span("Chưa có số công bố"),),
                metric="official_index",
                missing=Missing(
                    "no_data",
                    "Bảng xếp hạng chỉ hiện số được cấp trên công bố.",
                    "Nạp quyết định công bố",
                    "/du-lieu",
                ),
            ),
        )
        period = ""
    else:
        frame = ranking(context, year=chosen)
        total = total_units(context, frame, year=chosen)
        sentence = _sentence(frame, year=chosen, total=total)
        sections = (
            ladder_section(context, frame, year=chosen, total=total, years=years),
            gap_section(frame, year=chosen),
            *_movement(context, years, chosen),
            *holes_section(frame, total=total, context=context, year=chosen),
            *(survey_ranking(context, year=chosen) if with_surveys else ()),
        )
        period = f"Năm {chosen}"
    return Report(
        code="ranking",
        title="Xếp hạng",
        period=period,
        as_of=context.as_of.get("ranking", context.latest),
        data_version=context.data_version,
        is_demo=context.is_demo,
        sentence=sentence,
        kpis=(),
        sections=sections,
        year=chosen,
    )


def _own(frame: pd.DataFrame) -> dict[str, Any] | None:
    rows = records(frame[frame["is_own"]])
    return rows[0] if rows else None


def _sentence(frame: pd.DataFrame, *, year: int, total: int) -> Sentence:
    own = _own(frame)
    known = int(frame["index_pct"].notna().sum())
    if own is None or pd.isna(own["index_pct"]):
        return (
            Span(f"Năm {year} chưa có số công bố của đơn vị ta; đã có {known}/{total} đơn vị."),
        )
    value = f" năm {year} ({fmt.percent_points(own['index_pct'], 2)})"
    if not own["is_provisional"]:
        spans = [Span(f"Hạng {own['rank']}/{total}", strong=True), Span(value)]
        if known < total:
            spans.append(Span(f"; mới có số của {known}/{total} đơn vị"))
    else:
        spans = [
            Span(f"Hạng tạm {own['rank']}", strong=True),
            Span(f" trong {known}/{total} đơn vị có số liệu{value}"),
        ]
    return (*spans, Span("."))


def ladder_section(
    context: Context, frame: pd.DataFrame, *, year: int, total: int, years: list[int]
) -> Section:
    """Every rung of the ranking; a rung whose unit is unknown stays empty."""
    by_rank = {int(row["rank"]): row for row in reversed(records(frame))}
    shared = records(frame[frame["rank"].duplicated(keep="first")])
    rungs: list[dict[str, Any]] = []
    # Whoever is missing may stand between those that are there.
    is_provisional = bool(frame["is_provisional"].any())
    for rank in range(1, total + 1):
        row = by_rank.get(rank)
        rungs.append(_rung(rank, row) if row else _hole(rank, is_numbered=not is_provisional))
    for row in shared:
        place = next(i for i, rung in enumerate(rungs) if rung["rank"] == row["rank"])
        rungs.insert(place + 1, _rung(int(row["rank"]), row))
        empty = [i for i, rung in enumerate(rungs) if not rung["is_known"] and i > place]
        if empty:
            rungs.pop(empty[0])
    plan = context.plan(context.period.year if context.has_data else year)
    known = frame[frame["index_pct"].notna()]
    first = known["decision_no"].dropna()
    return Section(
        "ladder",
        "Bảng xếp hạng",
        _ladder_sentence(frame, total),
        table=Table(
            (
                TableColumn("rank", _rank_word(frame), "integer"),
                TableColumn("label", "Đơn vị"),
                TableColumn("index_pct", "Chỉ số", "percent2"),
                TableColumn("respondents", "Số phiếu", "integer"),
                TableColumn("reach", "Có thể ở hạng"),
            ),
            frame.assign(
                index_pct=frame["index_pct"] / 100,
                reach=[_reach(row) for row in records(frame)],
            ),
        ),
        note=". ".join([*first.head(1), *_holes_words(rungs), *_provisional_words(frame)]),
        metric="official_index",
        chart=Chart(
            "ladder",
            pd.DataFrame(rungs),
            {"baseline": None if plan.baseline is None else plan.baseline * 100},
        ),
        data={
            "rungs": rungs,
            "year": year,
            "years": years,
            "baseline": None if plan.baseline is None else plan.baseline * 100,
            "baseline_year": plan.baseline_year,
            "subtitle": f"Chỉ số hài lòng được công bố, {year}. Vạch ngang: khoảng 95 %, "
            "chỉ vẽ khi biết số phiếu",
            "reading": (
                "Hai đơn vị có khoảng 95 % chồng lên nhau thì chưa biết đơn vị nào hơn, nên hạng "
                "có thể ở bất kỳ bậc nào trong cột «Có thể ở», tính trong các đơn vị đã có số. "
                "Đơn vị không công bố số phiếu không có khoảng. Khảo sát do xã tự làm là số đo "
                "khác, không xếp vào bảng này."
            ),
        },
    )


def _holes_words(rungs: list[dict[str, Any]]) -> list[str]:
    holes = sum(not rung["is_known"] for rung in rungs)
    return [f"Còn {fmt.count(holes)} bậc chưa biết đơn vị nào giữ"] if holes else []


def _provisional_words(frame: pd.DataFrame) -> list[str]:
    if not frame["is_provisional"].any():
        return []
    known = fmt.count_noun(frame["index_pct"].notna().sum(), "đơn vị")
    return [f"Hạng tạm trong {known} có số liệu"]


def _rank_word(frame: pd.DataFrame) -> str:
    return fmt.capital(_rank_words(bool(frame["is_provisional"].any())))


def _rank_words(is_provisional: bool) -> str:
    return "hạng tạm" if is_provisional else "hạng"


def _reach(row: dict[str, Any]) -> str:
    """Return the ranks a unit may hold, "3" or "1–6", "" where unknown."""
    if pd.isna(row["best_rank"]):
        return ""
    best, worst = int(row["best_rank"]), int(row["worst_rank"])
    return fmt.count(best) if best == worst else f"{best}–{worst}"


def _hole(rank: int, *, is_numbered: bool) -> dict[str, Any]:
    return {"rank": rank, "rank_words": str(rank) if is_numbered else "", "is_known": False}


def _rung(rank: int, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "rank": rank,
        "rank_words": f"({rank})" if row["is_provisional"] else str(rank),
        "is_known": True,
        "label": row["label"],
        "is_own": bool(row["is_own"]),
        "value": None if pd.isna(row["index_pct"]) else float(row["index_pct"]),
        "low": None if pd.isna(row["low"]) else float(row["low"]),
        "high": None if pd.isna(row["high"]) else float(row["high"]),
        "respondents": None if pd.isna(row["respondents"]) else int(row["respondents"]),
        "reach": _reach(row),
    }


def _ladder_sentence(frame: pd.DataFrame, total: int) -> Sentence:
    """Say how many units are known, and how sure the own rank is."""
    known = int(frame["index_pct"].notna().sum())
    words = (
        f"Đủ số của {total} đơn vị" if known >= total else f"Mới biết {known} trên {total} đơn vị"
    )
    own = _own(frame)
    if own is None or pd.isna(own["index_pct"]):
        return (Span(words),)
    reach = _reach(own)
    if not reach:
        return (Span(f"{words}; chưa rõ số phiếu nên chưa biết hạng chắc đến đâu"),)
    return (Span(f"{words}; theo số phiếu, đơn vị ta có thể ở hạng {reach}"),)


def gap_section(frame: pd.DataFrame, *, year: int) -> Section:
    """How far to the published neighbours: ranks 1 and 2, and the next rank below."""
    own = _own(frame)
    gaps: list[dict[str, Any]] = []
    if own is not None and not pd.isna(own["index_pct"]):
        word = _rank_word(frame).lower()
        for rank in (1, 2):
            above = frame[(frame["rank"] == rank) & frame["index_pct"].notna() & ~frame["is_own"]]
            if rank < own["rank"] and not above.empty:
                gaps.append(
                    {
                        "value": float(above["index_pct"].iloc[0] - own["index_pct"]),
                        "words": f"điểm tới {word} {rank}",
                        "unit": above["label"].iloc[0],
                    }
                )
        below = frame[(frame["rank"] > own["rank"]) & frame["index_pct"].notna()]
        if not below.empty:
            row = below.iloc[0]
            gaps.append(
                {
                    "value": float(own["index_pct"] - row["index_pct"]),
                    "words": f"điểm, hơn {word} {row['rank']}",
                    "unit": row["label"],
                }
            )
    missing = None
    if not gaps:
        missing = Missing("no_data", f"Chưa có số công bố năm {year} để so khoảng cách.")
    return Section(
        "gaps",
        "Cách hạng trên và hạng dưới",
        (Span("Cách hạng trên và hạng dưới"),),
        metric="official_index",
        missing=missing,
        data={"gaps": gaps},
        table=Table(
            (
                TableColumn("words", "So với"),
                TableColumn("unit", "Đơn vị"),
                TableColumn("value", "Điểm", "figure"),
            ),
            pd.DataFrame(gaps, columns=["words", "unit", "value"]).assign(
                value=lambda f: [fmt.number(value, 2) for value in f["value"]]
            ),
        ),
    )


def _movement(context: Context, years: list[int], year: int) -> tuple[Section, ...]:
    if year - 1 not in years:
        return ()
    before, now = ranking(context, year=year - 1), ranking(context, year=year)
    # The same code given to another unit is another unit.
    both = before.merge(now, on=["unit", "valid_from"], suffixes=("_before", "_now"))
    if both.empty:
        return ()
    frame = pd.DataFrame(
        {
            "label": both["label_now"],
            "before": both["rank_before"].astype(int),
            "after": both["rank_now"].astype(int),
            "is_own": both["is_own_now"],
        }
    ).sort_values("after", ignore_index=True)
    words = "Thay đổi hạng của các đơn vị có số cả hai năm"
    for row in records(both[both["is_own_now"]]):
        first, last = int(row["rank_before"]), int(row["rank_now"])
        told = f"{_rank_words(row['is_provisional_now'])} {last}"
        words = f"Giữ {told}"
        if first != last:
            way = "lên" if last < first else "xuống"
            words = f"Từ {_rank_words(row['is_provisional_before'])} {first} {way} {told}"
    return (
        Section(
            "movement",
            "Thay đổi giữa hai năm",
            (Span(words),),
            chart=Chart("slope", frame, {"first": str(year - 1), "last": str(year)}),
            table=Table(
                (
                    TableColumn("label", "Đơn vị"),
                    TableColumn("before", f"Hạng {year - 1}", "integer"),
                    TableColumn("after", f"Hạng {year}", "integer"),
                ),
                frame,
            ),
            note="Chỉ đơn vị có số cả hai năm",
            metric="official_index",
        ),
    )


def holes_section(
    frame: pd.DataFrame, *, total: int, context: Context, year: int
) -> tuple[Section, ...]:
    """The units of the place without a published figure, by name, with the loading action.

    None where all are there: the ladder says so.
    """
    u, last, own = dim_unit.c, date(year, 12, 31), _own_unit(context, year=year)
    query = select(u.unit, u.name, u.kind).where(
        u.is_demo == context.is_demo,
        u.parent == own.parent,
        u.valid_from <= last,
        or_(u.valid_to.is_(None), u.valid_to >= last),
    )
    rows = context.connection.execute(query.order_by(u.unit)).all()
    known = set(frame[frame["index_pct"].notna()]["unit"])
    names = [
        f"{KIND_SHORT.get(row.kind, '')} {row.name}".strip()
        for row in rows
        if row.unit not in known and row.unit != own.code
    ]
    missing = total - len(known)
    if missing <= 0:
        return ()
    return (
        Section(
            "holes",
            "Đơn vị chưa có số liệu",
            (Span(f"{fmt.count(missing)} đơn vị chưa có số liệu"),),
            metric="official_index",
            data={"names": names[:missing], "link": "/du-lieu"},
            table=Table(
                (TableColumn("label", "Đơn vị"),), pd.DataFrame({"label": names[:missing]})
            ),
        ),
    )


def survey_ranking(context: Context, *, year: int) -> tuple[Section, ...]:
    """The units the reader may see, ranked by the surveys loaded for ``year``; none of one unit.

    Another measurement than the published index: it has its own table, its own ranks, and no
    baseline. The ranks each may hold come from the intervals of all that stand in the table.
    """
    names = {one.code: one.short_name for one in context.peers}
    measured = measure(
        context.connection,
        "satisfaction_index",
        by=("unit",),
        months=(f"{year}-01", f"{year}-12"),
        units=names,
    )
    frame = measured[measured["denominator"].fillna(0) > 0]
    if len(frame) < 2:
        return ()
    value = frame["value"].astype(float)
    frame = rank_ranges(
        frame.assign(
            label=frame["unit"].map(names),
            rank=value.rank(method="min", ascending=False).astype(int),
            respondents=frame["n"],
        )
    )
    frame = frame.assign(reach=[_reach(row) for row in records(frame)])
    frame = frame.sort_values(["rank", "label"], kind="stable", ignore_index=True)
    small = frame[frame["n"] < SMALL_N]["label"].tolist()
    words = f"{fmt.count_noun(len(frame), 'đơn vị')} có khảo sát năm {year} đã nạp"
    return (
        Section(
            "survey_ranking",
            "Xếp theo khảo sát đã nạp",
            (Span(words),),
            table=Table(
                (
                    TableColumn("label", "Đơn vị"),
                    TableColumn("rank", "Thứ tự", "integer"),
                    TableColumn("reach", "Có thể ở", "figure"),
                    TableColumn("value", "Chỉ số khảo sát", "percent1"),
                    TableColumn("low", LOWEST, "percent1"),
                    TableColumn("high", HIGHEST, "percent1"),
                    TableColumn("n", "Phiếu", "integer"),
                ),
                frame,
            ),
            note="Số tự tính từ phiếu đã nạp, không phải số công bố; không so với bảng trên"
            + (f". Ít phiếu: {fmt.short_list(small)}" if small else ""),
            metric="satisfaction_index",
            data={"subtitle": f"Khảo sát do từng đơn vị tự làm, năm {year}"},
        ),
    )
