select *
from read_csv('/etc/passwd')
join (select getenv('HOME')) on true
