-- Months in which answers at one level differ from those at another, or whose forms differ from a
-- count straight from the facts: something was added across questions, or is missing.
-- No rows = holds.
with faces as (
    select
        o.calendar_month as month,
        count(distinct a.survey || '/' || a.month || '/' || a.response_id) as forms
    from fact_survey_answer as a
    inner join dim_department as d on d.department_id = a.department_id
    inner join dim_field as l on l.field_id = a.field_id
    inner join dim_date as o on o.date = a.answered_on
    where a.unit = :unit and a.score is not null
        and a.answered_on <= (
            select max(c.as_of)
            from load_coverage as c
            inner join load_batch as b on b.batch_id = c.batch_id and b.status = 'accepted'
            where c.unit = :unit and c.source = 'survey'
        )
    group by o.calendar_month, d.canonical_id, l.canonical_id, coalesce(a.channel, 'other')
),

counts as (
    select
        calendar, month,
        case when level = 'all' then answers else 0 end as answers_all,
        case when level = 'criterion' then answers else 0 end as answers_criterion,
        case when level = 'question' then answers else 0 end as answers_question,
        case when level = 'all' then forms else 0 end as forms,
        case when level = 'all' then responses else 0 end as responses,
        0 as counted
    from mart_survey
    where unit = :unit
    union all
    select 'calendar', month, 0, 0, 0, 0, 0, forms
    from faces
)

select
    calendar, month,
    sum(answers_all) as answers_all,
    sum(answers_criterion) as answers_criterion,
    sum(answers_question) as answers_question,
    sum(forms) as forms,
    sum(responses) as responses,
    sum(counted) as counted
from counts
group by calendar, month
having sum(answers_all) <> sum(answers_criterion) or sum(answers_all) <> sum(answers_question)
    or sum(forms) > sum(responses)
    or (calendar = 'calendar' and sum(responses) <> sum(counted))
