-- One row per unit, calendar, month, level, criterion, question, department, field and channel.
-- For one unit and one calendar. A form's answers are not independent, so forms are counted apart at
-- each level (question, criterion, all) and never added across questions. Questions about the whole
-- ('overall') count only where a survey's month holds nothing else.
insert into mart_survey (
    unit, calendar, month, level, criterion, question_id, department_id, field_id, channel,
    answers,
    satisfied,
    score_sum,
    score_1,
    score_2,
    score_3,
    score_4,
    score_5,
    forms,
    responses
)
with answers as (
    select
        case :calendar when 'calendar' then o.calendar_month else o.report_month end as month,
        a.survey, a.month as survey_month, a.response_id, a.question_id, a.score,
        q.criterion,
        d.canonical_id as department_id,
        l.canonical_id as field_id,
        coalesce(a.channel, 'other') as channel
    from fact_survey_answer as a
    inner join dim_question as q on q.question_id = a.question_id
    inner join dim_department as d on d.department_id = a.department_id
    inner join dim_field as l on l.field_id = a.field_id
    inner join dim_date as o on o.date = a.answered_on
    where a.unit = :unit and a.score is not null and a.answered_on <= :as_of
),

scopes as (
    select
        survey, survey_month,
        max(case when criterion <> 'overall' then 1 else 0 end) as has_criteria
    from answers
    group by survey, survey_month
),

scored as (
    select
        a.*,
        a.survey || '/' || a.survey_month || '/' || a.response_id as form,
        case when a.criterion <> 'overall' or s.has_criteria = 0 then 1 else 0 end as is_counted
    from answers as a
    inner join scopes as s on s.survey = a.survey and s.survey_month = a.survey_month
),

levels as (
    select 'question' as level, criterion as at_criterion, question_id as at_question, scored.*
    from scored
    union all
    select 'criterion', criterion, 0, scored.*
    from scored
    union all
    select 'all', '', 0, scored.*
    from scored
)

select
    :unit, :calendar, month, level, at_criterion, at_question, department_id, field_id, channel,
    count(*) filter (where is_counted = 1),
    count(*) filter (where is_counted = 1 and score >= 4),
    coalesce(sum(score) filter (where is_counted = 1), 0),
    count(*) filter (where is_counted = 1 and score = 1),
    count(*) filter (where is_counted = 1 and score = 2),
    count(*) filter (where is_counted = 1 and score = 3),
    count(*) filter (where is_counted = 1 and score = 4),
    count(*) filter (where is_counted = 1 and score = 5),
    count(distinct case when is_counted = 1 then form end),
    count(distinct form)
from levels
group by month, level, at_criterion, at_question, department_id, field_id, channel
