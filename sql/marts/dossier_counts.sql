-- One row per dossier and thing that counts for it: what happened to it, in the month it happened in
-- (`month`) and countable from the month it is known in (`seen_month`), and what it was at the start
-- and at the cut-off of each month. Each column is 1 where the row counts for it, else 0.
-- For one unit and one calendar. An apology sent in July for a dossier late in June counts for June
-- once the cut-off lies in July or later.
-- Oddity: a dossier closed before it was received enters with its closing day, so that what came in
-- plus what was open always equals what was closed plus what is open. The meeting's record wins
-- over the file: a cause or an apology typed there comes first.
facts as (
    select
        f.unit,
        d.canonical_id as department_id,
        l.canonical_id as field_id,
        p.canonical_id as procedure_id,
        coalesce(f.channel, 'other') as channel,
        f.outcome, f.received_on, f.entered_on, f.due_on, f.closed_on, f.returned_on,
        coalesce(said_sorry.day, f.apology_on) as apology_on,
        f.requests, f.requests_after_intake, f.waiting_from, f.waiting_to, f.is_complete,
        f.intake_on, f.intake_counted_on, f.intake_within, f.intake_no_time, f.rating3,
        coalesce(nullif(said_why.value, ''), f.late_cause) as late_cause,
        f.dossier_code
    from fact_dossier as f
    inner join dim_department as d on d.department_id = f.department_id
    inner join dim_field as l on l.field_id = f.field_id
    inner join dim_procedure as p on p.procedure_id = f.procedure_id
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

changed as (
    select distinct
        case :calendar when 'calendar' then o.calendar_month else o.report_month end as month,
        i."key" as dossier_code
    from before_image as i
    inner join load_batch as b on b.batch_id = i.batch_id and b.status = 'accepted'
    inner join dim_date as o on o.date = b.as_of
    where i.unit = :unit and i.source = 'dossier' and i.has_deadline_change and b.as_of <= :as_of
),

happenings as (
    select
        e.basis,
        case :calendar when 'calendar' then o.calendar_month else o.report_month end as month,
        case :calendar when 'calendar' then s.calendar_month else s.report_month end as seen_month,
        :as_of as cutoff,
        department_id, field_id, procedure_id, channel, outcome, due_on, closed_on, requests,
        requests_after_intake, waiting_from, waiting_to, is_complete, intake_within, intake_no_time,
        late_cause, rating3, dossier_code
    from events as e
    inner join dim_date as o on o.date = e.on_date
    inner join dim_date as s on s.date = e.seen_on
    where e.on_date <= :as_of and e.seen_on <= :as_of
    union all
    select
        basis, month, month, cutoff,
        department_id, field_id, procedure_id, channel, outcome, due_on, closed_on, requests,
        requests_after_intake, waiting_from, waiting_to, is_complete, intake_within, intake_no_time,
        late_cause, rating3, dossier_code
    from states
    union all
    select
        'changed', changed.month, changed.month, :as_of,
        department_id, field_id, procedure_id, channel, outcome, due_on, closed_on, requests,
        requests_after_intake, waiting_from, waiting_to, is_complete, intake_within, intake_no_time,
        late_cause, rating3, facts.dossier_code
    from changed
    inner join facts on facts.dossier_code = changed.dossier_code
),

dossier_counts as (
    select
        dossier_code, month, seen_month, department_id, field_id, procedure_id, channel,
        case when basis = 'received' then 1 else 0 end as received,
        case when basis = 'received' and channel = 'online' then 1 else 0 end as received_online,
        case when basis = 'received' and due_on is null then 1 else 0 end as received_no_due,
        case when basis = 'received' and is_complete then 1 else 0 end as complete,
        case when basis = 'entered' and due_on is not null then 1 else 0 end as entered_due,
        case when basis = 'entered' and due_on is null then 1 else 0 end as entered_no_due,
        case
            when basis = 'received' and due_on is not null and outcome <> 'withdrawn'
            then 1 else 0
        end as received_766,
        case
            when basis = 'closed' and outcome = 'resolved' and closed_on < due_on
            then 1 else 0
        end as resolved_early,
        case
            when basis = 'closed' and outcome = 'resolved' and closed_on = due_on
            then 1 else 0
        end as resolved_on_time,
        case
            when basis = 'closed' and outcome = 'resolved' and closed_on > due_on
            then 1 else 0
        end as resolved_late,
        case
            when basis = 'closed' and outcome = 'resolved' and due_on is null
            then 1 else 0
        end as resolved_no_due,
        case
            when basis = 'closed' and outcome = 'resolved' and closed_on <= due_on and requests <= 1
            then 1 else 0
        end as resolved_766,
        case
            when basis = 'closed' and outcome = 'withdrawn' and closed_on < due_on
            then 1 else 0
        end as withdrawn_early,
        case
            when basis = 'closed' and outcome = 'withdrawn' and closed_on = due_on
            then 1 else 0
        end as withdrawn_on_time,
        case
            when basis = 'closed' and outcome = 'withdrawn' and closed_on > due_on
            then 1 else 0
        end as withdrawn_late,
        case
            when basis = 'closed' and outcome = 'withdrawn' and due_on is null
            then 1 else 0
        end as withdrawn_no_due,
        case
            when basis = 'closed' and outcome = 'resolved' and requests_after_intake >= 1
            then 1 else 0
        end as supplemented,
        case
            when basis = 'closed' and outcome = 'resolved' and requests >= 2
            then 1 else 0
        end as repeat_supplemented,
        case when basis = 'apologised' then 1 else 0 end as apologised,
        case
            when basis = 'closed' and outcome = 'resolved' and closed_on > due_on and late_cause is not null
            then 1 else 0
        end as explained,
        case when basis = 'returned' then 1 else 0 end as returned_due,
        case when basis = 'returned' and closed_on <= due_on then 1 else 0 end as returned_ready,
        case when basis = 'intake' and not intake_no_time then 1 else 0 end as intake_counted,
        case when basis = 'intake' and not intake_no_time and intake_within then 1 else 0 end as intake_within,
        case when basis = 'intake' and intake_no_time then 1 else 0 end as intake_no_time,
        case when basis = 'closed' and outcome = 'resolved' and rating3 is not null then 1 else 0 end as rated,
        case
            when basis = 'closed' and outcome = 'resolved' and rating3 in ('very_satisfied', 'satisfied')
            then 1 else 0
        end as rated_satisfied,
        case when basis = 'changed' then 1 else 0 end as deadline_changed,
        case when basis = 'opening' and due_on is not null then 1 else 0 end as opening_due,
        case when basis = 'opening' and due_on is null then 1 else 0 end as opening_no_due,
        case
            when basis = 'opening' and due_on is not null and outcome <> 'withdrawn'
            then 1 else 0
        end as opening_766,
        case when basis = 'pending' and due_on >= cutoff then 1 else 0 end as pending_in_time,
        case when basis = 'pending' and due_on < cutoff then 1 else 0 end as pending_overdue,
        case when basis = 'pending' and due_on is null then 1 else 0 end as pending_no_due,
        case
            when basis = 'pending' and outcome <> 'withdrawn' and requests <= 1
            and due_on >= case
                when waiting_from <= cutoff and (waiting_to is null or waiting_to > cutoff)
                then waiting_from else cutoff end
            then 1 else 0
        end as pending_766
    from happenings
)
