-- One row per unit, calendar, month, month of knowing, department, field, procedure and channel.
-- For one unit and one calendar. Each dossier gives one event per thing that happened to it, in the
-- month it happened in (`month`), countable from the month it is known in (`seen_month`): an apology
-- sent in July for a dossier late in June counts for June once the cut-off lies in July or later.
-- Oddity: a dossier closed before it was received enters with its closing day, so that what came in
-- plus what was open always equals what was closed plus what is open.
insert into mart_dossier (
    unit, calendar, month, seen_month, department_id, field_id, procedure_id, channel,
    received,
    received_online,
    received_no_due,
    complete,
    entered_due,
    entered_no_due,
    received_766,
    resolved_early,
    resolved_on_time,
    resolved_late,
    resolved_no_due,
    resolved_766,
    withdrawn_early,
    withdrawn_on_time,
    withdrawn_late,
    withdrawn_no_due,
    supplemented,
    repeat_supplemented,
    apologised,
    explained,
    returned_due,
    returned_ready,
    intake_counted,
    intake_within,
    intake_no_time,
    rated,
    rated_satisfied,
    deadline_changed,
    opening_due,
    opening_no_due,
    opening_766,
    pending_in_time,
    pending_overdue,
    pending_no_due,
    pending_766
)
with facts as (
    select
        f.unit,
        d.canonical_id as department_id,
        l.canonical_id as field_id,
        p.canonical_id as procedure_id,
        coalesce(f.channel, 'other') as channel,
        f.outcome, f.received_on, f.entered_on, f.due_on, f.closed_on, f.returned_on, f.apology_on,
        f.requests, f.requests_after_intake, f.waiting_from, f.waiting_to, f.is_complete,
        f.intake_on, f.intake_counted_on, f.intake_within, f.intake_no_time, f.late_cause, f.rating3,
        f.dossier_code
    from fact_dossier as f
    inner join dim_department as d on d.department_id = f.department_id
    inner join dim_field as l on l.field_id = f.field_id
    inner join dim_procedure as p on p.procedure_id = f.procedure_id
    where f.unit = :unit
),

events as (
    select 'received' as basis, received_on as on_date, received_on as seen_on, facts.*
    from facts where received_on is not null
    union all
    select 'entered', entered_on, entered_on, facts.*
    from facts where entered_on is not null
    union all
    select 'closed', closed_on, closed_on, facts.*
    from facts where closed_on is not null
    union all
    select
        'apologised', closed_on,
        case when apology_on > closed_on then apology_on else closed_on end,
        facts.*
    from facts where outcome = 'resolved' and closed_on > due_on and apology_on is not null
    union all
    select
        'returned', returned_on,
        case when closed_on > returned_on then closed_on else returned_on end,
        facts.*
    from facts where outcome = 'resolved' and due_on is not null and returned_on is not null
    union all
    select 'intake', intake_on, intake_counted_on, facts.*
    from facts where intake_on is not null
),

flows as (
    select
        case :calendar when 'calendar' then o.calendar_month else o.report_month end as month,
        case :calendar when 'calendar' then s.calendar_month else s.report_month end as seen_month,
        e.department_id, e.field_id, e.procedure_id, e.channel,
        count(*) filter (where basis = 'received') as received,
        count(*) filter (where basis = 'received' and channel = 'online') as received_online,
        count(*) filter (where basis = 'received' and due_on is null) as received_no_due,
        count(*) filter (where basis = 'received' and is_complete) as complete,
        count(*) filter (where basis = 'entered' and due_on is not null) as entered_due,
        count(*) filter (where basis = 'entered' and due_on is null) as entered_no_due,
        count(*) filter (where basis = 'received' and due_on is not null and outcome <> 'withdrawn') as received_766,
        count(*) filter (where basis = 'closed' and outcome = 'resolved' and closed_on < due_on) as resolved_early,
        count(*) filter (where basis = 'closed' and outcome = 'resolved' and closed_on = due_on) as resolved_on_time,
        count(*) filter (where basis = 'closed' and outcome = 'resolved' and closed_on > due_on) as resolved_late,
        count(*) filter (where basis = 'closed' and outcome = 'resolved' and due_on is null) as resolved_no_due,
        count(*) filter (
            where basis = 'closed' and outcome = 'resolved' and closed_on <= due_on and requests <= 1
        ) as resolved_766,
        count(*) filter (where basis = 'closed' and outcome = 'withdrawn' and closed_on < due_on) as withdrawn_early,
        count(*) filter (where basis = 'closed' and outcome = 'withdrawn' and closed_on = due_on) as withdrawn_on_time,
        count(*) filter (where basis = 'closed' and outcome = 'withdrawn' and closed_on > due_on) as withdrawn_late,
        count(*) filter (where basis = 'closed' and outcome = 'withdrawn' and due_on is null) as withdrawn_no_due,
        count(*) filter (
            where basis = 'closed' and outcome = 'resolved' and requests_after_intake >= 1
        ) as supplemented,
        count(*) filter (where basis = 'closed' and outcome = 'resolved' and requests >= 2) as repeat_supplemented,
        count(*) filter (where basis = 'apologised') as apologised,
        count(*) filter (
            where basis = 'closed' and outcome = 'resolved' and closed_on > due_on and late_cause is not null
        ) as explained,
        count(*) filter (where basis = 'returned') as returned_due,
        count(*) filter (where basis = 'returned' and closed_on <= due_on) as returned_ready,
        count(*) filter (where basis = 'intake' and not intake_no_time) as intake_counted,
        count(*) filter (where basis = 'intake' and not intake_no_time and intake_within) as intake_within,
        count(*) filter (where basis = 'intake' and intake_no_time) as intake_no_time,
        count(*) filter (where basis = 'closed' and outcome = 'resolved' and rating3 is not null) as rated,
        count(*) filter (
            where basis = 'closed' and outcome = 'resolved' and rating3 in ('very_satisfied', 'satisfied')
        ) as rated_satisfied,
        0 as deadline_changed,
        0 as opening_due,
        0 as opening_no_due,
        0 as opening_766,
        0 as pending_in_time,
        0 as pending_overdue,
        0 as pending_no_due,
        0 as pending_766
    from events as e
    inner join dim_date as o on o.date = e.on_date
    inner join dim_date as s on s.date = e.seen_on
    where e.on_date <= :as_of and e.seen_on <= :as_of
    group by 1, 2, 3, 4, 5, 6
),

months as (
    select
        month, start_on,
        case when end_on > :as_of then :as_of else end_on end as cutoff
    from dim_month
    where calendar = :calendar and start_on <= :as_of
),

states as (
    select 'opening' as basis, m.month, m.cutoff, facts.*
    from facts
    inner join months as m
        on m.start_on > facts.entered_on
        and (facts.closed_on is null or facts.closed_on >= m.start_on)
    union all
    select 'pending', m.month, m.cutoff, facts.*
    from facts
    inner join months as m
        on m.cutoff >= facts.entered_on
        and (facts.closed_on is null or facts.closed_on > m.cutoff)
),

stocks as (
    select
        month,
        month as seen_month,
        department_id, field_id, procedure_id, channel,
        0 as received,
        0 as received_online,
        0 as received_no_due,
        0 as complete,
        0 as entered_due,
        0 as entered_no_due,
        0 as received_766,
        0 as resolved_early,
        0 as resolved_on_time,
        0 as resolved_late,
        0 as resolved_no_due,
        0 as resolved_766,
        0 as withdrawn_early,
        0 as withdrawn_on_time,
        0 as withdrawn_late,
        0 as withdrawn_no_due,
        0 as supplemented,
        0 as repeat_supplemented,
        0 as apologised,
        0 as explained,
        0 as returned_due,
        0 as returned_ready,
        0 as intake_counted,
        0 as intake_within,
        0 as intake_no_time,
        0 as rated,
        0 as rated_satisfied,
        0 as deadline_changed,
        count(*) filter (where basis = 'opening' and due_on is not null) as opening_due,
        count(*) filter (where basis = 'opening' and due_on is null) as opening_no_due,
        count(*) filter (where basis = 'opening' and due_on is not null and outcome <> 'withdrawn') as opening_766,
        count(*) filter (where basis = 'pending' and due_on >= cutoff) as pending_in_time,
        count(*) filter (where basis = 'pending' and due_on < cutoff) as pending_overdue,
        count(*) filter (where basis = 'pending' and due_on is null) as pending_no_due,
        count(*) filter (
            where basis = 'pending' and outcome <> 'withdrawn' and requests <= 1
            and due_on >= case
                when waiting_from <= cutoff and (waiting_to is null or waiting_to > cutoff)
                then waiting_from else cutoff end
        ) as pending_766
    from states
    group by month, department_id, field_id, procedure_id, channel
),

changed as (
    select distinct
        case :calendar when 'calendar' then o.calendar_month else o.report_month end as month,
        facts.department_id, facts.field_id, facts.procedure_id, facts.channel,
        facts.dossier_code
    from before_image as i
    inner join load_batch as b on b.batch_id = i.batch_id and b.status = 'accepted'
    inner join dim_date as o on o.date = b.as_of
    inner join facts on facts.dossier_code = i."key"
    where i.unit = :unit and i.source = 'dossier' and i.has_deadline_change and b.as_of <= :as_of
),

changes as (
    select
        month,
        month as seen_month,
        department_id, field_id, procedure_id, channel,
        0 as received,
        0 as received_online,
        0 as received_no_due,
        0 as complete,
        0 as entered_due,
        0 as entered_no_due,
        0 as received_766,
        0 as resolved_early,
        0 as resolved_on_time,
        0 as resolved_late,
        0 as resolved_no_due,
        0 as resolved_766,
        0 as withdrawn_early,
        0 as withdrawn_on_time,
        0 as withdrawn_late,
        0 as withdrawn_no_due,
        0 as supplemented,
        0 as repeat_supplemented,
        0 as apologised,
        0 as explained,
        0 as returned_due,
        0 as returned_ready,
        0 as intake_counted,
        0 as intake_within,
        0 as intake_no_time,
        0 as rated,
        0 as rated_satisfied,
        count(*) as deadline_changed,
        0 as opening_due,
        0 as opening_no_due,
        0 as opening_766,
        0 as pending_in_time,
        0 as pending_overdue,
        0 as pending_no_due,
        0 as pending_766
    from changed
    group by month, department_id, field_id, procedure_id, channel
),

parts as (
    select * from flows
    union all
    select * from stocks
    union all
    select * from changes
)

select
    :unit, :calendar, month, seen_month, department_id, field_id, procedure_id, channel,
    sum(received),
    sum(received_online),
    sum(received_no_due),
    sum(complete),
    sum(entered_due),
    sum(entered_no_due),
    sum(received_766),
    sum(resolved_early),
    sum(resolved_on_time),
    sum(resolved_late),
    sum(resolved_no_due),
    sum(resolved_766),
    sum(withdrawn_early),
    sum(withdrawn_on_time),
    sum(withdrawn_late),
    sum(withdrawn_no_due),
    sum(supplemented),
    sum(repeat_supplemented),
    sum(apologised),
    sum(explained),
    sum(returned_due),
    sum(returned_ready),
    sum(intake_counted),
    sum(intake_within),
    sum(intake_no_time),
    sum(rated),
    sum(rated_satisfied),
    sum(deadline_changed),
    sum(opening_due),
    sum(opening_no_due),
    sum(opening_766),
    sum(pending_in_time),
    sum(pending_overdue),
    sum(pending_no_due),
    sum(pending_766)
from parts
group by month, seen_month, department_id, field_id, procedure_id, channel
