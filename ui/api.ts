// SPDX-License-Identifier: Apache-2.0
// The server's API as this page uses it. Every answer that is no success becomes a Problem.
import type * as Answer from "./types";

export class Problem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, String(error));
}

let csrf = "";
let whenSignedOut = () => {};

// Told when the server no longer knows who this is.
export function onSignedOut(tell: () => void): void {
  whenSignedOut = tell;
}

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
  if (response.ok) return answer as T;
  if (response.status === 401 && csrf !== "") {
    csrf = "";
    whenSignedOut();
  }
  throw new Problem(response.status, said(answer as ProblemDocument));
}

async function begin(session: Promise<Answer.Session>): Promise<Answer.Session> {
  const begun = await session;
  csrf = begun.csrf;
  return begun;
}

const api_root = "/api/v1";

// A path of names, each escaped.
function at(...names: (string | number)[]): string {
  return [api_root, ...names.map((name) => encodeURIComponent(name))].join("/");
}
function get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
  const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return ask<T>("GET", text.length > 0 ? `${path}?${text.join("&")}` : path);
}
function post<T>(path: string, body: object = {}): Promise<T> {
  return ask<T>("POST", path, body);
}

export const api = {
  session: () => begin(get<Answer.Session>(at("session"))),
  signIn: (user: string, password: string) =>
    begin(post<Answer.Session>(at("session"), { user, password })),
  signOut: () =>
    ask<unknown>("DELETE", at("session")).then(() => {
      csrf = "";
    }),

  gates: (state: string) => get<Answer.OwnGate[]>(at("gates"), { state }),
  gatesOf: (run: string) => get<Answer.OwnGate[]>(at("gates"), { run }),
  gate: (gate: string) => get<Answer.OwnGate>(at("gates", gate)),
  showGate: (gate: string) =>
    post<Answer.Shown>(at("gates", gate, "views"), { html: true, inside: true }),
  vote: (gate: string, vote: object) => post<Answer.Gate>(at("gates", gate, "votes"), vote),

  runs: (query: Record<string, string | number>) => get<Answer.Run[]>(at("runs"), query),
  run: (run: string) => get<Answer.RunDetail>(at("runs", run)),
  logs: (run: string, step: string) => get<Answer.Log[]>(at("runs", run, "logs"), { step }),
  start: (request: object) => post<Answer.RunDetail>(at("runs"), request),
  cancel: (run: string, reason: string) => post(at("runs", run, "cancel"), { reason }),
  retry: (run: string) => post<Answer.RunDetail>(at("runs", run, "retry")),
  force: (run: string, step: string, reason: string) =>
    post(at("runs", run, "force"), { step, reason }),

  pipelines: () => get<Answer.Pipeline[]>(at("pipelines")),
  pipeline: (name: string) => get<Answer.PipelineDetail>(at("pipelines", name)),
  schedules: () => get<Answer.Schedule[]>(at("schedules")),
  nextStarts: (query: Record<string, string | number>) =>
    get<Answer.Start[]>(at("schedules", "next"), query),
  preview: (pipeline: string) => get<Answer.Preview>(at("schedules", pipeline, "preview")),
  setSchedule: (pipeline: string, to: "resume" | "pause") => post(at("schedules", pipeline, to)),
  backfills: () => get<Answer.Backfill[]>(at("backfills")),
  backfill: (plan: string) => get<Answer.BackfillDetail>(at("backfills", plan)),
  planBackfill: (request: object) => post<Answer.Backfill>(at("backfills"), request),
  setBackfill: (plan: string, to: "start" | "pause" | "resume" | "cancel") =>
    post<Answer.Backfill>(at("backfills", plan, to)),

  tables: () => get<Answer.Table[]>(at("tables")),
  table: (name: string) => get<Answer.Table>(at("tables", name)),
  contents: (name: string) => get<Answer.Content[]>(at("tables", name, "partitions")),
  tableHistory: (name: string) => get<Answer.TableChange[]>(at("tables", name, "history")),
  models: (model: string) => get<Answer.Version[]>(at("models"), { model }),
  version: (name: string) => get<Answer.VersionDetail>(at("model"), { name }),
  switches: () => get<Answer.Switch[]>(at("switches")),
  undo: (id: string, reason: string) => post(at("switches", id, "undo"), { reason }),

  audit: (limit: number) => get<Answer.AuditEntry[]>(at("audit"), { limit }),
  verification: () => get<Answer.Verification>(at("audit", "verification")),
  users: () => get<Answer.User[]>(at("users")),
  addUser: (user: object) => post<Answer.User>(at("users"), user),
  changeUser: (user: string, change: object) => post<Answer.User>(at("users", user), change),
  tokens: () => get<Answer.Token[]>(at("tokens")),
  issueToken: (token: object) => post<Answer.Token & { secret: string }>(at("tokens"), token),
  revokeToken: (token: string) => post(at("tokens", token, "revoke")),
};
