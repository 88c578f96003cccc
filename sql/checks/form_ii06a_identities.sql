-- Months in which form II.06a does not add up: 3 = 4 + 5 + 6 must equal 7 + 11, and column 6 of a
-- month must equal column 11 of the month before. No rows = holds.
with form as (
    select
        unit, calendar, month,
        sum(entered_due) as entered,
        sum(opening_due) as opening,
        sum(
            resolved_early + resolved_on_time + resolved_late
            + withdrawn_early + withdrawn_on_time + withdrawn_late
        ) as closed,
        sum(pending_in_time + pending_overdue) as pending
    from mart_dossier
    where unit = :unit and seen_month = month
    group by unit, calendar, month
),

ordered as (
    select
        form.*,
        lag(pending, 1, 0) over (partition by unit, calendar order by month) as pending_before
    from form
)

select unit, calendar, month, entered, opening, closed, pending, pending_before
from ordered
where entered + opening <> closed + pending or opening <> pending_before
