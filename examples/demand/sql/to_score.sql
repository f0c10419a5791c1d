-- The same columns as in training, for the hours of one day; `hour` passes through.
select
  hour,
  temp,
  atemp,
  hum,
  windspeed,
  weathersit,
  holiday,
  workingday,
  hour(hour) as hour_of_day,
  dayofweek(hour) as day_of_week,
  month(hour) as month_of_year,
  year(hour) as year_number
from weather
