// SPDX-License-Identifier: Apache-2.0
// Every gate that waits, the viewer's own first.
import { useState } from "react";
import { api } from "./api";
import { Link, Loading, State, Time, useLoaded } from "./parts";
import { useSession } from "./session";
import type { OwnGate } from "./types";
import { Empty } from "./widgets";

const filters = { open: "Waiting", decided: "Decided by me", all: "All" };
type Filter = keyof typeof filters;

// Late is red; amber from the last quarter of its time on.
function dueTone(gate: OwnGate): string {
  if (gate.state !== "open" || gate.due_at === null) return "soft";
  const opened = Date.parse(gate.opened_at);
  const left = Date.parse(gate.due_at) - Date.now();
  if (left <= 0) return "bad";
  return left < (Date.parse(gate.due_at) - opened) / 4 ? "warn" : "soft";
}

function Row(props: { gate: OwnGate }) {
  const { gate } = props;
  const given = gate.votes.filter((vote) => vote.answer === "approve").length;
  return (
    <li>
      <Link to={`/gates/${gate.gate}`}>
        <strong>{gate.question}</strong>
        <span className="soft">
          {gate.pipeline} {gate.partition}
        </span>
      </Link>
      <span className="marks">
        {gate.may_decide && <span className="badge">yours</span>}
        {gate.criteria_failed && <span className="bad">✕ a criterion failed</span>}
        <State state={gate.state} />
      </span>
      <span className="soft">
        {given} of {gate.needed}
      </span>
      <span className={dueTone(gate)}>
        {gate.state === "open" && gate.due_at !== null ? "due " : ""}
        <Time at={gate.state === "open" ? (gate.due_at ?? gate.opened_at) : gate.closed_at} />
      </span>
    </li>
  );
}

function NothingWaits() {
  const next = useLoaded("next", () => api.nextStarts({ limit: 1 }));
  const first = next.value?.[0];
  return (
    <Empty>
      Nothing waits for a decision.
      {first && (
        <>
          {" "}
          Next expected: <Link to={`/pipelines/${first.pipeline}`}>{first.pipeline}</Link>,{" "}
          {first.local}.
        </>
      )}
    </Empty>
  );
}

export function Inbox() {
  const [filter, setFilter] = useState<Filter>("open");
  const { user } = useSession();
  const gates = useLoaded(`gates ${filter}`, () => api.gates(filter === "open" ? "open" : "all"));
  const isShown = (gate: OwnGate) =>
    filter !== "decided" || gate.votes.some((vote) => vote.by === user);
  return (
    <section>
      <h1>Inbox</h1>
      <div className="filters" role="group" aria-label="Which gates">
        {(Object.keys(filters) as Filter[]).map((each) => (
          <button key={each} aria-pressed={filter === each} onClick={() => setFilter(each)}>
            {filters[each]}
          </button>
        ))}
      </div>
      <Loading loaded={gates}>
        {(all) => {
          const rows = all.filter(isShown);
          if (rows.length === 0) {
            return filter === "open" ? <NothingWaits /> : <Empty>No gate was decided yet.</Empty>;
          }
          // The server's order otherwise: open ones first, the oldest due first.
          const ordered = [
            ...rows.filter((gate) => gate.may_decide),
            ...rows.filter((gate) => !gate.may_decide),
          ];
          return (
            <ul className="cards" aria-live="polite">
              {ordered.map((gate) => (
                <Row key={gate.gate} gate={gate} />
              ))}
            </ul>
          );
        }}
      </Loading>
    </section>
  );
}
