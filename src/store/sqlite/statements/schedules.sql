-- name: schedules.put
insert into schedules (pipeline, is_on, handled_until_us, switched_by, switched_at_us)
values (?1, ?2, ?3, ?4, ?5)
on conflict (pipeline) do update set
  is_on = excluded.is_on, handled_until_us = excluded.handled_until_us,
  switched_by = excluded.switched_by, switched_at_us = excluded.switched_at_us;

-- name: schedules.list
select pipeline, is_on, handled_until_us, switched_by, switched_at_us from schedules
order by pipeline;
