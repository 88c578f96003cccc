-- One row per department, day of reception and due date, of dossiers open at the cut-off.
select
    d.label as department,
    f.received_on,
    f.due_on,
    count(*) as dossiers
from fact_dossier as f
inner join dim_department as d0 on d0.department_id = f.department_id
inner join dim_department as d on d.department_id = d0.canonical_id
inner join dim_field as l0 on l0.field_id = f.field_id
inner join dim_field as l on l.field_id = l0.canonical_id
where f.unit = :unit
    and f.entered_on <= :cutoff
    and (f.closed_on is null or f.closed_on > :cutoff)
    and (:department is null or d.label = :department)
    and (:field is null or l.label = :field)
    and (:channel is null or coalesce(f.channel, 'other') = :channel)
group by d.label, f.received_on, f.due_on
