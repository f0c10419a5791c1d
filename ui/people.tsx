// SPDX-License-Identifier: Apache-2.0
// Who may sign in, tokens of programs, and the audit log.
import { useState } from "react";
import { api } from "./api";
import { Loading, State, Time, Trouble, useLoaded } from "./parts";
import { roles, useSession } from "./session";
import type { User } from "./types";
import { Action, Choice, Empty, Field, Table, useWork } from "./widgets";

function AddUser(props: { done: () => void }) {
  const [user, setUser] = useState("");
  const [role, setRole] = useState<string>("approver");
  const [password, setPassword] = useState("");
  const work = useWork();
  return (
    <form
      className="action"
      onSubmit={(event) => {
        event.preventDefault();
        void work
          .run(() => api.addUser({ user, role, password }))
          .then((isDone) => isDone && props.done());
      }}
    >
      <Field label="Name" value={user} set={setUser} required />
      <Choice label="Role" value={role} set={setRole} options={roles} />
      <Field
        label="Password, 12 characters or more"
        type="password"
        value={password}
        set={setPassword}
        required
        autoComplete="new-password"
      />
      <Trouble problem={work.problem} />
      <div className="answers">
        <button className="approve" disabled={work.busy}>
          Add
        </button>
        <button type="button" onClick={props.done}>
          Back
        </button>
      </div>
    </form>
  );
}

function RoleOf(props: { user: User; again: () => void }) {
  const [role, setRole] = useState(props.user.role);
  return (
    <>
      <Choice label="Role" isTold value={role} set={setRole} options={roles} />
      {role !== props.user.role && (
        <Action
          verb="Change"
          says={`Makes ${props.user.user} ${role}, from the next request on.`}
          act={() => api.changeUser(props.user.user, { role })}
          done={props.again}
        />
      )}
    </>
  );
}

function Users() {
  const users = useLoaded("users", () => api.users());
  const [adds, setAdds] = useState(false);
  const session = useSession();
  return (
    <section aria-label="People">
      <h1>People</h1>
      {adds ? (
        <AddUser
          done={() => {
            setAdds(false);
            users.again();
          }}
        />
      ) : (
        <button onClick={() => setAdds(true)}>Add somebody…</button>
      )}
      <Loading loaded={users}>
        {(rows) => (
          <Table
            label="People"
            rows={rows}
            keyOf={(row) => row.user}
            columns={[
              { head: "Name", cell: (row) => row.user },
              { head: "Role", cell: (row) => <RoleOf user={row} again={users.again} /> },
              { head: "State", cell: (row) => <State state={row.active ? "active" : "off"} /> },
              { head: "Since", cell: (row) => <Time at={row.created_at} /> },
              {
                head: "",
                cell: (row) =>
                  row.user !== session.user && (
                    <Action
                      verb={row.active ? "Switch off" : "Switch on"}
                      tone="reject"
                      says={
                        row.active
                          ? `Ends what ${row.user} has open, and nobody signs in by this name.`
                          : `${row.user} can sign in again.`
                      }
                      act={() => api.changeUser(row.user, { active: !row.active })}
                      done={users.again}
                    />
                  ),
              },
            ]}
          />
        )}
      </Loading>
    </section>
  );
}

function Issue(props: { users: string[]; done: () => void }) {
  const [name, setName] = useState("");
  const [user, setUser] = useState(props.users[0] ?? "");
  const [role, setRole] = useState<string>("viewer");
  const [valid_for, setValidFor] = useState("30d");
  const [secret, setSecret] = useState("");
  const work = useWork();
  if (secret) {
    return (
      <div className="action">
        <p>Copy it now: it is shown this once.</p>
        <pre tabIndex={0}>{secret}</pre>
        <button onClick={props.done}>Done</button>
      </div>
    );
  }
  return (
    <form
      className="action"
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          const made = await api.issueToken({ name, user, role, valid_for });
          setSecret(made.secret);
        });
      }}
    >
      <Field label="What it is for" value={name} set={setName} required />
      <Choice label="Acts as" value={user} set={setUser} options={props.users} />
      <Choice label="Role" value={role} set={setRole} options={roles} />
      <Field label="Valid for" value={valid_for} set={setValidFor} required />
      <Trouble problem={work.problem} />
      <div className="answers">
        <button className="approve" disabled={work.busy}>
          Make it
        </button>
        <button type="button" onClick={props.done}>
          Back
        </button>
      </div>
    </form>
  );
}

function Tokens() {
  const tokens = useLoaded("tokens", () => api.tokens());
  const users = useLoaded("users", () => api.users());
  const [makes, setMakes] = useState(false);
  return (
    <section aria-label="Tokens">
      <h2>Tokens of programs</h2>
      {makes ? (
        <Issue
          users={(users.value ?? []).map((each) => each.user)}
          done={() => {
            setMakes(false);
            tokens.again();
          }}
        />
      ) : (
        <button onClick={() => setMakes(true)}>Make one…</button>
      )}
      <Loading loaded={tokens}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty>No program has a token.</Empty>
          ) : (
            <Table
              label="Tokens"
              rows={rows}
              keyOf={(row) => row.token}
              columns={[
                { head: "For", cell: (row) => row.name },
                { head: "Acts as", cell: (row) => `${row.user} (${row.role})` },
                { head: "Made", cell: (row) => <Time at={row.created_at} /> },
                { head: "Ends", cell: (row) => <Time at={row.revoked_at ?? row.expires_at} /> },
                {
                  head: "",
                  cell: (row) =>
                    row.revoked_at === null ? (
                      <Action
                        verb="Revoke"
                        tone="reject"
                        says="Nobody gets in with it any more."
                        act={() => api.revokeToken(row.token)}
                        done={tokens.again}
                      />
                    ) : (
                      <span className="soft">revoked</span>
                    ),
                },
              ]}
            />
          )
        }
      </Loading>
    </section>
  );
}

export function People() {
  return (
    <>
      <Users />
      <Tokens />
    </>
  );
}

export function Audit() {
  const [limit, setLimit] = useState(100);
  const entries = useLoaded(`audit ${limit}`, () => api.audit(limit));
  const verified = useLoaded("verification", () => api.verification());
  return (
    <section>
      <h1>Audit</h1>
      <Loading loaded={verified}>
        {(report) =>
          report.fault ? (
            <p className="notice bad" role="alert">
              ✕ The chain is broken at entry {report.fault.sequence}: {report.fault.reason}
            </p>
          ) : (
            <p className="good">✓ The chain of {report.entries} entries holds.</p>
          )
        }
      </Loading>
      <Loading loaded={entries}>
        {(rows) => (
          <>
            <Table
              label="Audit log"
              rows={[...rows].reverse()}
              keyOf={(row) => row.sequence}
              columns={[
                { head: "No.", cell: (row) => row.sequence, isNumber: true },
                { head: "When", cell: (row) => <Time at={row.at} /> },
                {
                  head: "Who",
                  cell: (row) => (
                    <>
                      {row.actor} <span className="soft">{row.verified ? "" : "unverified, "}
                      {row.channel}</span>
                    </>
                  ),
                },
                { head: "What", cell: (row) => row.action },
                { head: "On", cell: (row) => <code>{row.subject}</code> },
                {
                  head: "Details",
                  cell: (row) => (
                    <details>
                      <summary>show</summary>
                      <code>{JSON.stringify(row.details)}</code>
                    </details>
                  ),
                },
              ]}
            />
            {rows.length === limit && (
              <button onClick={() => setLimit(limit * 4)}>Show older ones</button>
            )}
          </>
        )}
      </Loading>
    </section>
  );
}
