-- One row an hour: what was rented, the weather, and the calendar as numbers.
select
  rentals.hour,
  rentals.cnt,
  observed.temp,
  observed.atemp,
  observed.hum,
  observed.windspeed,
  observed.weathersit,
  observed.holiday,
  observed.workingday,
  hour(rentals.hour) as hour_of_day,
  dayofweek(rentals.hour) as day_of_week,
  month(rentals.hour) as month_of_year,
  year(rentals.hour) as year_number
from rentals
join observed on observed.hour = rentals.hour
