-- A client at risk keeps three quarters of the limit.
select
  client_id,
  credit_limit as old_limit,
  case when prediction >= 0.5 then round(credit_limit * 0.75) else credit_limit end as new_limit,
  prediction,
  model_version
from score
