-- Months in which the forms of the whole are fewer than those of a criterion, or answers at one level
-- differ from those at another: forms or answers were added across questions. No rows = holds.
with levels as (
    select
        calendar, month,
        sum(case when level = 'all' then answers else 0 end) as answers_all,
        sum(case when level = 'criterion' then answers else 0 end) as answers_criterion,
        sum(case when level = 'question' then answers else 0 end) as answers_question,
        sum(case when level = 'all' then forms else 0 end) as forms_all,
        max(case when level = 'question' then forms else 0 end) as forms_question
    from mart_survey
    where unit = :unit
    group by calendar, month
)

select calendar, month, answers_all, answers_criterion, answers_question, forms_all, forms_question
from levels
where answers_all <> answers_criterion or answers_all <> answers_question
    or forms_all < forms_question
