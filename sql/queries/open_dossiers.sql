-- One row per dossier that is open at the cut-off and has a due date up to a given day; the
-- meeting's record wins over what the file says of apology and cause.
select
    f.dossier_code,
    p.label as "procedure",
    l.label as field,
    d.label as department,
    coalesce(f.channel, 'other') as channel,
    f.received_on,
    f.due_on,
    coalesce(said_sorry.day, f.apology_on) as apology_on,
    coalesce(nullif(said_why.value, ''), f.late_cause) as late_cause
from fact_dossier as f
inner join dim_department as d0 on d0.department_id = f.department_id
inner join dim_department as d on d.department_id = d0.canonical_id
inner join dim_field as l0 on l0.field_id = f.field_id
inner join dim_field as l on l.field_id = l0.canonical_id
inner join dim_procedure as p0 on p0.procedure_id = f.procedure_id
inner join dim_procedure as p on p.procedure_id = p0.canonical_id
left join record_entry as said_why
    on said_why.unit = f.unit
    and said_why.kind = 'dossier'
    and said_why.month = ''
    and said_why.subject = f.dossier_code
    and said_why.field = 'cause'
left join record_entry as said_sorry
    on said_sorry.unit = f.unit
    and said_sorry.kind = 'dossier'
    and said_sorry.month = ''
    and said_sorry.subject = f.dossier_code
    and said_sorry.field = 'apology_on'
where f.unit = :unit
    and f.entered_on <= :cutoff
    and (f.closed_on is null or f.closed_on > :cutoff)
    and f.due_on <= :due_until
    and (:department is null or d.label = :department)
    and (:field is null or l.label = :field)
    and (:channel is null or coalesce(f.channel, 'other') = :channel)
order by f.due_on, f.dossier_code
