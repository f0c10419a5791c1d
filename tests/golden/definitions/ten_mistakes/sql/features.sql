select 1 as churned
