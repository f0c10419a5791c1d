// SPDX-License-Identifier: Apache-2.0
// The server's API as this page uses it. Every answer that is no success becomes a Problem.

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
  digest: string;
  criteria_failed: boolean;
  on_approval: string[];
  votes: Vote[];
  needed: number;
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
  seconds: number | null;
}

export interface Step {
  step: string;
  kind: string;
  state: string;
  outcome: string;
  attempts: number;
  rows: number;
  seconds: number | null;
  error?: string;
}

export interface RunDetail {
  run: string;
  pipeline: string;
  partition: string;
  state: string;
  steps: Step[];
}

export interface Log {
  step: string;
  attempt: number;
  text: string;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

let csrf = "";

interface ProblemDocument {
  title?: string;
  cause?: ProblemDocument;
}

function said(document: ProblemDocument): string {
  const title = document.title ?? "the server gave no reason";
  return document.cause ? `${title}: ${said(document.cause)}` : title;
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    const headers: Record<string, string> = { "x-csrf-token": csrf };
    if (body !== undefined) headers["content-type"] = "application/json";
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    response = await fetch(path, init);
  } catch {
    throw new Problem(0, "The server does not answer. What you did may not have arrived.");
  }
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, said(answer as ProblemDocument));
  return answer as T;
}

async function begin(session: Promise<Session>): Promise<Session> {
  const begun = await session;
  csrf = begun.csrf;
  return begun;
}

const segment = encodeURIComponent;

export const api = {
  session: () => begin(ask<Session>("GET", "/api/v1/session")),
  signIn: (user: string, password: string) =>
    begin(ask<Session>("POST", "/api/v1/session", { user, password })),
  signOut: () => ask<unknown>("DELETE", "/api/v1/session"),
  gates: (state: string) => ask<Gate[]>("GET", `/api/v1/gates?state=${segment(state)}`),
  gate: (gate: string) => ask<Gate>("GET", `/api/v1/gates/${segment(gate)}`),
  showGate: (gate: string) =>
    ask<Shown>("POST", `/api/v1/gates/${segment(gate)}/views`, { html: true }),
  vote: (gate: string, vote: object) =>
    ask<Gate>("POST", `/api/v1/gates/${segment(gate)}/votes`, vote),
  runs: (limit: number) => ask<Run[]>("GET", `/api/v1/runs?limit=${limit}`),
  run: (run: string) => ask<RunDetail>("GET", `/api/v1/runs/${segment(run)}`),
  logs: (run: string, step: string) =>
    ask<Log[]>("GET", `/api/v1/runs/${segment(run)}/logs?step=${segment(step)}`),
  cancel: (run: string) =>
    ask<RunDetail>("POST", `/api/v1/runs/${segment(run)}/cancel`, { reason: "on the page" }),
  retry: (run: string) => ask<RunDetail>("POST", `/api/v1/runs/${segment(run)}/retry`, {}),
};
