"""The lives of the invented dossiers, from filing to the returned result.

Everything happens in the working time of the office's calendar. What would happen after LAST_DAY
has simply not happened yet.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from etl.demo.procedures import LAND, PROCEDURES
from etl.demo.stories import INTAKE_BOTTLENECK, RESET_DEADLINES, SLIPPING_DEPARTMENT
from etl.working_time import WorkingCalendar

FIRST_DAY = pd.Timestamp(2023, 1, 1)
LAST_DAY = pd.Timestamp(2024, 12, 31)
MONTHS = pd.period_range(FIRST_DAY, LAST_DAY, freq="M")
TET_MONTHS = (pd.Period("2023-01", "M"), pd.Period("2024-02", "M"))

UNIT_PREFIX = "000.00.36.H08"
DAY_HOURS = 8.0
CLOSING = pd.Timedelta(hours=17)

SLOW_INTAKE = 0.03
SLOW_INTAKE_IN_BOTTLENECK = 0.4
USUAL_LATE = 0.012
OPEN_OVERDUE = 6
LATE_CAUSES = (
    "Chờ kết quả xác minh thực địa",
    "Chờ ý kiến của cơ quan chuyên môn cấp trên",
    "Công chức phụ trách đi tập huấn, chưa kịp bàn giao",
    "Phần mềm một cửa gián đoạn",
    "Hồ sơ phải họp hội đồng xét duyệt",
    "Lượng hồ sơ tăng cao so với số công chức xử lý",
)

Frame = pd.DataFrame


def make_dossiers(rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """Return one row per dossier, with every date that its life has, known yet or not.

    Columns are the canonical ones, and: ``first_due_at`` (the due date before it was reset),
    ``refused_at``, ``withdrawn_at``, ``outcome`` (plain, refused, withdrawn, stopped),
    ``awaits_payment`` and ``hides`` (the cell that was left blank, if any).
    """
    lives = _file_dossiers(rng, calendar=calendar)
    lives = _take_in(lives, rng, calendar=calendar)
    lives = _set_deadlines(lives, rng, calendar=calendar)
    lives = _finish(lives, rng, calendar=calendar)
    lives = _withdraw(lives, rng, calendar=calendar)
    lives = _make_late(lives, rng, calendar=calendar)
    lives = _let_department_slip(lives, rng, calendar=calendar)
    lives = _reset_deadlines(lives, rng, calendar=calendar)
    lives = _leave_overdue(lives, rng)
    lives = _ask_for_supplements(lives, rng, calendar=calendar)
    lives = _hand_over(lives, rng, calendar=calendar)
    lives = _apologise_and_explain(lives, rng, calendar=calendar)
    return _leave_gaps(lives, rng)


def _file_dossiers(rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """Who files what, when and how: about 317 dossiers a month, fewer at Tết."""
    sizes = [
        int(rng.integers(222, 236) if month in TET_MONTHS else rng.integers(312, 323))
        for month in MONTHS
    ]
    months = np.repeat(np.arange(len(MONTHS)), sizes)
    kind = np.concatenate([_procedures(rng, size) for size in sizes])
    online_share = 0.475 + 0.165 * np.minimum(months, 16) / 16
    scale = np.array([procedure.online for procedure in PROCEDURES])[kind]
    is_online = rng.random(len(months)) < np.minimum(online_share * scale, 0.95)
    is_post = rng.random(len(months)) < 0.08
    lives = pd.DataFrame(
        {
            "procedure_code": [f"MH.{number + 1:02}" for number in kind],
            "procedure_name": [PROCEDURES[number].name for number in kind],
            "field": [PROCEDURES[number].field for number in kind],
            "department": [PROCEDURES[number].department for number in kind],
            "days": [PROCEDURES[number].days for number in kind],
            "channel": np.select([is_online, is_post], ["online", "post"], "direct"),
            "submitted_at": _moments(rng, months, is_online=is_online, calendar=calendar),
        }
    )
    lives = lives.sort_values("submitted_at", kind="stable", ignore_index=True)
    day = lives["submitted_at"].dt.strftime("%y%m%d")
    serial = (lives.groupby(day).cumcount() + 1).astype(str).str.zfill(4)
    lives["dossier_code"] = UNIT_PREFIX + "-" + day + "-" + serial
    return lives


def _procedures(rng: np.random.Generator, size: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the procedure numbers of a month's dossiers: each its share, chance rounds it."""
    weights = np.array([procedure.monthly for procedure in PROCEDURES])
    shares = weights / weights.sum() * size
    whole = np.floor(shares).astype(np.int64)
    rest = rng.choice(
        len(weights),
        size=size - whole.sum(),
        replace=False,
        p=(shares - whole) / (shares % 1).sum(),
    )
    whole[rest] += 1
    return np.repeat(np.arange(len(weights)), whole)


def _moments(
    rng: np.random.Generator,
    months: np.ndarray[Any, Any],
    *,
    is_online: np.ndarray[Any, Any],
    calendar: WorkingCalendar,
) -> pd.Series[Any]:
    """Filing at the desk keeps office hours; online filing also comes at night and on Sundays."""
    days = pd.Series(pd.date_range(FIRST_DAY, LAST_DAY, unit="s"))
    worked = calendar.is_working(days).to_numpy()
    month_of_day = ((days.dt.year - FIRST_DAY.year) * 12 + days.dt.month - 1).to_numpy()
    chosen = np.empty(len(months), dtype=np.int64)
    for month in range(len(MONTHS)):
        for online in (True, False):
            rows = np.flatnonzero((months == month) & (is_online == online))
            here = month_of_day == month
            weights = here * np.where(worked, 1.0, 0.35 if online else 0.0)
            chosen[rows] = rng.choice(len(days), size=len(rows), p=weights / weights.sum())
    day = days.iloc[chosen].reset_index(drop=True)
    night = pd.Series(pd.to_timedelta(rng.integers(6 * 60, 23 * 60, len(day)), unit="min"))
    in_hours = calendar.add_working_hours(day, _hours(rng, len(day), 0.05, 7.9))
    at_night = day + night.astype("timedelta64[s]")
    is_late = is_online & (~worked[chosen] | (rng.random(len(day)) < 0.3))
    return in_hours.mask(is_late, at_night)


def _hours(rng: np.random.Generator, size: int, low: float, high: float) -> pd.Series[float]:
    """Random whole minutes, as hours."""
    return pd.Series(np.maximum(rng.integers(round(low * 60), round(high * 60), size), 1) / 60)


def _take_in(lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """Online dossiers wait to be accepted, refused or returned for completion."""
    size = len(lives)
    submitted = lives["submitted_at"]
    online = lives["channel"].eq("online")
    in_bottleneck = _month(submitted).isin(INTAKE_BOTTLENECK.months)
    slow_share = np.where(in_bottleneck, SLOW_INTAKE_IN_BOTTLENECK, SLOW_INTAKE)
    is_slow = rng.random(size) < slow_share
    wait = _hours(rng, size, 0.2, 7.2).mask(is_slow, _hours(rng, size, 9, 22))
    decided = calendar.add_working_hours(submitted, wait)

    fate = pd.Series(rng.random(size))
    refused = online & (fate < 0.012)
    supplemented = calendar.add_working_hours(decided, _hours(rng, size, 4, 24))
    accepted_later = calendar.add_working_hours(supplemented, _hours(rng, size, 0.2, 4))
    # An export shows no dossier that waits for papers without having been received: such a
    # dossier is only asked when the answer comes before the next export.
    same_quarter = submitted.dt.to_period("Q") == accepted_later.dt.to_period("Q")
    asked = online & fate.between(0.012, 0.035) & same_quarter
    nothing = pd.Series(pd.NaT, index=lives.index, dtype=submitted.dtype)
    no_time = online & (rng.random(size) < 0.004)
    return lives.assign(
        submitted_at=submitted.mask(no_time, submitted.dt.normalize()),
        intake_due_at=calendar.add_working_hours(submitted, DAY_HOURS).where(online & ~no_time),
        outcome=np.where(refused, "refused", "plain"),
        refused_at=decided.where(refused),
        supplement_requested_at=decided.where(asked),
        supplemented_at=supplemented.where(asked),
        supplement_count=pd.Series(np.where(asked, 1, 0), index=lives.index),
        received_at=submitted.mask(online, decided)
        .mask(asked, accepted_later)
        .mask(refused, nothing),
    )


def _set_deadlines(lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    due_day = calendar.add_working_days(lives["received_at"], lives["days"])
    without = rng.random(len(lives)) < 0.006
    due = (due_day + CLOSING).mask(without)
    return lives.assign(due_at=due, first_due_at=due)


def _finish(lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """Nobody is late yet: early more and more often, else on the day."""
    size = len(lives)
    days = lives["days"].to_numpy()
    elapsed = (lives["submitted_at"] - FIRST_DAY).dt.days / (LAST_DAY - FIRST_DAY).days
    is_early = rng.random(size) < (0.62 + 0.12 * elapsed).to_numpy()
    earliest = np.where(days > 1, np.maximum(1, np.ceil(0.7 * days)), 0).astype(np.int64)
    early = rng.integers(np.minimum(earliest, days - 1), days)
    taken = pd.Series(np.where(is_early, early, days))
    on_day = calendar.add_working_hours(
        calendar.add_working_days(lives["received_at"], taken), _hours(rng, size, 0.3, 7.8)
    )
    at_once = calendar.add_working_hours(lives["received_at"], _hours(rng, size, 0.2, 1.5))
    return lives.assign(finished_at=on_day.mask(taken.eq(0), at_once))


def _withdraw(lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """A few applicants take their dossier back, and a few procedures are stopped.

    Not every desk writes down when; without a date it was on the day of receipt.
    """
    size = len(lives)
    fate = pd.Series(rng.random(size))
    can = lives["received_at"].notna() & lives["days"].ge(5)
    withdrawn, stopped = can & fate.lt(0.012), can & fate.gt(0.996)
    is_dated = rng.random(size) < 0.7
    dated = calendar.add_working_hours(lives["received_at"], _hours(rng, size, 2, 16))
    moment = lives["received_at"].mask(is_dated, dated).where(withdrawn | stopped)
    return lives.assign(
        outcome=lives["outcome"].mask(withdrawn, "withdrawn").mask(stopped, "stopped"),
        withdrawn_at=moment,
        finished_at=lives["finished_at"].mask(withdrawn | stopped, moment.where(is_dated)),
    )


def _make_late(lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """The usual rate: each dossier has the same small chance to finish days after its date."""
    slipping = lives["department"].isin(SLIPPING_DEPARTMENT.where)
    in_story = slipping & _month(lives["finished_at"]).isin(SLIPPING_DEPARTMENT.months)
    is_late = _can_be_late(lives) & ~in_story & (rng.random(len(lives)) < USUAL_LATE)
    return _delay(lives, is_late, rng, calendar=calendar, most=12)


def _can_be_late(lives: Frame) -> pd.Series[bool]:
    return lives["outcome"].eq("plain") & lives["due_at"].notna() & lives["finished_at"].notna()


def _is_late(lives: Frame) -> pd.Series[bool]:
    return lives["finished_at"].dt.normalize() > lives["due_at"].dt.normalize()


def _delay(
    lives: Frame,
    chosen: pd.Series[bool],
    rng: np.random.Generator,
    *,
    calendar: WorkingCalendar,
    most: int,
) -> Frame:
    """Let the ``chosen`` finish 1 to ``most`` working days after the due date."""
    behind = pd.Series(np.minimum(rng.geometric(0.3, len(lives)), most), index=lives.index)
    day = calendar.add_working_days(lives["due_at"], behind)
    late = calendar.add_working_hours(day, _hours(rng, len(lives), 0.3, 7.8))
    return lives.assign(finished_at=lives["finished_at"].mask(chosen, late))


def _let_department_slip(
    lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar
) -> Frame:
    """In each month of the story, a tenth of what the department closes is late."""
    department = lives["department"].isin(SLIPPING_DEPARTMENT.where)
    closed_in = _month(lives["finished_at"])
    # Those whose next working day after the date is still in the month: they close in it, late.
    next_day = calendar.add_working_days(lives["due_at"], 1)
    fits = _can_be_late(lives) & ~_is_late(lives) & department
    chosen = pd.Series(False, index=lives.index)
    for month in SLIPPING_DEPARTMENT.months:
        closed = lives.index[department & _can_be_late(lives) & closed_in.eq(month)]
        free = lives.index[fits & closed_in.eq(month) & _month(next_day).eq(month)]
        wanted = round(len(closed) * rng.uniform(0.105, 0.125))
        chosen[rng.choice(free, size=min(wanted, len(free)), replace=False)] = True
    delayed = _delay(lives, chosen, rng, calendar=calendar, most=6)
    # Who would close in the next month closes on the first day after the date instead.
    crosses = chosen & (_month(delayed["finished_at"]) != closed_in)
    first = calendar.add_working_hours(next_day, _hours(rng, len(lives), 0.3, 7.8))
    return delayed.assign(finished_at=delayed["finished_at"].mask(crosses, first))


def _reset_deadlines(lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """Late dossiers of the last quarter get a later due date, so that they look on time.

    The first export still shows the date that the applicant was given.
    """
    finished = lives["finished_at"]
    free = lives.index[
        _can_be_late(lives)
        & ~_is_late(lives)
        & lives["days"].ge(3)
        & finished.between("2024-10-07", "2024-12-13")
    ]
    count = round(RESET_DEADLINES.between[0]) if RESET_DEADLINES.between else 0
    chosen = lives.index.isin(rng.choice(free, size=count, replace=False))
    reset = _delay(lives, pd.Series(chosen), rng, calendar=calendar, most=6)
    later = pd.Series(rng.integers(0, 3, len(lives)), index=lives.index)
    moved = calendar.add_working_days(reset["finished_at"], later) + CLOSING
    return reset.assign(due_at=reset["due_at"].mask(chosen, moved))


def _leave_overdue(lives: Frame, rng: np.random.Generator) -> Frame:
    """A few dossiers are still open at the end though their date has passed."""
    due = lives["due_at"]
    waiting = _can_be_late(lives) & due.lt(LAST_DAY) & lives["finished_at"].gt(_end(LAST_DAY))
    free = lives.index[
        _can_be_late(lives)
        & ~_is_late(lives)
        & due.eq(lives["first_due_at"])
        & due.between("2024-12-09", "2024-12-28")
        & lives["days"].ge(3)
    ]
    wanted = max(OPEN_OVERDUE - int(waiting.sum()), 0)
    chosen = rng.choice(free, size=wanted, replace=False)
    return lives.assign(finished_at=lives["finished_at"].mask(lives.index.isin(chosen)))


def _ask_for_supplements(
    lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar
) -> Frame:
    """After intake, some applicants are asked for more papers, once; very few twice."""
    size = len(lives)
    asked = (
        (rng.random(size) < 0.075)
        & lives["outcome"].eq("plain")
        & lives["days"].ge(5)
        & lives["supplement_requested_at"].isna()
    )
    requested = calendar.add_working_hours(lives["received_at"], _hours(rng, size, 3, 12))
    answered = calendar.add_working_hours(requested, _hours(rng, size, 2, 10))
    asked &= answered.lt(lives["finished_at"]) | lives["finished_at"].isna()
    twice = asked & (rng.random(size) < 0.07)
    return lives.assign(
        supplement_requested_at=lives["supplement_requested_at"].mask(asked, requested),
        supplemented_at=lives["supplemented_at"].mask(asked, answered),
        supplement_count=lives["supplement_count"].mask(asked, 1).mask(twice, 2),
    )


def _hand_over(lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar) -> Frame:
    """Results are fetched, most at once; some wait for days and a few are never fetched."""
    size = len(lives)
    soon = calendar.add_working_hours(lives["finished_at"], _hours(rng, size, 0.1, 2))
    later = calendar.add_working_hours(lives["finished_at"], _hours(rng, size, 4, 70))
    fetched = lives["outcome"].eq("plain") & (rng.random(size) < 0.97)
    returned = later.mask(rng.random(size) < 0.6, soon).where(fetched)
    # The result was handed over and nobody wrote down when it was ready.
    forgotten = (rng.random(size) < 0.003) & _can_be_late(lives) & ~_is_late(lives)
    return lives.assign(
        returned_at=returned.mask(forgotten, lives["finished_at"]),
        finished_at=lives["finished_at"].mask(forgotten),
        rating3=pd.Series(
            rng.choice(["very_satisfied", "satisfied", "unsatisfied"], size, p=[0.62, 0.35, 0.03]),
            index=lives.index,
        ).where((rng.random(size) < 0.12) & returned.notna()),
    )


def _apologise_and_explain(
    lives: Frame, rng: np.random.Generator, *, calendar: WorkingCalendar
) -> Frame:
    """Most late dossiers have an apology dated the day after the date, and a cause."""
    size = len(lives)
    unfinished = lives["finished_at"].isna() & lives["returned_at"].isna()
    overdue = unfinished & lives["outcome"].eq("plain") & lives["due_at"].lt(LAST_DAY)
    late = (_is_late(lives) & lives["outcome"].eq("plain")) | overdue
    apology = calendar.add_working_days(lives["due_at"], 1)
    causes = pd.Series(rng.choice(LATE_CAUSES, size), index=lives.index, dtype=object)
    return lives.assign(
        apology_sent_at=apology.where(late & (rng.random(size) < 0.88)),
        late_cause=causes.where(late & ~overdue & (rng.random(size) < 0.8)),
        awaits_payment=lives["department"].eq(LAND) & (rng.random(size) < 0.15),
    )


def _leave_gaps(lives: Frame, rng: np.random.Generator) -> Frame:
    """Records are not always complete: a field, a channel or a status left blank."""
    gap = rng.choice(
        ["", "field", "channel", "status"], size=len(lives), p=[0.981, 0.008, 0.005, 0.006]
    )
    plain = lives["outcome"].eq("plain")
    return lives.assign(hides=pd.Series(gap, index=lives.index).where(plain, ""))


def _month(times: pd.Series[Any]) -> pd.Series[str]:
    """YYYY-MM of each time; blank times belong to no month."""
    return times.dt.strftime("%Y-%m")


def _end(day: pd.Timestamp) -> pd.Timestamp:
    """The last second of ``day``."""
    return day + pd.Timedelta(days=1) - pd.Timedelta(seconds=1)
