-- name: gates.put
insert into gates (id, run, pipeline, partition_key, step, generation, question, evidence, proposal,
                   kept, policy, criteria_failed, opened_at_us, due_at_us, remind_at,
                   escalate_at_us, escalate_to, status, closed_at_us)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
on conflict (id) do update set
  evidence = excluded.evidence, proposal = excluded.proposal, kept = excluded.kept,
  policy = excluded.policy, criteria_failed = excluded.criteria_failed,
  due_at_us = excluded.due_at_us, remind_at = excluded.remind_at,
  escalate_at_us = excluded.escalate_at_us, escalate_to = excluded.escalate_to,
  status = excluded.status, closed_at_us = excluded.closed_at_us;

-- name: gates.add_vote
insert into votes (id, gate, voter, answer, at_us, channel, comment, digest, override_criteria,
                   verified, rework)
values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
on conflict (id) do nothing;

-- name: gates.find
select id, run, pipeline, partition_key, step, generation, question, evidence, proposal, kept,
       policy, criteria_failed, opened_at_us, due_at_us, remind_at, escalate_at_us, escalate_to,
       status, closed_at_us
from gates where id = ?1;

-- name: gates.open
select id, run, pipeline, partition_key, step, generation, question, evidence, proposal, kept,
       policy, criteria_failed, opened_at_us, due_at_us, remind_at, escalate_at_us, escalate_to,
       status, closed_at_us
from gates where status = 'open'
order by due_at_us is null, due_at_us, opened_at_us, id;

-- name: gates.list
select id, run, pipeline, partition_key, step, generation, question, evidence, proposal, kept,
       policy, criteria_failed, opened_at_us, due_at_us, remind_at, escalate_at_us, escalate_to,
       status, closed_at_us
from gates where ?1 is null or status = ?1
order by status <> 'open', due_at_us is null, due_at_us, opened_at_us, id;

-- name: gates.of_run
select id, run, pipeline, partition_key, step, generation, question, evidence, proposal, kept,
       policy, criteria_failed, opened_at_us, due_at_us, remind_at, escalate_at_us, escalate_to,
       status, closed_at_us
from gates where run = ?1 order by opened_at_us, id;

-- name: gates.votes
select id, voter, answer, at_us, channel, comment, digest, override_criteria, verified, rework
from votes where gate = ?1 order by at_us, id;

-- name: gates.note_shown
insert into shown_evidence (gate, who, digest, at_us) values (?1, ?2, ?3, ?4)
on conflict (gate, who) do update set digest = excluded.digest, at_us = excluded.at_us;

-- name: gates.last_shown
select digest from shown_evidence where gate = ?1 and who = ?2;
