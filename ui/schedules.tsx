// SPDX-License-Identifier: Apache-2.0
import { useState } from "react";
import { api, problemOf } from "./api";
import type { Problem } from "./api";
import { Link, Loading, State, Time, Trouble, useLoaded } from "./parts";
import { useSession } from "./session";
import type { Preview, Schedule, Start } from "./types";
import { Empty, Table } from "./widgets";

function Starts(props: { rows: Start[]; label: string }) {
  return (
    <Table
      label={props.label}
      rows={props.rows}
      keyOf={(row) => `${row.pipeline} ${row.at} ${row.partition}`}
      columns={[
        {
          head: "Pipeline",
          cell: (row) => <Link to={`/pipelines/${row.pipeline}`}>{row.pipeline}</Link>,
        },
        { head: "Partition", cell: (row) => row.partition },
        { head: "Starts", cell: (row) => <Time at={row.at} /> },
        { head: "There", cell: (row) => row.local },
      ]}
    />
  );
}

// Before a timer is switched on it says what it starts at once.
function TimerSwitch(props: { schedule: Schedule; again: () => void }) {
  const { schedule } = props;
  const [preview, setPreview] = useState<Preview>();
  const [problem, setProblem] = useState<Problem>();
  const set = (to: "resume" | "pause") =>
    api.setSchedule(schedule.pipeline, to).then(
      () => {
        setPreview(undefined);
        props.again();
      },
      (error: unknown) => setProblem(problemOf(error)),
    );
  const look = () =>
    api
      .preview(schedule.pipeline)
      .then(setPreview, (error: unknown) => setProblem(problemOf(error)));
  return (
    <>
      <Trouble problem={problem} />
      {schedule.state === "on" && <button onClick={() => void set("pause")}>Switch off</button>}
      {schedule.state === "off" && !preview && (
        <button onClick={() => void look()}>Switch on…</button>
      )}
      {preview && schedule.state === "off" && (
        <div className="action">
          <p>
            {preview.at_once === 0
              ? "Starts nothing at once."
              : `Starts ${preview.at_once} at once.`}{" "}
            Then:
          </p>
          <Starts rows={preview.starts.slice(0, 8)} label="What it starts" />
          <div className="answers">
            <button className="approve" onClick={() => void set("resume")}>
              Switch on
            </button>
            <button onClick={() => setPreview(undefined)}>Back</button>
          </div>
        </div>
      )}
    </>
  );
}

export function Schedules() {
  const schedules = useLoaded("schedules", () => api.schedules());
  const next = useLoaded("next starts", () => api.nextStarts({ limit: 20 }));
  const { may } = useSession();
  const again = () => {
    schedules.again();
    next.again();
  };
  return (
    <section>
      <h1>Schedules</h1>
      <Loading loaded={schedules}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>
              No pipeline starts by itself. Give one a <code>schedule:</code>, then{" "}
              <code>gossamer apply</code>.
            </Empty>
          ) : (
            <Table
              label="Schedules"
              rows={rows}
              keyOf={(row) => `${row.pipeline} ${row.kind}`}
              columns={[
                {
                  head: "Pipeline",
                  cell: (row) => <Link to={`/pipelines/${row.pipeline}`}>{row.pipeline}</Link>,
                },
                {
                  head: "When",
                  cell: (row) => (
                    <>
                      <code>{row.when}</code>{" "}
                      <span className="soft">{[row.zone, row.calendar].filter(Boolean).join(", ")}</span>
                    </>
                  ),
                },
                { head: "State", cell: (row) => <State state={row.state} /> },
                { head: "Next", cell: (row) => <Time at={row.state === "on" ? row.next : null} /> },
                {
                  head: "",
                  cell: (row) =>
                    (row.kind === "cron" || row.kind === "interval") &&
                    may("operator") && <TimerSwitch schedule={row} again={again} />,
                },
              ]}
            />
          )
        }
      </Loading>
      <h2>Next starts</h2>
      <Loading loaded={next}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No timer is on.</Empty>
          ) : (
            <Starts rows={rows} label="Next starts" />
          )
        }
      </Loading>
    </section>
  );
}
