// SPDX-License-Identifier: Apache-2.0
// Steps from left to right, each behind all that it comes after. A gate has a double edge.
import { toneOf } from "./parts";

export interface Node {
  step: string;
  kind: string;
  after: string[];
  state?: string;
  note?: string;
}

const size = { width: 168, height: 46, gapX: 40, gapY: 16 };

interface Place {
  x: number;
  y: number;
}

// The longest way to a step says how far to the right it stands.
function placesOf(nodes: Node[]): Map<string, Place> {
  const depth = new Map<string, number>();
  for (const node of nodes) {
    const before = node.after.map((name) => (depth.get(name) ?? 0) + 1);
    depth.set(node.step, Math.max(0, ...before));
  }
  const used = new Map<number, number>();
  const places = new Map<string, Place>();
  for (const node of nodes) {
    const column = depth.get(node.step) ?? 0;
    const row = used.get(column) ?? 0;
    used.set(column, row + 1);
    places.set(node.step, {
      x: column * (size.width + size.gapX),
      y: row * (size.height + size.gapY),
    });
  }
  return places;
}

const cut = (text: string, most: number) =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

function Box(props: { node: Node; place: Place; chosen: boolean; choose: () => void }) {
  const { node, place } = props;
  const isGate = node.kind === "approval";
  const frame = { width: size.width, height: size.height, rx: isGate ? 23 : 6 };
  return (
    <g
      className={`node ${toneOf(node.state ?? "")} ${props.chosen ? "chosen" : ""}`}
      transform={`translate(${place.x} ${place.y})`}
      onClick={props.choose}
    >
      <title>{`${node.step} (${node.kind}) ${node.state ?? ""}`}</title>
      <rect {...frame} />
      {isGate && <rect x={3} y={3} width={size.width - 6} height={size.height - 6} rx={20} />}
      <text x={size.width / 2} y={20}>
        {cut(node.step, 22)}
      </text>
      <text x={size.width / 2} y={36} className="small">
        {cut([node.kind, node.note].filter(Boolean).join(" · "), 28)}
      </text>
    </g>
  );
}

export function Graph(props: {
  nodes: Node[];
  chosen?: string;
  choose?: (step: string) => void;
}) {
  const places = placesOf(props.nodes);
  const all = [...places.values()];
  const width = Math.max(...all.map((place) => place.x)) + size.width;
  const height = Math.max(...all.map((place) => place.y)) + size.height;
  return (
    <div className="scroll graph" tabIndex={0} role="region" aria-label="Steps and what they follow">
      <svg width={width + 4} height={height + 4} viewBox={`-2 -2 ${width + 4} ${height + 4}`}>
        {props.nodes.flatMap((node) =>
          node.after.map((name) => {
            const from = places.get(name);
            const to = places.get(node.step);
            if (!from || !to) return null;
            const [x1, y1] = [from.x + size.width, from.y + size.height / 2];
            const [x2, y2] = [to.x, to.y + size.height / 2];
            const bend = (x2 - x1) / 2;
            return (
              <path
                key={`${name} ${node.step}`}
                className="edge"
                d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
              />
            );
          }),
        )}
        {props.nodes.map((node) => (
          <Box
            key={node.step}
            node={node}
            place={places.get(node.step) ?? { x: 0, y: 0 }}
            chosen={props.chosen === node.step}
            choose={() => props.choose?.(node.step)}
          />
        ))}
      </svg>
    </div>
  );
}
