-- name: catalog.version
select coalesce(max(version), 0) from catalog_versions;

-- name: catalog.raise
insert into catalog_versions (version, at_us, actor, run)
select coalesce(max(version), 0) + 1, ?1, ?2, ?3 from catalog_versions
returning version;

-- name: catalog.version_at
select coalesce(max(version), 0) from catalog_versions where at_us <= ?1;

-- name: catalog.add_table
insert into tables (name, key_columns, columns, updated_at_us) values (?1, ?2, ?3, ?4)
on conflict (name) do nothing;

-- name: catalog.touch_table
update tables set key_columns = ?2, columns = ?3, updated_at_us = ?4 where name = ?1;

-- name: catalog.tables
select t.name, t.key_columns, t.columns, t.updated_at_us, count(c.attempt),
       coalesce(sum(c.row_count), 0)
from tables t
left join validities v on v.table_name = t.name and v.valid_until is null
left join contents c on c.table_name = v.table_name and c.partition_key = v.partition_key
                    and c.attempt = v.attempt
where ?1 is null or t.name = ?1
group by t.name order by t.name;

-- name: catalog.add_content
insert into contents (table_name, partition_key, attempt, run, candidate, row_count, digest, files,
                      columns, facts, checks, written_at_us)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12);

-- name: catalog.content_digest
select digest from contents where table_name = ?1 and partition_key = ?2 and attempt = ?3;

-- name: catalog.current
select attempt from validities
where table_name = ?1 and partition_key = ?2 and valid_until is null;

-- name: catalog.last_change
select coalesce(max(max(v.valid_from, coalesce(v.valid_until, 0))), 0),
       (select c.run from validities n join contents c using (table_name, partition_key, attempt)
        where n.table_name = ?1 and n.partition_key = ?2 and n.valid_until is null)
from validities v where v.table_name = ?1 and v.partition_key = ?2;

-- name: catalog.end_current
update validities set valid_until = ?3
where table_name = ?1 and partition_key = ?2 and valid_until is null;

-- name: catalog.begin_current
insert into validities (table_name, partition_key, valid_from, attempt) values (?1, ?2, ?3, ?4);

-- name: catalog.snapshot
select c.table_name, c.partition_key, c.attempt, c.row_count, c.digest, c.files, c.columns, c.facts,
       c.checks
from validities v join contents c using (table_name, partition_key, attempt)
where v.table_name = ?1 and v.valid_from <= ?2 and (v.valid_until is null or v.valid_until > ?2)
order by v.partition_key;

-- name: catalog.current_content
select c.table_name, c.partition_key, c.attempt, c.row_count, c.digest, c.files, c.columns, c.facts,
       c.checks
from validities v join contents c using (table_name, partition_key, attempt)
where v.table_name = ?1 and v.partition_key = ?2 and v.valid_until is null;

-- name: catalog.contents
select c.table_name, c.partition_key, c.attempt, c.row_count, c.digest, c.files, c.columns, c.facts,
       c.checks, v.valid_from, v.valid_until, c.candidate, c.run, c.written_at_us
from contents c left join validities v using (table_name, partition_key, attempt)
where c.table_name = ?1
order by coalesce(v.valid_from, 9223372036854775807) desc, c.written_at_us desc, c.partition_key;

-- name: catalog.changes
with moves as (
  select partition_key, valid_from as version, 1 as begins, 0 as ends
  from validities where table_name = ?1
  union all
  select partition_key, valid_until, 0, 1
  from validities where table_name = ?1 and valid_until is not null
), partitions as (
  select version, partition_key, max(begins) as begins, max(ends) as ends
  from moves group by version, partition_key
)
select n.version, n.at_us, n.actor, n.run, sum(begins and not ends), sum(begins and ends),
       sum(ends and not begins), min(partition_key)
from partitions join catalog_versions n using (version)
group by n.version order by n.version desc;

-- name: catalog.needed
-- ?1: now less an hour; ?2: {table: {"versions", "since_us"}}, under "" the default; ?3: decisions
-- since when keep what they were about.
with rules as (
  select key as table_name, value ->> 'versions' as versions, value ->> 'since_us' as since_us
  from json_each(?2)
), ruled as (
  select c.*, coalesce(r.versions, d.versions) as versions, coalesce(r.since_us, d.since_us) as since_us
  from contents c left join rules r on r.table_name = c.table_name
  join rules d on d.table_name = ''
), decided as (
  select change.value ->> 'from' as former, change.value ->> 'to' as latter
  from gates g, json_each(g.proposal, '$.contents') change
  where g.status = 'open' or g.closed_at_us > ?3 or g.closed_at_us > ?1
)
select attempt from ruled c where c.written_at_us > c.since_us or c.written_at_us > ?1
union
select attempt from ruled c
where (select count(*) from contents n
       where n.table_name = c.table_name and n.partition_key = c.partition_key
         and (n.written_at_us, n.attempt) > (c.written_at_us, c.attempt)) < c.versions
union
select v.attempt from validities v where v.valid_until is null
union
select v.attempt
from validities v join ruled c using (table_name, partition_key, attempt)
join catalog_versions n on n.version = v.valid_until
where n.at_us > c.since_us or n.at_us > ?1
union
select v.attempt
from runs r join validities v
  on v.valid_from <= r.catalog_version
 and (v.valid_until is null or v.valid_until > r.catalog_version)
where r.status in ('queued', 'running', 'waiting') or r.finished_at_us > ?1
union
select c.attempt from runs r join contents c on c.run = r.id
where r.status in ('queued', 'running', 'waiting') or r.finished_at_us > ?1
union
select a.id from runs r join attempts a on a.run = r.id
where r.status in ('queued', 'running', 'waiting') or r.finished_at_us > ?1
union
select former from decided where former is not null
union
select latter from decided where latter is not null
union
select holder from partition_locks
order by 1;

-- name: catalog.current_of_attempt
select table_name, partition_key from validities where attempt = ?1 and valid_until is null;

-- name: catalog.forget_validities
delete from validities
where (table_name, partition_key, attempt) in
      (select table_name, partition_key, attempt from contents where attempt = ?1);

-- name: catalog.forget_contents
delete from contents where attempt = ?1;

-- name: catalog.lock_holder
select holder, actor from partition_locks where table_name = ?1 and partition_key = ?2;

-- name: catalog.writing_attempt
select s.attempt, s.run, s.name
from steps s join runs r on r.id = s.run
where s.output_table = ?1 and s.status = 'running'
  and (r.partition_key = ?2 or r.partition_key || '/' = substr(?2, 1, length(r.partition_key) + 1))
limit 1;

-- name: catalog.lock
insert into partition_locks (table_name, partition_key, holder, actor, at_us)
values (?1, ?2, ?3, ?4, ?5) on conflict (table_name, partition_key) do nothing;

-- name: catalog.unlock
delete from partition_locks where holder = ?1;

-- name: catalog.unlock_all
delete from partition_locks;
