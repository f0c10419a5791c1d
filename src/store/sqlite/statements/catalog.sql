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

-- name: catalog.contents
select c.table_name, c.partition_key, c.attempt, c.row_count, c.digest, c.files, c.columns, c.facts,
       c.checks, v.valid_from, v.valid_until, c.candidate, c.run, c.written_at_us
from contents c left join validities v using (table_name, partition_key, attempt)
where c.table_name = ?1
order by coalesce(v.valid_from, 9223372036854775807) desc, c.written_at_us desc, c.partition_key;

-- name: catalog.needed
-- What is current or waits to be; what changed or was written in the last 30 days; the three
-- newest of each partition; and what an open run wrote or reads. ?1: now less an hour, ?2: now less
-- 30 days.
select distinct c.attempt from contents c
where exists (select 1 from validities v
              where v.table_name = c.table_name and v.partition_key = c.partition_key
                and v.attempt = c.attempt
                and (v.valid_until is null
                     or (select at_us from catalog_versions n where n.version = v.valid_until) > ?2
                     or exists (select 1 from runs r
                                where (r.finished_at_us is null or r.finished_at_us > ?1)
                                  and r.catalog_version >= v.valid_from
                                  and r.catalog_version < v.valid_until)))
   or c.written_at_us > ?2
   or exists (select 1 from runs r
              where r.id = c.run and (r.finished_at_us is null or r.finished_at_us > ?1))
   or (select count(*) from contents n
       where n.table_name = c.table_name and n.partition_key = c.partition_key
         and (n.written_at_us, n.attempt) > (c.written_at_us, c.attempt)) < 3
order by c.attempt;

-- name: catalog.current_of_attempt
select table_name, partition_key from validities where attempt = ?1 and valid_until is null;

-- name: catalog.forget_validities
delete from validities
where (table_name, partition_key, attempt) in
      (select table_name, partition_key, attempt from contents where attempt = ?1);

-- name: catalog.forget_contents
delete from contents where attempt = ?1;
