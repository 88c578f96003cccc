-- Months whose late dossiers in the mart differ from a count straight from the facts.
-- No rows = holds.
with marted as (
    select month, sum(resolved_late) as late
    from mart_dossier
    where unit = :unit and calendar = 'calendar'
    group by month
),

counted as (
    select d.calendar_month as month, count(*) as late
    from fact_dossier as f
    inner join dim_date as d on d.date = f.closed_on
    where f.unit = :unit and f.outcome = 'resolved' and f.closed_on > f.due_on
        and f.closed_on <= (
            select max(c.as_of)
            from load_coverage as c
            inner join load_batch as b on b.batch_id = c.batch_id and b.status = 'accepted'
            where c.unit = :unit and c.source = 'dossier'
        )
    group by d.calendar_month
)

select m.month, m.late, coalesce(c.late, 0) as counted
from marted as m
left join counted as c on c.month = m.month
where m.late <> coalesce(c.late, 0)
