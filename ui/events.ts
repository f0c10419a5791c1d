// SPDX-License-Identifier: Apache-2.0
// A worker that all tabs share: one stream of the server's events for a browser, which opens no more
// than six connections to a host. Each tab is told that something changed.
const scope = self as unknown as { onconnect: ((event: MessageEvent) => void) | null };
const tabs = new Set<MessagePort>();
let stream: EventSource | undefined;

function begin(): void {
  const opened = new EventSource("/api/v1/events");
  const tell = () => tabs.forEach((tab) => tab.postMessage("changed"));
  for (const name of ["run", "gate", "resync"]) opened.addEventListener(name, tell);
  stream = opened;
}

scope.onconnect = (event) => {
  const tab = event.ports[0];
  if (!tab) return;
  tabs.add(tab);
  tab.onmessage = () => {
    // All that a tab says is that it goes.
    tabs.delete(tab);
    if (tabs.size > 0) return;
    stream?.close();
    stream = undefined;
  };
  // Closed for good where the server refused it, because nobody was signed in.
  if (!stream || stream.readyState === EventSource.CLOSED) begin();
};
