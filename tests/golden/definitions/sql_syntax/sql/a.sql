select a,
       b,
from raw.rentals
