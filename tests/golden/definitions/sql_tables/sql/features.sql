select *
from rental
join raw.wether using (hour)
