-- One row per unit, calendar, month, level, criterion, question, department, field and channel.
-- For one unit and one calendar. A form's answers are not independent, so forms are counted apart at
-- each level (question, criterion, all) and never added across questions: a form answers a question
-- once, and what it says of a criterion and of everything is brought together first. Questions about
-- the whole ('overall') count only where a survey's month holds nothing else.
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
        a.survey, a.survey_month, a.response_id, a.month, a.criterion, a.question_id,
        a.department_id, a.field_id, a.channel,
        case when a.criterion <> 'overall' or s.has_criteria = 0 then a.score end as score
    from answers as a
    inner join scopes as s on s.survey = a.survey and s.survey_month = a.survey_month
),

form_questions as (
    select
        survey, survey_month, response_id, month, criterion, question_id,
        department_id, field_id, channel,
        case when score is null then 0 else 1 end as answers,
        case when score >= 4 then 1 else 0 end as satisfied,
        coalesce(score, 0) as score_sum,
        case when score = 1 then 1 else 0 end as score_1,
        case when score = 2 then 1 else 0 end as score_2,
        case when score = 3 then 1 else 0 end as score_3,
        case when score = 4 then 1 else 0 end as score_4,
        case when score = 5 then 1 else 0 end as score_5
    from scored
),

form_criteria as (
    select
        survey, survey_month, response_id, month, criterion, department_id, field_id, channel,
        sum(answers) as answers,
        sum(satisfied) as satisfied,
        sum(score_sum) as score_sum,
        sum(score_1) as score_1,
        sum(score_2) as score_2,
        sum(score_3) as score_3,
        sum(score_4) as score_4,
        sum(score_5) as score_5
    from form_questions
    group by survey, survey_month, response_id, month, criterion, department_id, field_id, channel
),

whole_forms as (
    select
        survey, survey_month, response_id, month, department_id, field_id, channel,
        sum(answers) as answers,
        sum(satisfied) as satisfied,
        sum(score_sum) as score_sum,
        sum(score_1) as score_1,
        sum(score_2) as score_2,
        sum(score_3) as score_3,
        sum(score_4) as score_4,
        sum(score_5) as score_5
    from form_criteria
    group by survey, survey_month, response_id, month, department_id, field_id, channel
),

levels as (
    select
        month, 'question' as level, criterion, question_id,
        department_id, field_id, channel,
        answers, satisfied, score_sum, score_1, score_2, score_3, score_4, score_5
    from form_questions
    union all
    select
        month, 'criterion', criterion, 0,
        department_id, field_id, channel,
        answers, satisfied, score_sum, score_1, score_2, score_3, score_4, score_5
    from form_criteria
    union all
    select
        month, 'all', '', 0,
        department_id, field_id, channel,
        answers, satisfied, score_sum, score_1, score_2, score_3, score_4, score_5
    from whole_forms
)

select
    :unit, :calendar, month, level, criterion, question_id, department_id, field_id, channel,
    sum(answers),
    sum(satisfied),
    sum(score_sum),
    sum(score_1),
    sum(score_2),
    sum(score_3),
    sum(score_4),
    sum(score_5),
    sum(case when answers > 0 then 1 else 0 end),
    count(*)
from levels
group by month, level, criterion, question_id, department_id, field_id, channel
