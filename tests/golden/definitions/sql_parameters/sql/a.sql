select $horizon_day,
       $window_start
