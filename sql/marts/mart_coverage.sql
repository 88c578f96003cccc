-- One row per unit, calendar, source and month that a loaded, not undone file speaks for.
-- For one unit and one calendar. The cut-off is the month's end or the source's as-of date,
-- whichever is first; a month cut short is not whole.
insert into mart_coverage (unit, calendar, source, month, cutoff, is_whole)
with live as (
    select c.source, c.covered_from, c.covered_to, c.as_of
    from load_coverage as c
    inner join load_batch as b on b.batch_id = c.batch_id
    where c.unit = :unit and b.status = 'accepted'
),

latest as (
    select source, max(as_of) as as_of from live group by source
),

covered as (
    select distinct live.source, m.month, m.end_on, latest.as_of
    from live
    inner join latest on latest.source = live.source
    inner join dim_month as m
        on m.calendar = :calendar
        and m.start_on <= live.covered_to
        and m.end_on >= live.covered_from
        and m.start_on <= latest.as_of
)

select
    :unit, :calendar, source, month,
    case when end_on > as_of then as_of else end_on end,
    end_on <= as_of
from covered
