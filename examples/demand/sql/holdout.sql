select * exclude (hour)
from features
where hour >= $window_end - interval 28 days
