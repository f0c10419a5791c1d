// SPDX-License-Identifier: Apache-2.0
// One gate: everything needed to decide, and the decision.
import { useCallback, useEffect, useRef, useState } from "react";
import { api, problemOf } from "./api";
import type { Problem } from "./api";
import { changeText, Link, Loading, State, Time, Trouble, useLoaded, Waiting } from "./parts";
import { useSession } from "./session";
import type { Gate, OwnGate, RunDetail, Shown } from "./types";
import { Choice, Field, useWork } from "./widgets";
import type { Work } from "./widgets";

type Answer = "approve" | "reject" | "rework";
const verbs: Record<Answer, string> = {
  approve: "Approve",
  reject: "Reject",
  rework: "Ask for rework",
};

// The report that the server rendered. It runs no script; this page only measures its height.
function Evidence(props: { html: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const watcher = useRef<ResizeObserver>(undefined);
  const [height, setHeight] = useState(400);
  useEffect(() => () => watcher.current?.disconnect(), []);
  const watch = () => {
    const root = frame.current?.contentDocument?.documentElement;
    if (!root) return;
    watcher.current?.disconnect();
    watcher.current = new ResizeObserver(() => {
      setHeight(Math.ceil(root.getBoundingClientRect().height) + 1);
    });
    watcher.current.observe(root);
  };
  return (
    <iframe
      ref={frame}
      title="Evidence"
      sandbox="allow-same-origin"
      srcDoc={props.html}
      style={{ height }}
      onLoad={watch}
    />
  );
}

const approvalsOf = (gate: Gate) => gate.votes.filter((vote) => vote.answer === "approve").length;

// One sentence on what the click does. `followers` are pipelines that start when this one is over.
function consequence(answer: Answer, gate: Gate, followers: string[]): string {
  if (answer === "rework") return "Closes this gate and sends the run back to a step.";
  const then = followers.length > 0 ? `, and then ${followers.join(", ")} starts` : "";
  if (answer === "reject") return `Keeps what is in use; the run goes on${then}.`;
  const given = approvalsOf(gate) + 1;
  if (given < gate.needed) return `Records your approval: ${given} of ${gate.needed} needed.`;
  const moves = gate.on_approval.map(changeText).filter((text) => text !== "");
  if (moves.length === 0) return `Lets the run go on${then}.`;
  return `At once ${moves.join("; ")}. The run goes on${then}.`;
}

// What was typed: a number, true or a list where it reads as one, else the text.
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

interface Rework {
  step: string;
  params: Record<string, string>; // as typed, those that were touched
}

function ReworkFields(props: { gate: Gate; value: Rework; set: (value: Rework) => void }) {
  const [run, setRun] = useState<RunDetail>();
  useEffect(() => {
    // Without it the step can still be left to the pipeline.
    api.run(props.gate.run).then(setRun, () => setRun(undefined));
  }, [props.gate.run]);
  const { step, params } = props.value;
  const before = run?.steps.findIndex((each) => each.step === props.gate.step) ?? 0;
  return (
    <>
      <Choice
        label="Back to step"
        value={step}
        set={(chosen) => props.set({ step: chosen, params })}
        options={run?.steps.slice(0, before).map((each) => each.step) ?? []}
        empty="as the pipeline says"
      />
      {Object.entries(run?.params ?? {}).map(([name, value]) => (
        <Field
          key={name}
          label={`Parameter ${name}`}
          value={params[name] ?? textOf(value)}
          set={(text) => props.set({ step, params: { ...params, [name]: text } })}
        />
      ))}
    </>
  );
}

function Decision(props: { gate: OwnGate; digest: string; work: Work; done: () => void }) {
  const { gate, work } = props;
  const [answer, setAnswer] = useState<Answer>();
  const [comment, setComment] = useState("");
  const [rework, setRework] = useState<Rework>({ step: "", params: {} });
  const schedules = useLoaded("schedules", () => api.schedules());
  const followers = (schedules.value ?? [])
    .filter((each) => each.kind === "when_finished")
    .filter((each) => each.when.replace(/^after /, "").split(", ").includes(gate.pipeline))
    .map((each) => each.pipeline);
  const override = answer === "approve" && gate.criteria_failed;

  const send = (given: Answer) =>
    work
      .run(() => {
        const params = Object.entries(rework.params).map(([name, text]) => [name, valueOf(text)]);
        return api.vote(gate.gate, {
          answer: given,
          digest: props.digest,
          comment,
          override,
          ...(given === "rework"
            ? { rework: { step: rework.step, params: Object.fromEntries(params) } }
            : {}),
        });
      })
      .then((isDone) => {
        if (isDone) setAnswer(undefined);
        props.done();
      });

  if (answer === undefined) {
    return (
      <div className="answers">
        {(Object.keys(verbs) as Answer[]).map((each) => (
          <button key={each} className={each} onClick={() => setAnswer(each)}>
            {verbs[each]}
          </button>
        ))}
      </div>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(answer);
      }}
    >
      <p>
        <strong>{verbs[answer]}.</strong> {consequence(answer, gate, followers)}
      </p>
      {answer === "rework" && <ReworkFields gate={gate} value={rework} set={setRework} />}
      <label>
        {override ? "Why, although a criterion failed" : "Comment"}
        <textarea
          value={comment}
          rows={2}
          required={override}
          onChange={(event) => setComment(event.target.value)}
        />
      </label>
      <Trouble problem={work.problem} />
      <div className="answers">
        <button className={answer} disabled={work.busy}>
          {verbs[answer]}
        </button>
        <button type="button" onClick={() => setAnswer(undefined)} disabled={work.busy}>
          Back
        </button>
      </div>
    </form>
  );
}

// Votes as initials, one place for each that is needed.
function Faces(props: { gate: Gate }) {
  const { gate } = props;
  const given = gate.votes.filter((vote) => vote.answer === "approve");
  const open = Math.max(0, gate.needed - given.length);
  return (
    <span className="faces">
      {given.map((vote) => (
        <span key={vote.by} className="face good" title={`${vote.by} approves`}>
          {vote.by.slice(0, 2)}
        </span>
      ))}
      {gate.state === "open" &&
        Array.from({ length: open }, (_, at) => (
          <span key={at} className="face" aria-hidden="true" />
        ))}
      <span className="soft">
        {given.length} of {gate.needed} {gate.needed === 1 ? "approval" : "approvals"}
      </span>
    </span>
  );
}

const past: Record<string, string> = {
  approve: "approved",
  reject: "rejected",
  rework: "asked for rework",
};

function History(props: { gate: Gate }) {
  const { gate } = props;
  const [copied, setCopied] = useState(false);
  return (
    <section aria-label="History">
      <h2>History</h2>
      <ul className="history">
        <li>
          opened <Time at={gate.opened_at} />
        </li>
        {gate.votes.map((vote) => (
          <li key={`${vote.by} ${vote.at}`}>
            <strong>{vote.by}</strong> {past[vote.answer] ?? vote.answer} <Time at={vote.at} />{" "}
            <span className="soft">by {vote.channel}</span>
            {vote.comment && <q>{vote.comment}</q>}
          </li>
        ))}
        {gate.closed_at !== null && (
          <li>
            {gate.state} <Time at={gate.closed_at} />
          </li>
        )}
      </ul>
      <p className="soft">
        Evidence <code>{gate.digest}</code>{" "}
        <button
          className="plain"
          onClick={() => void navigator.clipboard.writeText(gate.digest).then(() => setCopied(true))}
        >
          {copied ? "copied" : "copy"}
        </button>
      </p>
    </section>
  );
}

// What somebody sees instead of the buttons.
function outcomeOf(gate: OwnGate, isMine: boolean): string {
  if (gate.state !== "open") {
    const last = gate.votes.at(-1);
    const by = last && gate.state !== "expired" ? ` by ${last.by}` : "";
    return `This gate was ${gate.state}${by}. Nothing is left to decide.`;
  }
  if (!isMine) return "Deciding takes the role approver.";
  return gate.why_not;
}

export function GateScreen(props: { gate: string }) {
  // The evidence is fetched once, since fetching it is noted as having seen it; the rest is live.
  const [shown, setShown] = useState<Shown>();
  const [problem, setProblem] = useState<Problem>();
  const { may } = useSession();
  const work = useWork();
  const live = useLoaded(`gate ${props.gate}`, () => api.gate(props.gate));
  const show = useCallback(() => {
    api.showGate(props.gate).then(setShown, (error: unknown) => setProblem(problemOf(error)));
  }, [props.gate]);
  useEffect(() => {
    setShown(undefined);
    setProblem(undefined);
    show();
  }, [show]);
  return (
    <Loading loaded={live}>
      {(gate) => {
        const mayDecide = gate.may_decide && may("approver");
        return (
          <article className="gate">
            <header className="gate-head">
              <div>
                <h1>{gate.question}</h1>
                <p className="line">
                  <State state={gate.state} />
                  <Faces gate={gate} />
                  {gate.state === "open" && gate.due_at !== null && (
                    <span>
                      due <Time at={gate.due_at} />
                    </span>
                  )}
                  <span className="soft">
                    <Link to={`/pipelines/${gate.pipeline}`}>{gate.pipeline}</Link> {gate.partition}{" "}
                    · <Link to={`/runs/${gate.run}`}>run</Link>
                  </span>
                </p>
              </div>
              <section className="decision" aria-label="Decision" aria-live="polite">
                {mayDecide && shown ? (
                  <Decision
                    gate={gate}
                    digest={shown.gate.digest}
                    work={work}
                    done={live.again}
                  />
                ) : (
                  !mayDecide && <p className="soft">{outcomeOf(gate, may("approver"))}</p>
                )}
                {!mayDecide && work.problem && (
                  <p className="notice warn" role="alert">
                    Your answer was not counted: {work.problem.message}
                  </p>
                )}
              </section>
            </header>
            <Trouble problem={problem}>
              <button onClick={show}>Try again</button>
            </Trouble>
            {shown && shown.gate.digest !== gate.digest && (
              <p className="notice warn" role="alert">
                The evidence has changed since you opened this.{" "}
                <button onClick={show}>Show the new evidence</button>
              </p>
            )}
            {shown ? <Evidence html={shown.html} /> : !problem && <Waiting />}
            <History gate={gate} />
          </article>
        );
      }}
    </Loading>
  );
}
