// SPDX-License-Identifier: Apache-2.0
// The page: who is signed in, and which screen the address names.
import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { api, onSignedOut, Problem, problemOf } from "./api";
import { BackfillScreen, Backfills } from "./backfills";
import { GateScreen } from "./gate";
import { Inbox } from "./inbox";
import { Models, ModelScreen, VersionScreen } from "./models";
import { goTo, Link, listenToServer, Trouble, useAddress, Waiting } from "./parts";
import { Audit, People } from "./people";
import { Pipelines, PipelineScreen } from "./pipelines";
import { Runs, RunScreen } from "./runs";
import { Schedules } from "./schedules";
import { CurrentSession, SignIn, useSession } from "./session";
import type { Role } from "./session";
import { Tables, TableScreen } from "./tables";
import type { Session } from "./types";
import "./main.css";

const menu: [path: string, name: string, key: string, least: Role][] = [
  ["/", "Inbox", "i", "viewer"],
  ["/runs", "Runs", "r", "viewer"],
  ["/pipelines", "Pipelines", "p", "viewer"],
  ["/tables", "Tables", "t", "viewer"],
  ["/models", "Models", "m", "viewer"],
  ["/schedules", "Schedules", "s", "viewer"],
  ["/backfills", "Backfills", "b", "viewer"],
  ["/audit", "Audit", "a", "admin"],
  ["/people", "People", "o", "admin"],
];

function Screen(props: { path: string }) {
  const [, noun, ...names] = props.path.split("/").map(decodeURIComponent);
  const [id, more] = names;
  switch (noun) {
    case "":
      return <Inbox />;
    case "gates":
      return id ? <GateScreen gate={id} /> : <Inbox />;
    case "runs":
      return id ? <RunScreen run={id} /> : <Runs />;
    case "pipelines":
      return id ? <PipelineScreen pipeline={id} /> : <Pipelines />;
    case "tables":
      return id ? <TableScreen table={id} /> : <Tables />;
    case "models":
      if (id && more) return <VersionScreen model={id} version={more} />;
      return id ? <ModelScreen model={id} /> : <Models />;
    case "schedules":
      return <Schedules />;
    case "backfills":
      return id ? <BackfillScreen plan={id} /> : <Backfills />;
    case "audit":
      return <Audit />;
    case "people":
      return <People />;
    default:
      return (
        <p className="empty">
          There is nothing at this address. <Link to="/">To the inbox</Link>
        </p>
      );
  }
}

// `g` and a letter goes to a screen, `?` shows the letters.
function useKeys(showKeys: () => void) {
  useEffect(() => {
    let goes = false;
    const press = (event: KeyboardEvent) => {
      const isTyping = (event.target as HTMLElement).closest("input, textarea, select");
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const entry = goes ? menu.find(([, , key]) => key === event.key) : undefined;
      if (entry) goTo(entry[0]);
      if (event.key === "?") showKeys();
      goes = event.key === "g";
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [showKeys]);
}

function Keys(props: { done: () => void }) {
  return (
    <p className="notice" role="status">
      {menu.map(([, name, key]) => (
        <span key={key}>
          <kbd>g</kbd> <kbd>{key}</kbd> {name}{" "}
        </span>
      ))}
      <button onClick={props.done}>Close</button>
    </p>
  );
}

function Frame(props: { path: string; signOut: () => void }) {
  const { path } = props;
  const session = useSession();
  const [keys, setKeys] = useState(false);
  useKeys(() => setKeys(true));
  const isHere = (to: string) => (to === "/" ? path === "/" || path.startsWith("/gates") : path.startsWith(to));
  return (
    <div className="frame">
      <nav aria-label="Screens">
        <div className="screens">
          {menu
            .filter(([, , , least]) => session.may(least))
            .map(([to, name]) => (
              <Link key={to} to={to} here={isHere(to)}>
                {name}
              </Link>
            ))}
        </div>
        <span className="who">
          {session.user} <span className="soft">({session.role})</span>{" "}
          <button className="plain" onClick={props.signOut}>
            Sign out
          </button>
        </span>
      </nav>
      <main>
        {keys && <Keys done={() => setKeys(false)} />}
        <Screen path={path} />
      </main>
    </div>
  );
}

function Page() {
  const path = useAddress();
  const [session, setSession] = useState<Session | null>();
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    onSignedOut(() => {
      setNote("You have been signed out. Sign in to go on where you were.");
      setSession(null);
    });
    api.session().then(setSession, (error: unknown) => {
      if (error instanceof Problem && error.status === 401) setSession(null);
      else setProblem(problemOf(error));
    });
  }, []);
  const isIn = Boolean(session);
  useEffect(() => (isIn ? listenToServer() : undefined), [isIn]);
  if (problem) return <Trouble problem={problem} />;
  if (session === undefined) return <Waiting />;
  if (session === null) {
    return (
      <SignIn
        note={note}
        done={(begun) => {
          setNote("");
          setSession(begun);
        }}
      />
    );
  }
  const signOut = () =>
    void api.signOut().finally(() => {
      goTo("/");
      setSession(null);
    });
  return (
    <CurrentSession.Provider value={session}>
      <Frame path={path} signOut={signOut} />
    </CurrentSession.Provider>
  );
}

const place = document.getElementById("page");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <Page />
    </StrictMode>,
  );
}
