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

-- name: schedules.newest
-- A key column may stand in no file.
select coalesce(max(cast(fact.value ->> 'maximum' as text)), (
  select max(substr(k.partition_key, length(?2) + 2)) from validities k
  where k.table_name = ?1 and k.valid_until is null and k.partition_key glob ?2 || '=*'))
from validities v join contents c using (table_name, partition_key, attempt),
     json_each(c.facts) fact
where v.table_name = ?1 and v.valid_until is null and fact.value ->> 'name' = ?2;
