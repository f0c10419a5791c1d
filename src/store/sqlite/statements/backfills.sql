-- name: backfills.add
insert into backfills (id, definition, pipeline, first_value, last_value, reprocess, model, params,
                       status, run_order, max_active, on_failure, failures, message, expected_us,
                       planned_by, planned_at_us, starter, starter_verified, starter_channel,
                       applier, started_at_us, finished_at_us)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
        ?21, ?22, ?23);

-- name: backfills.put
update backfills
set status = ?2, run_order = ?3, max_active = ?4, on_failure = ?5, failures = ?6, message = ?7,
    starter = ?8, starter_verified = ?9, starter_channel = ?10, started_at_us = ?11,
    finished_at_us = ?12
where id = ?1;

-- name: backfills.sequence
select sequence from backfills where id = ?1;

-- name: backfills.find
select id, definition, pipeline, first_value, last_value, reprocess, model, params, status,
       run_order, max_active, on_failure, failures, message, expected_us, planned_by,
       planned_at_us, starter, starter_verified, starter_channel, applier, started_at_us,
       finished_at_us
from backfills where id = ?1;

-- name: backfills.list
select id from backfills
where ?2 is null or sequence < (select sequence from backfills where id = ?2)
order by sequence desc limit ?1;

-- name: backfills.open
select id from backfills
where status in ('running', 'paused')
   or sequence in (select backfill from backfill_partitions where status = 'running')
order by sequence;

-- name: backfills.counts
select status, count(*) from backfill_partitions where backfill = ?1 group by status;

-- name: backfills.add_row
insert into backfill_partitions (backfill, ordinal, partition_key, reason, detail, status, run)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: backfills.put_row
update backfill_partitions set detail = ?3, status = ?4, run = ?5
where backfill = ?1 and ordinal = ?2;

-- name: backfills.rows
select ordinal, partition_key, reason, detail, status, run from backfill_partitions
where backfill = ?1 and ordinal > ?2 and (?3 is null or status = ?3)
order by ordinal limit ?4;

-- name: backfills.rows_newest
select ordinal, partition_key, reason, detail, status, run from backfill_partitions
where backfill = ?1 and ordinal < ?2 and (?3 is null or status = ?3)
order by ordinal desc limit ?4;

-- name: backfills.facts
select partition_key, id, status, definition from runs
where pipeline = ?1 and model = ?2
order by partition_key, id;

-- name: backfills.versions
select r.partition_key, r.id, s.pins
from runs r join steps s on s.run = r.id
where r.pipeline = ?1 and r.model = ?2 and r.status = 'succeeded' and s.pins <> '{}'
order by r.partition_key, r.id;

-- name: backfills.written
select partition_key from validities where table_name = ?1 and valid_until is null;
