// SPDX-License-Identifier: Apache-2.0
// Doing many partitions again: planned first, shown, then started.
import { useState } from "react";
import { api } from "./api";
import { count, goTo, Link, Loading, State, Time, Trouble, useLoaded } from "./parts";
import { useSession } from "./session";
import type { Backfill } from "./types";
import { Action, Choice, Empty, Facts, Field, Table, useWork } from "./widgets";

function Progress(props: { of: Backfill }) {
  const { of } = props;
  const done = of.succeeded + of.failed + of.cancelled + of.skipped;
  return (
    <>
      <progress max={Math.max(1, of.partitions)} value={done} aria-label="Partitions done" />{" "}
      {count(done)} of {count(of.partitions)}
      {of.failed > 0 && <span className="bad"> ✕ {count(of.failed)} failed</span>}
    </>
  );
}

const reasons = ["missing", "failed", "stale", "completed"];

function PlanForm(props: { pipelines: string[]; done: () => void }) {
  const [pipeline, setPipeline] = useState(props.pipelines[0] ?? "");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const work = useWork();
  return (
    <form
      className="action"
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          const reprocess = reason === "" ? [] : [reason];
          const plan = await api.planBackfill({ pipeline, from, to, reprocess });
          goTo(`/backfills/${plan.plan}`);
        });
      }}
    >
      <Choice label="Pipeline" value={pipeline} set={setPipeline} options={props.pipelines} />
      <Field label="From partition" value={from} set={setFrom} required hint="2026-01-01" />
      <Field label="To partition" value={to} set={setTo} required hint="2026-01-31" />
      <Choice
        label="Which of them"
        value={reason}
        set={setReason}
        options={reasons}
        empty="those missing or failed"
      />
      <Trouble problem={work.problem} />
      <div className="answers">
        <button className="approve" disabled={work.busy}>
          Show the plan
        </button>
        <button type="button" onClick={props.done}>
          Back
        </button>
      </div>
    </form>
  );
}

export function Backfills() {
  const backfills = useLoaded("backfills", () => api.backfills());
  const pipelines = useLoaded("pipelines", () => api.pipelines());
  const [plans, setPlans] = useState(false);
  const { may } = useSession();
  const sliced = (pipelines.value ?? []).filter((each) => each.partitions !== "all");
  return (
    <section>
      <h1>Backfills</h1>
      {may("editor") &&
        sliced.length > 0 &&
        (plans ? (
          <PlanForm pipelines={sliced.map((each) => each.pipeline)} done={() => setPlans(false)} />
        ) : (
          <button onClick={() => setPlans(true)}>Plan one…</button>
        ))}
      <Loading loaded={backfills}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No partition was done again yet.</Empty>
          ) : (
            <Table
              label="Backfills"
              rows={rows}
              keyOf={(row) => row.plan}
              columns={[
                {
                  head: "Pipeline",
                  cell: (row) => <Link to={`/backfills/${row.plan}`}>{row.pipeline}</Link>,
                },
                { head: "From", cell: (row) => row.from },
                { head: "To", cell: (row) => row.to },
                { head: "State", cell: (row) => <State state={row.state} /> },
                { head: "Partitions", cell: (row) => <Progress of={row} /> },
                { head: "Planned", cell: (row) => <Time at={row.planned_at} /> },
                { head: "By", cell: (row) => row.planned_by },
              ]}
            />
          )
        }
      </Loading>
    </section>
  );
}

function Actions(props: { of: Backfill; again: () => void }) {
  const { of, again } = props;
  const act = (to: "start" | "pause" | "resume" | "cancel") => () => api.setBackfill(of.plan, to);
  const cancel = (
    <Action
      verb="Cancel"
      tone="reject"
      says="Ends the backfill and its runs; what is done stays."
      act={act("cancel")}
      done={again}
    />
  );
  if (of.state === "planned") {
    return (
      <Action
        verb="Start"
        says={`Runs ${of.pipeline} for ${count(of.pending)} partitions, oldest first.`}
        act={act("start")}
        done={again}
      />
    );
  }
  if (of.state === "running") {
    return (
      <div className="answers">
        <Action verb="Pause" says="Makes no further run." act={act("pause")} done={again} />
        {cancel}
      </div>
    );
  }
  if (of.state === "paused") {
    return (
      <div className="answers">
        <Action verb="Go on" says="Goes on with the rest." act={act("resume")} done={again} />
        {cancel}
      </div>
    );
  }
  return null;
}

export function BackfillScreen(props: { plan: string }) {
  const loaded = useLoaded(`backfill ${props.plan}`, () => api.backfill(props.plan));
  const { may } = useSession();
  return (
    <Loading loaded={loaded}>
      {(backfill) => (
        <article>
          <header className="head">
            <h1>
              <Link to={`/pipelines/${backfill.pipeline}`}>{backfill.pipeline}</Link> {backfill.from}{" "}
              to {backfill.to}
            </h1>
            <p className="line">
              <State state={backfill.state} /> <Progress of={backfill} />
            </p>
            {backfill.message && <p className="notice warn">{backfill.message}</p>}
            {may("editor") && <Actions of={backfill} again={loaded.again} />}
          </header>
          <Facts
            of={[
              ["Which", backfill.reprocess.join(", ")],
              ["Model", backfill.model || "as aliases say"],
              ["Planned by", backfill.planned_by],
            ]}
          />
          {backfill.rows.length === 0 ? (
            <Empty>Nothing is left to do there.</Empty>
          ) : (
            <Table
              label="Partitions"
              rows={backfill.rows}
              keyOf={(row) => row.partition}
              columns={[
                { head: "Partition", cell: (row) => row.partition },
                { head: "State", cell: (row) => <State state={row.state} /> },
                { head: "Why", cell: (row) => row.reason },
                {
                  head: "Run",
                  cell: (row) => (row.run ? <Link to={`/runs/${row.run}`}>run</Link> : "–"),
                },
                { head: "", cell: (row) => row.detail },
              ]}
            />
          )}
        </article>
      )}
    </Loading>
  );
}
