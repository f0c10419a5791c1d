// SPDX-License-Identifier: Apache-2.0
// What screens share: addresses, loading, states, times.
import { useCallback, useEffect, useRef, useState } from "react";
import type { MouseEvent, ReactNode } from "react";
import { problemOf } from "./api";
import type { Problem } from "./api";

const changed = "gossamer-address";

export function goTo(path: string): void {
  window.history.pushState(null, "", path);
  window.dispatchEvent(new Event(changed));
}

export function useAddress(): string {
  const [path, setPath] = useState(window.location.pathname);
  useEffect(() => {
    const follow = () => setPath(window.location.pathname);
    window.addEventListener("popstate", follow);
    window.addEventListener(changed, follow);
    return () => {
      window.removeEventListener("popstate", follow);
      window.removeEventListener(changed, follow);
    };
  }, []);
  return path;
}

export function Link(props: {
  to: string;
  children: ReactNode;
  here?: boolean;
  className?: string;
}) {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    goTo(props.to);
  };
  return (
    <a
      href={props.to}
      className={props.className}
      onClick={follow}
      aria-current={props.here ? "page" : undefined}
    >
      {props.children}
    </a>
  );
}

// What listens is told that something changed at the server.
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

// By the worker that all tabs share, or a stream of this tab's own where there are no such workers.
function subscribe(): () => void {
  if (typeof SharedWorker === "undefined") {
    const stream = new EventSource("/api/v1/events");
    for (const name of ["run", "gate", "resync"]) stream.addEventListener(name, tell);
    return () => stream.close();
  }
  const { port } = new SharedWorker("/page/events.js", { name: "events" });
  port.onmessage = tell;
  return () => {
    port.postMessage("goes");
    port.close();
  };
}

export function listenToServer(): () => void {
  let end = subscribe();
  const leave = () => end();
  // A tab that the browser kept aside and shows again has missed what happened meanwhile.
  const comeBack = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    end = subscribe();
    tell();
  };
  window.addEventListener("pagehide", leave);
  window.addEventListener("pageshow", comeBack);
  return () => {
    window.removeEventListener("pagehide", leave);
    window.removeEventListener("pageshow", comeBack);
    end();
  };
}

export interface Loaded<T> {
  value: T | undefined;
  problem: Problem | undefined;
  again: () => void;
}

// Loads now, and again when the server tells of a change. `what` names what is loaded.
export function useLoaded<T>(what: string, load: () => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ what: string; value?: T; problem?: Problem }>({ what });
  const newest = useRef(load);
  newest.current = load;
  const turn = useRef(0);
  const again = useCallback(() => {
    const mine = ++turn.current;
    newest.current().then(
      (value) => mine === turn.current && setState({ what, value }),
      (problem: unknown) =>
        mine === turn.current &&
        setState((before) => ({
          ...(before.what === what ? before : { what }),
          problem: problemOf(problem),
        })),
    );
  }, [what]);
  useEffect(() => {
    again();
    let waiting: number | undefined;
    const soon = () => {
      // A run that moves tells of it many times a second.
      waiting ??= window.setTimeout(() => {
        waiting = undefined;
        again();
      }, 150);
    };
    listeners.add(soon);
    return () => {
      window.clearTimeout(waiting);
      listeners.delete(soon);
    };
  }, [again]);
  const isFresh = state.what === what;
  return {
    value: isFresh ? state.value : undefined,
    problem: isFresh ? state.problem : undefined,
    again,
  };
}

export function Loading<T>(props: {
  loaded: Loaded<T>;
  children: (value: T) => ReactNode;
}) {
  const { value, problem, again } = props.loaded;
  return (
    <>
      {problem && (
        <Trouble problem={problem}>
          <button onClick={again}>Try again</button>
        </Trouble>
      )}
      {value === undefined && !problem && <Waiting />}
      {value !== undefined && props.children(value)}
    </>
  );
}

export function Waiting() {
  return (
    <div className="waiting" role="status">
      <span className="unseen">Loading…</span>
      <span aria-hidden="true" />
      <span aria-hidden="true" />
      <span aria-hidden="true" />
    </div>
  );
}

export function Trouble(props: { problem: Problem | undefined; children?: ReactNode }) {
  if (!props.problem) return null;
  return (
    <p className="notice bad" role="alert">
      <span aria-hidden="true">✕ </span>
      {props.problem.message} {props.children}
    </p>
  );
}

// Beside the colour, so that nothing is said by colour alone.
const looks: Record<string, [mark: string, tone: string]> = {
  succeeded: ["✓", "good"],
  approved: ["✓", "good"],
  active: ["✓", "good"],
  current: ["✓", "good"],
  on: ["✓", "good"],
  completed: ["✓", "good"],
  failed: ["✕", "bad"],
  rejected: ["✕", "bad"],
  expired: ["✕", "bad"],
  cancelled: ["✕", ""],
  running: ["▸", "live"],
  waiting: ["◔", "warn"],
  open: ["◔", "warn"],
  waiting_for_decision: ["◔", "warn"],
  waiting_for_data: ["◔", "warn"],
  waiting_to_retry: ["↻", "warn"],
  candidate: ["◌", "warn"],
  reworked: ["↻", ""],
  paused: ["‖", ""],
  off: ["○", ""],
};

export function toneOf(state: string): string {
  return looks[state]?.[1] ?? "";
}

export function State(props: { state: string }) {
  return (
    <span className={`state ${toneOf(props.state)}`}>
      <span aria-hidden="true">{looks[props.state]?.[0] ?? "·"}</span>{" "}
      {props.state.replaceAll("_", " ")}
    </span>
  );
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function Time(props: { at: string | null }) {
  if (props.at === null) return <>–</>;
  const moment = new Date(props.at);
  const seconds = (moment.getTime() - Date.now()) / 1000;
  const [unit, size] = units.find(([, least]) => Math.abs(seconds) >= least) ?? ["second", 1];
  return (
    <time dateTime={props.at} title={`${moment.toLocaleString()} (${props.at})`}>
      {relative.format(Math.round(seconds / size), unit)}
    </time>
  );
}

export function seconds(value: number | null): string {
  if (value === null) return "–";
  if (value < 60) return `${value.toFixed(1)} s`;
  const minutes = Math.floor(value / 60);
  return minutes < 60
    ? `${minutes} min ${String(Math.floor(value % 60)).padStart(2, "0")} s`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export const count = (value: number) => value.toLocaleString("en");

export function bytes(value: number): string {
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(
    names.length - 1,
    Math.floor(Math.log2(Math.max(1, value)) / 10),
  );
  return `${(value / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${names[power]}`;
}

// Six significant digits, as in the evidence.
export function figure(value: number | undefined): string {
  if (value === undefined) return "–";
  return value.toLocaleString("en", { maximumSignificantDigits: 6 });
}

// "m@champion: 2 -> 3" as a sentence's part; empty for what stays as it is.
export function changeText(change: string): string {
  const [, what, from, to] = /^(.*): (.*) -> (.*)$/.exec(change) ?? [];
  if (what === undefined || to === undefined) return change;
  if (from === to) return "";
  if (to.startsWith("att_")) return `${what} becomes current`;
  if (to === "none") return `${what} is taken away`;
  return from === "none" ? `${what} becomes ${to}` : `${what} moves from ${from} to ${to}`;
}
