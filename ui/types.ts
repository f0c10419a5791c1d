// SPDX-License-Identifier: Apache-2.0
// The server's answers, as far as this page reads them.

export interface Session {
  user: string;
  role: string;
  csrf: string;
}

export interface Vote {
  by: string;
  answer: string;
  at: string;
  channel: string;
  comment: string;
}

export interface Gate {
  gate: string;
  question: string;
  pipeline: string;
  partition: string;
  run: string;
  step: string;
  state: string;
  opened_at: string;
  due_at: string | null;
  closed_at: string | null;
  digest: string;
  criteria_failed: boolean;
  on_approval: string[];
  approvers: string[];
  votes: Vote[];
  needed: number;
}

// With what it means to the person who asks.
export interface OwnGate extends Gate {
  may_decide: boolean;
  why_not: string;
}

export interface Shown {
  gate: Gate;
  html: string;
}

export interface Run {
  run: string;
  pipeline: string;
  partition: string;
  state: string;
  starter: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  seconds: number | null;
}

export interface Step {
  step: string;
  kind: string;
  after: string[];
  state: string;
  outcome: string;
  attempts: number;
  rows: number;
  started_at: string | null;
  finished_at: string | null;
  seconds: number | null;
  error?: string;
}

export interface RunDetail extends Omit<Run, "seconds"> {
  params: Record<string, unknown>;
  steps: Step[];
}

export interface Log {
  step: string;
  attempt: number;
  text: string;
}

export interface Pipeline {
  pipeline: string;
  description: string;
  owner: string;
  file: string;
  partitions: string;
  recent: Run[];
}

export interface PipelineStep {
  step: string;
  kind: string;
  after: string[];
  output: string | null;
  checks: number;
}

export interface Parameter {
  parameter: string;
  type: string;
  default: unknown;
  description: string;
}

export interface PipelineDetail extends Pipeline {
  steps: PipelineStep[];
  parameters: Parameter[];
  inputs: { input: string; table: string }[];
  text: string;
}

export interface Table {
  table: string;
  keys: string[];
  partitions: number;
  rows: number;
  columns: { name: string; type: string }[];
  updated_at: string;
}

export interface Content {
  partition: string;
  state: string;
  candidate: string;
  rows: number;
  bytes: number;
  run: string;
  written_at: string;
  digest: string;
}

export interface TableChange {
  version: number;
  at: string;
  actor: string;
  run: string;
  what: string;
  added: number;
  replaced: number;
  removed: number;
}

export interface Version {
  model: string;
  version: number;
  aliases: string[];
  run: string;
  metrics: Record<string, number>;
}

export interface VersionDetail extends Version {
  digest: string;
  flavour: string;
  signature: unknown;
  facts: unknown;
  step: string;
  created_at: string;
}

export interface Switch {
  switch: string;
  cause: string;
  actor: string;
  reason: string;
  at: string;
  gate: string | null;
  undoes: string | null;
  changes: string[];
}

export interface Schedule {
  pipeline: string;
  when: string;
  state: string;
  next: string | null;
  zone: string;
  calendar: string;
  by: string;
  kind: string;
}

export interface Start {
  pipeline: string;
  at: string;
  local: string;
  partition: string;
  when: string;
}

export interface Preview {
  pipeline: string;
  state: string;
  at_once: number;
  starts: Start[];
}

export interface Backfill {
  plan: string;
  pipeline: string;
  state: string;
  from: string;
  to: string;
  reprocess: string[];
  model: string;
  partitions: number;
  pending: number;
  running: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  skipped: number;
  message: string;
  planned_by: string;
  planned_at: string;
}

export interface BackfillRow {
  partition: string;
  reason: string;
  state: string;
  run: string | null;
  detail: string;
}

export interface BackfillDetail extends Backfill {
  rows: BackfillRow[];
}

export interface AuditEntry {
  sequence: number;
  at: string;
  actor: string;
  verified: boolean;
  channel: string;
  action: string;
  subject: string;
  details: unknown;
}

export interface Verification {
  entries: number;
  head: string;
  fault: { sequence: number; reason: string } | null;
}

export interface User {
  user: string;
  role: string;
  active: boolean;
  created_at: string;
}

export interface Token {
  token: string;
  name: string;
  user: string;
  role: string;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
}
