-- name: schedules.put
insert into schedules (pipeline, is_on, handled_until_us, switched_by, switched_at_us)
values (?1, ?2, ?3, ?4, ?5)
on conflict (pipeline) do update set
  is_on = excluded.is_on, handled_until_us = excluded.handled_until_us,
  switched_by = excluded.switched_by, switched_at_us = excluded.switched_at_us;

-- name: schedules.list
select pipeline, is_on, handled_until_us, switched_by, switched_at_us from schedules
order by pipeline;

-- name: schedules.updated_since
select table_name, max(version)
from (
  select table_name, valid_from as version from validities where valid_from > ?1
  union all
  select table_name, valid_until from validities where valid_until > ?1
)
group by table_name;

-- name: schedules.updates_handled
select pipeline, catalog_version from updates_handled;

-- name: schedules.put_updates_handled
insert into updates_handled (pipeline, catalog_version) values (?1, ?2)
on conflict (pipeline) do update set catalog_version = excluded.catalog_version;
