-- One row per load that changed a due or finish date, of every dossier that has any, in order.
-- ``image`` is what the dossier said before that load; ``due_at`` and ``finished_at`` are of now.
select
    f.dossier_code,
    d.label as department,
    i.image,
    f.due_at,
    f.finished_at,
    b.as_of as changed_on
from before_image as i
inner join load_batch as b on b.batch_id = i.batch_id and b.status = 'accepted'
inner join fact_dossier as f on f.unit = i.unit and f.dossier_code = i."key"
inner join dim_department as d0 on d0.department_id = f.department_id
inner join dim_department as d on d.department_id = d0.canonical_id
inner join dim_field as l0 on l0.field_id = f.field_id
inner join dim_field as l on l.field_id = l0.canonical_id
where i.unit = :unit
    and i.source = 'dossier'
    and i.has_deadline_change
    and b.as_of <= :last
    and (:department is null or d.label = :department)
    and (:field is null or l.label = :field)
    and (:channel is null or coalesce(f.channel, 'other') = :channel)
order by f.dossier_code, b.as_of, b.batch_id
