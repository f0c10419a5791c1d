-- name: runs.add
insert into runs (id, definition, pipeline, partition_key, status, revision, params, starter,
                  starter_verified, starter_channel, applier, cause, cause_parent, cause_detail,
                  request_key, catalog_version, settings, priority, lane, recovers,
                  cancel_requested_at_us, deadline_at_us, created_at_us, started_at_us,
                  finished_at_us, model)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
        ?21, ?22, ?23, ?24, ?25, ?26);

-- name: runs.move
update runs
set status = ?3, revision = revision + 1, params = ?4, catalog_version = ?5, settings = ?6,
    priority = ?7, recovers = ?8, cancel_requested_at_us = ?9, deadline_at_us = ?10,
    started_at_us = ?11, finished_at_us = ?12
where id = ?1 and revision = ?2;

-- name: runs.revision
select revision from runs where id = ?1;

-- name: runs.created_by
select id from runs where request_key = ?1;

-- name: runs.find
select id, definition, pipeline, partition_key, status, revision, params, starter, starter_verified,
       starter_channel, applier, cause, cause_parent, cause_detail, request_key, catalog_version,
       settings, priority, lane, recovers, cancel_requested_at_us, deadline_at_us, created_at_us,
       started_at_us, finished_at_us, model
from runs where id = ?1;

-- name: runs.to_archive
select r.id, r.finished_at_us,
       json_object(
         'run', r.id, 'definition', r.definition, 'pipeline', r.pipeline,
         'partition', r.partition_key, 'status', r.status, 'params', json(r.params),
         'starter', r.starter, 'applier', r.applier, 'cause', r.cause, 'parent', r.cause_parent,
         'catalog_version', r.catalog_version, 'settings', json(r.settings), 'lane', r.lane,
         'created_at_us', r.created_at_us, 'started_at_us', r.started_at_us,
         'finished_at_us', r.finished_at_us,
         'steps', (select json_group_array(json_object(
             'step', name, 'instance', instance, 'each', json(each), 'status', status,
             'outcome', outcome, 'generation', generation, 'attempts', attempts,
             'attempt', attempt, 'gate', gate, 'pins', json(pins), 'result', json(result),
             'failure', json(failure), 'started_at_us', started_at_us,
             'finished_at_us', finished_at_us))
           from (select * from steps where run = r.id order by step, instance)),
         'attempts', (select json_group_array(json_object(
             'id', id, 'step', step, 'instance', instance, 'generation', generation,
             'ordinal', ordinal, 'status', status, 'started_at_us', started_at_us,
             'finished_at_us', finished_at_us, 'failure', json(failure)))
           from (select * from attempts where run = r.id order by id)),
         'history', (select json_group_array(json_object(
             'at_us', at_us, 'what', what, 'cause', cause, 'actor', actor,
             'details', json(details)))
           from (select * from history where run = r.id order by revision, ordinal)))
from runs r
where r.finished_at_us < ?1 and exists (select 1 from steps where run = r.id)
order by r.finished_at_us limit ?2;

-- name: runs.forget_steps
delete from steps where run = ?1;

-- name: runs.forget_attempts
delete from attempts where run = ?1;

-- name: runs.forget_history
delete from history where run = ?1;

-- name: runs.open
select id from runs where status in ('queued', 'running', 'waiting') order by id;

-- name: runs.list
select id, pipeline, partition_key, status, created_at_us, started_at_us, finished_at_us, starter,
       cause, cause_parent, cause_detail, model
from runs
where (?1 is null or status = ?1) and (?2 is null or partition_key = ?2)
  and (?4 is null or model = ?4) and id < coalesce(?5, '~')
order by id desc limit ?3;

-- name: runs.list_of_pipeline
select id, pipeline, partition_key, status, created_at_us, started_at_us, finished_at_us, starter,
       cause, cause_parent, cause_detail, model
from runs
where pipeline = ?6 and (?1 is null or status = ?1) and (?2 is null or partition_key = ?2)
  and (?4 is null or model = ?4) and id < coalesce(?5, '~')
order by id desc limit ?3;

-- name: runs.list_of_partition
select id, pipeline, partition_key, status, created_at_us, started_at_us, finished_at_us, starter,
       cause, cause_parent, cause_detail, model
from runs
where pipeline = ?6 and partition_key = ?2 and (?1 is null or status = ?1)
  and (?4 is null or model = ?4) and id < coalesce(?5, '~')
order by id desc limit ?3;

-- name: runs.put_step
insert into steps (run, step, instance, name, output_table, each, status, outcome, left_out,
                   generation, attempts, open_dependencies, attempt, gate, stop_requested,
                   wake_at_us, deadline_at_us, pins, result, failure, queued_at_us, started_at_us,
                   finished_at_us)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,
        ?21, ?22, ?23)
on conflict (run, step, instance) do update set
  each = excluded.each, status = excluded.status, outcome = excluded.outcome,
  left_out = excluded.left_out, generation = excluded.generation, attempts = excluded.attempts,
  open_dependencies = excluded.open_dependencies, attempt = excluded.attempt, gate = excluded.gate,
  stop_requested = excluded.stop_requested, wake_at_us = excluded.wake_at_us,
  deadline_at_us = excluded.deadline_at_us, pins = excluded.pins, result = excluded.result,
  failure = excluded.failure, queued_at_us = excluded.queued_at_us,
  started_at_us = excluded.started_at_us, finished_at_us = excluded.finished_at_us;

-- name: runs.steps
select step, instance, each, status, outcome, left_out, generation, attempts, open_dependencies,
       attempt, gate, stop_requested, wake_at_us, deadline_at_us, pins, result, failure,
       queued_at_us, started_at_us, finished_at_us
from steps where run = ?1 order by step, instance;

-- name: runs.put_attempt
insert into attempts (run, id, step, instance, generation, ordinal, status, started_at_us,
                      finished_at_us, failure)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
on conflict (run, id) do update set status = excluded.status,
  started_at_us = excluded.started_at_us, finished_at_us = excluded.finished_at_us,
  failure = excluded.failure;

-- name: runs.attempts
select id, step, instance, generation, ordinal, status, started_at_us, finished_at_us, failure
from attempts where run = ?1 order by id;

-- name: runs.add_history
insert into history (run, revision, ordinal, at_us, what, cause, actor, details)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8);

-- name: runs.history
select at_us, what, cause, actor, details from history where run = ?1 order by revision, ordinal;

-- name: outbox.add
insert into outbox (run, key, kind, body) values (?1, ?2, ?3, ?4);

-- name: outbox.list
select id, run, body from outbox where id > ?1 order by id;

-- name: outbox.acknowledge
delete from outbox where id = ?1;
