-- Everything before the last four weeks, which the evaluation keeps for itself.
select * exclude (hour)
from features
where hour < $window_end - interval 28 days
