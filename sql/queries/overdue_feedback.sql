-- One row per item of feedback without an answer at the cut-off and past its limit, oldest first.
select
    f.feedback_code,
    d.label as department,
    f.sent_on,
    f.limit_on
from fact_feedback as f
inner join dim_department as d0 on d0.department_id = f.department_id
inner join dim_department as d on d.department_id = d0.canonical_id
where f.unit = :unit
    and not f.is_excluded
    and f.sent_on <= :cutoff
    and (f.answered_on is null or f.answered_on > :cutoff)
    and f.limit_on < :cutoff
    and (:department is null or d.label = :department)
order by f.limit_on, f.feedback_code
