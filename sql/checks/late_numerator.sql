-- Months whose late dossiers in the mart differ from a count straight from the facts, also where
-- one of the two has none of the month. No rows = holds.
with counts as (
    select month, resolved_late as marted, 0 as counted
    from mart_dossier
    where unit = :unit and calendar = 'calendar'
    union all
    select d.calendar_month, 0, 1
    from fact_dossier as f
    inner join dim_date as d on d.date = f.closed_on
    where f.unit = :unit and f.outcome = 'resolved' and f.closed_on > f.due_on
        and f.closed_on <= (
            select max(c.as_of)
            from load_coverage as c
            inner join load_batch as b on b.batch_id = c.batch_id and b.status = 'accepted'
            where c.unit = :unit and c.source = 'dossier'
        )
)

select month, sum(marted) as late, sum(counted) as counted
from counts
group by month
having sum(marted) <> sum(counted)
