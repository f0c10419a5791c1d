// SPDX-License-Identifier: Apache-2.0
// Tables, fields, and actions that say what they will do before they do it.
import { useState } from "react";
import type { ReactNode } from "react";
import { problemOf } from "./api";
import type { Problem } from "./api";
import { Trouble } from "./parts";

export interface Column<T> {
  head: string;
  cell: (row: T) => ReactNode;
  isNumber?: boolean;
}

export function Table<T>(props: {
  label: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string | number;
}) {
  const look = (column: Column<T>) => (column.isNumber ? "number" : undefined);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.head} className={look(column)} scope="col">
                {column.head || <span className="unseen">What can be done</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.keyOf(row)}>
              {props.columns.map((column) => (
                <td key={column.head} className={look(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Field(props: {
  label: string;
  value: string;
  set: (value: string) => void;
  type?: string;
  required?: boolean;
  hint?: string;
  autoComplete?: string;
}) {
  return (
    <label>
      {props.label}
      <input
        type={props.type ?? "text"}
        value={props.value}
        required={props.required}
        placeholder={props.hint}
        autoComplete={props.autoComplete ?? "off"}
        onChange={(event) => props.set(event.target.value)}
      />
    </label>
  );
}

export function Choice(props: {
  label: string;
  value: string;
  set: (value: string) => void;
  options: readonly string[];
  // What an empty value reads as; without it there is none.
  empty?: string;
  // What stands around it tells what it is.
  isTold?: boolean;
}) {
  return (
    <label>
      {props.isTold ? <span className="unseen">{props.label}</span> : props.label}
      <select value={props.value} onChange={(event) => props.set(event.target.value)}>
        {props.empty !== undefined && <option value="">{props.empty}</option>}
        {props.options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}

export interface Work {
  busy: boolean;
  problem: Problem | undefined;
  // True when it was done.
  run: (work: () => Promise<unknown>) => Promise<boolean>;
}

export function useWork(): Work {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(problemOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}

// A button that first says what it is going to do; `act` gets the reason, where one is asked for.
export function Action(props: {
  verb: string;
  says: ReactNode;
  act: (reason: string) => Promise<unknown>;
  done?: () => void;
  tone?: "approve" | "reject";
  asksReason?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const work = useWork();
  if (!open) {
    return (
      <button className={props.tone} onClick={() => setOpen(true)}>
        {props.verb}
      </button>
    );
  }
  return (
    <form
      className="action"
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(() => props.act(reason)).then((isDone) => {
          if (isDone) setOpen(false);
          props.done?.();
        });
      }}
    >
      <p>{props.says}</p>
      {props.asksReason && <Field label="Why" value={reason} set={setReason} />}
      <Trouble problem={work.problem} />
      <div className="answers">
        <button className={props.tone ?? "approve"} disabled={work.busy}>
          {props.verb}
        </button>
        <button type="button" disabled={work.busy} onClick={() => setOpen(false)}>
          Back
        </button>
      </div>
    </form>
  );
}

export function Facts(props: { of: [name: string, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {props.of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Empty(props: { children: ReactNode }) {
  return <p className="empty">{props.children}</p>;
}
