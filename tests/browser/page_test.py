# SPDX-License-Identifier: Apache-2.0
"""The page in a real browser: signing in, the inbox, a gate with its answers, runs."""
import signal
import unittest

from browser import CHROMIUM, Browser, Server

PASSWORD = "correct horse battery"
FILES = {
    "gossamer.yaml": "workspace: shown\ntimezone: UTC\n",
    "sql/one.sql": "select 1 as n\n",
    "pipelines/ask.yaml": """pipeline: ask
parameters: { rounds: { type: integer, default: 3 } }
steps:
  talk:
    command: { argv: [/bin/sh, -c, "echo hello from the step"] }
  one:
    after: talk
    sql: sql/one.sql
    output: one
  confirm:
    approval:
      title: Go on?
      evidence: [one]
      approvers: { any_of: [ana, bo], count: 2 }
      expires: { after: 2d, then: rejected }
      on_approved: {}
""",
    "pipelines/daily.yaml": """pipeline: daily
description: One row a day
partitions: { every: day, timezone: UTC, start: 2026-01-01 }
schedule: { cron: "0 3 * * *", when_finished: [ask] }
steps:
  day: { sql: "select 1 as n", output: days }
""",
}


@unittest.skipUnless(CHROMIUM, "chromium is not installed: apt-get install chromium")
class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        signal.alarm(600)  # a browser that hangs fails the test
        cls.server = Server(FILES)
        cls.browser = Browser()
        for name, role in (("ana", "approver"), ("bo", "approver"), ("vi", "viewer"),
                           ("ed", "admin")):
            cls.server.command("users", "add", name, "--role", role, text=PASSWORD + "\n")
        cls.ana = cls.signed_in("ana")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.browser.close()
        cls.server.close()
        signal.alarm(0)

    @classmethod
    def signed_in(cls, name: str, separate: bool = True):
        tab = cls.browser.open(cls.server.url, separate=separate)
        tab.type("Name", name)
        tab.type("Password", PASSWORD)
        tab.click("Sign in")
        tab.wait_for_text("Inbox")
        return tab

    def setUp(self) -> None:
        self.browser.faults.clear()

    def tearDown(self) -> None:
        self.assertEqual(self.browser.faults, [])

    def open_gate(self) -> str:
        self.server.command("run", "ask", codes=(4,))
        gates = self.server.json("gates", "list")
        self.assertEqual(len(gates), 1)
        return gates[0]["gate"]

    def reject(self, gate: str) -> None:
        self.server.command("--as", "bo", "gates", "reject", gate)

    def test_nobody_gets_in_with_a_wrong_password(self) -> None:
        tab = self.browser.open(self.server.url + "/runs", separate=True)
        tab.type("Name", "ana")
        tab.type("Password", "guess")
        tab.click("Sign in")
        tab.wait_for_text("the name or the password is wrong")
        tab.type("Password", PASSWORD)
        tab.click("Sign in")
        tab.wait_for_text("Runs")
        tab.click("Sign out")
        tab.wait_for_text("Password")

    def test_a_gate_comes_by_itself_and_two_people_decide_it(self) -> None:
        self.ana.go(self.server.url)
        self.ana.wait_for_text("Nothing waits for a decision")
        gate = self.open_gate()
        self.ana.wait_for_text("Go on?")
        self.ana.click("Go on?")
        self.ana.wait_for_text("0 of 2 approvals")
        self.ana.wait("document.querySelector('iframe')?.contentDocument?.body?.innerText"
                      ".includes('no criteria were declared')")
        self.ana.click("Approve")
        self.ana.wait_for_text("Records your approval: 1 of 2 needed.")
        self.ana.type("Comment", "better on every week")
        self.ana.click("Approve")
        self.ana.wait_for_text("1 of 2 approvals")
        bo = self.signed_in("bo")
        bo.go(f"{self.server.url}/gates/{gate}")
        bo.wait_for_text("better on every week")
        bo.click("Approve")
        bo.wait_for_text("Lets the run go on, and then daily starts.")
        bo.click("Approve")
        bo.wait_for_text("approved")
        self.ana.wait_for_text("2 of 2 approvals")
        self.assertNotIn("Ask for rework", self.ana.text())
        votes = self.server.json("gates", "list", "--state", "approved")[0]["votes"]
        self.assertEqual([vote["by"] for vote in votes], ["ana", "bo"])
        self.assertEqual([vote["channel"] for vote in votes], ["page", "page"])

    def test_what_somebody_else_decided_is_said_and_not_undone(self) -> None:
        gate = self.open_gate()
        self.ana.go(f"{self.server.url}/gates/{gate}")
        self.ana.click("Approve")
        self.ana.wait_for_text("Records your approval")
        # The vote leaves the page only after somebody else has decided.
        self.ana.run("window.heldFetch = window.fetch; window.fetch = (path, init) =>"
                     " init?.method === 'POST' ? new Promise((go) => { window.goOn = () =>"
                     " go(window.heldFetch(path, init)); }) : window.heldFetch(path, init); true")
        self.ana.click("Approve")
        self.ana.wait("window.goOn")
        self.reject(gate)
        self.ana.run("window.goOn(); window.fetch = window.heldFetch; true")
        self.ana.wait_for_text("Your answer was not counted")
        self.ana.wait_for_text("This gate was rejected by bo")
        rejected = self.server.json("gates", "list", "--state", "rejected")
        self.assertIn(gate, [each["gate"] for each in rejected])

    def test_rework_sends_the_run_back_with_new_parameters(self) -> None:
        gate = self.open_gate()
        self.ana.go(f"{self.server.url}/gates/{gate}")
        self.ana.click("Ask for rework")
        self.ana.choose("Back to step", "one")
        self.ana.type("Parameter rounds", "5")
        self.ana.type("Comment", "more rounds")
        self.ana.click("Ask for rework")
        self.ana.wait_for_text("reworked")
        self.ana.go(self.server.url)
        self.ana.wait_for_text("Go on?")
        self.reject(self.server.json("gates", "list")[0]["gate"])

    def test_runs_lead_to_steps_and_logs(self) -> None:
        self.reject(self.open_gate())
        self.ana.go(self.server.url)
        self.ana.click("Runs")
        self.ana.choose("Pipeline", "ask")
        self.ana.wait("document.querySelector('tbody a')")
        self.ana.run("document.querySelector('tbody a').click()")
        self.ana.wait_for_text("confirm")
        self.ana.click("talk")
        self.ana.wait_for_text("hello from the step")

    def test_who_may_not_decide_is_told_why_and_sees_no_buttons(self) -> None:
        gate = self.open_gate()
        vi = self.signed_in("vi")
        vi.go(f"{self.server.url}/gates/{gate}")
        vi.wait_for_text("Deciding takes the role approver")
        ed = self.signed_in("ed")
        ed.go(f"{self.server.url}/gates/{gate}")
        ed.wait_for_text("ed is not an approver")
        for tab in (vi, ed):
            self.assertIsNone(tab.run("document.querySelector('button.approve')"))
        vi.go(f"{self.server.url}/pipelines/ask")
        vi.wait_for_text("rounds")
        self.assertNotIn("People", vi.text())
        self.reject(gate)

    def test_a_pipeline_shows_its_steps_and_starts_a_run(self) -> None:
        ed = self.signed_in("ed")
        ed.click("Pipelines")
        ed.wait_for_text("One row a day")
        ed.click("daily")
        ed.wait("document.querySelector('.graph .node')")
        ed.wait_for_text("cron: \"0 3 * * *\"")
        ed.click("Start a run")
        ed.type("Partition", "2026-02-03")
        ed.click("Start")
        ed.wait("location.pathname.startsWith('/runs/')")
        ed.wait_for_text("day=2026-02-03")
        ed.wait_for_text("✓ succeeded")
        ed.click("Tables")
        ed.click("days")
        ed.wait_for_text("Partitioned by")
        ed.wait_for_text("day=2026-02-03")

    def test_a_timer_says_what_it_will_start_before_it_is_switched(self) -> None:
        ed = self.signed_in("ed")
        ed.click("Schedules")
        ed.click("Switch on")
        ed.wait_for_text("Starts nothing at once")
        ed.run("document.querySelector('.action button.approve').click()")
        ed.click("Switch off")
        ed.wait_for_text("No timer is on")

    def test_a_backfill_is_planned_shown_and_started(self) -> None:
        ed = self.signed_in("ed")
        ed.click("Backfills")
        ed.click("Plan one")
        ed.choose("Pipeline", "daily")
        ed.type("From partition", "2026-03-01")
        ed.type("To partition", "2026-03-02")
        ed.click("Show the plan")
        ed.wait_for_text("planned")
        ed.click("Start")
        ed.wait_for_text("for 2 partitions")
        ed.click("Start")
        ed.wait_for_text("2 of 2")

    def test_an_admin_sees_people_tokens_and_the_audit_log(self) -> None:
        ed = self.signed_in("ed")
        ed.click("People")
        ed.click("Add somebody")
        ed.type("Name", "cy")
        ed.type("Password, 12", "short")
        ed.click("Add")
        ed.wait_for_text("a password has 12 to")
        ed.type("Password, 12", PASSWORD)
        ed.click("Add")
        ed.wait("[...document.querySelectorAll('td')].some((each) => each.innerText === 'cy')")
        ed.click("Make one")
        ed.type("What it is for", "nightly export")
        ed.click("Make it")
        ed.wait_for_text("gsm_")
        ed.click("Done")
        ed.wait_for_text("nightly export")
        self.assertNotIn("gsm_", ed.text())
        ed.click("Audit")
        ed.wait_for_text("holds")
        ed.wait_for_text("token.create")

    def test_the_evidence_stands_in_its_frame_without_scrolling_there(self) -> None:
        gate = self.open_gate()
        self.ana.go(f"{self.server.url}/gates/{gate}")
        for width in (1280, 700, 390):
            self.ana.call("Emulation.setDeviceMetricsOverride", width=width, height=800,
                          deviceScaleFactor=1, mobile=False)
            self.ana.wait("(() => { const root = document.querySelector('iframe')"
                          ".contentDocument.documentElement;"
                          " return root.scrollHeight === root.clientHeight; })()")
        self.ana.call("Emulation.clearDeviceMetricsOverride")
        self.reject(gate)

    def test_each_screen_fits_a_phone_and_names_its_fields(self) -> None:
        ed = self.signed_in("ed")
        ed.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2,
                mobile=True)
        for path in ("/", "/runs", "/pipelines", "/pipelines/daily", "/tables", "/models",
                     "/schedules", "/backfills", "/audit", "/people"):
            ed.go(self.server.url + path)
            ed.wait("!document.querySelector('.waiting')")
            self.assertLessEqual(ed.run("document.documentElement.scrollWidth"), 390, path)
            unnamed = ed.run("[...document.querySelectorAll('input, select, textarea, button, a')]"
                             ".filter((each) => !(each.closest('label') ?? each).innerText.trim())"
                             ".length")
            self.assertEqual(unnamed, 0, path)

    def test_a_phone_shows_the_gate_without_sideways_scrolling(self) -> None:
        gate = self.open_gate()
        self.ana.call("Emulation.setDeviceMetricsOverride", width=390, height=844,
                      deviceScaleFactor=2, mobile=True)
        self.ana.go(f"{self.server.url}/gates/{gate}")
        self.ana.wait("document.querySelector('button.approve')")
        self.assertLessEqual(self.ana.run("document.documentElement.scrollWidth"), 390)
        place = self.ana.run("(() => { const box = document.querySelector('button.approve')"
                             ".getBoundingClientRect(); return [box.top, box.bottom]; })()")
        self.assertGreaterEqual(place[0], 0)
        self.assertLessEqual(place[1], 844)
        self.ana.call("Emulation.clearDeviceMetricsOverride")
        self.reject(gate)

    def test_many_tabs_share_one_stream(self) -> None:
        first = self.signed_in("vi", separate=False)
        # More than the connections that a browser opens to one host.
        tabs = [self.browser.open(self.server.url) for _ in range(8)]
        gate = self.open_gate()
        for tab in (first, *tabs):
            tab.wait_for_text("Go on?")
        self.reject(gate)
        for tab in (first, *tabs):
            tab.wait_for_text("Nothing waits for a decision")

    def test_light_and_dark_follow_the_system(self) -> None:
        self.ana.go(self.server.url)
        seen = []
        for scheme in ("light", "dark"):
            self.ana.call("Emulation.setEmulatedMedia",
                          features=[{"name": "prefers-color-scheme", "value": scheme}])
            seen.append(self.ana.run("getComputedStyle(document.body).backgroundColor"))
        self.assertEqual(len(set(seen)), 2)

    def test_an_address_that_names_nothing_says_so(self) -> None:
        self.ana.go(self.server.url + "/nothing/here")
        self.ana.wait_for_text("There is nothing at this address")
        self.ana.go(self.server.url + "/gates/gate_nothing")
        self.ana.wait("document.querySelector('[role=alert]')")


if __name__ == "__main__":
    unittest.main()
