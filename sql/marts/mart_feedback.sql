-- One row per unit, calendar, month of sending, month of knowing, department, channel and class.
-- For one unit and one calendar. An item enters the on-time denominator on the day it is answered
-- or the day after its limit, whichever is first; refused items and those that wait for their
-- sender stay out of it.
insert into mart_feedback (
    unit, calendar, month, seen_month, department_id, channel, category,
    received,
    conduct,
    counted,
    on_time,
    answered,
    published,
    open_in_time,
    open_overdue
)
with facts as (
    select
        d.canonical_id as department_id,
        coalesce(f.channel, 'other') as channel,
        f.category, f.sent_on, f.answered_on, f.published_on, f.limit_on, f.counted_on,
        f.is_on_time, f.is_excluded, f.is_refused
    from fact_feedback as f
    inner join dim_department as d on d.department_id = f.department_id
    where f.unit = :unit
),

events as (
    select 'received' as basis, sent_on as on_date, sent_on as seen_on, facts.*
    from facts
    union all
    select 'counted', sent_on, counted_on, facts.*
    from facts where not is_excluded
    union all
    select 'answered', sent_on, answered_on, facts.*
    from facts where answered_on is not null and not is_refused
    union all
    select
        'published', sent_on,
        case when published_on > answered_on then published_on else answered_on end,
        facts.*
    from facts where answered_on is not null and published_on is not null and not is_refused
),

flows as (
    select
        case :calendar when 'calendar' then o.calendar_month else o.report_month end as month,
        case :calendar when 'calendar' then s.calendar_month else s.report_month end as seen_month,
        e.department_id, e.channel, e.category,
        count(*) filter (where basis = 'received') as received,
        count(*) filter (where basis = 'received' and category = 'conduct') as conduct,
        count(*) filter (where basis = 'counted') as counted,
        count(*) filter (where basis = 'counted' and is_on_time) as on_time,
        count(*) filter (where basis = 'answered') as answered,
        count(*) filter (where basis = 'published') as published,
        0 as open_in_time,
        0 as open_overdue
    from events as e
    inner join dim_date as o on o.date = e.on_date
    inner join dim_date as s on s.date = e.seen_on
    where e.on_date <= :as_of and e.seen_on <= :as_of
    group by 1, 2, 3, 4, 5
),

months as (
    select
        month,
        case when end_on > :as_of then :as_of else end_on end as cutoff
    from dim_month
    where calendar = :calendar and start_on <= :as_of
),

stocks as (
    select
        m.month,
        m.month as seen_month,
        f.department_id, f.channel, f.category,
        0 as received,
        0 as conduct,
        0 as counted,
        0 as on_time,
        0 as answered,
        0 as published,
        count(*) filter (where f.limit_on >= m.cutoff) as open_in_time,
        count(*) filter (where f.limit_on < m.cutoff) as open_overdue
    from facts as f
    inner join months as m
        on m.cutoff >= f.sent_on
        and (f.answered_on is null or f.answered_on > m.cutoff)
    where not f.is_excluded
    group by m.month, f.department_id, f.channel, f.category
),

parts as (
    select * from flows
    union all
    select * from stocks
)

select
    :unit, :calendar, month, seen_month, department_id, channel, category,
    sum(received),
    sum(conduct),
    sum(counted),
    sum(on_time),
    sum(answered),
    sum(published),
    sum(open_in_time),
    sum(open_overdue)
from parts
group by month, seen_month, department_id, channel, category
