/* What drags, keys and clicks do to outlines: edits are made here, and drawn and kept by editor.js. An edit that is being
   made leaves in the state what follows from it: the corner that is in hand, what moved, the line that a side took. */
"use strict";

ftzGeo.moves = ({ history, state, panel, corners, snapping, grid, metres }) => {
  const { onGrid, degrees } = grid;
  const { same } = ftzEdits;

  /** Tells the corners, which have handles, from other vertices. */
  function cornersNow() {
    return panel.isShowingAll ? () => true : corners.of(history.outlines);
  }

  function linkedIds(vertices) {
    return panel.isLinked ? ftzEdits.sharing(history.outlines, vertices) : [state.id];
  }

  /** Where a corner goes that is let go at a place. */
  function snapped(vertex, moving) {
    return panel.isSnapping ? snapping.to(vertex, moving) : { place: vertex, edge: null };
  }

  /** The step of a whole block that brings one of its corners onto another block's, if one comes close. */
  function snappedStep(delta, ids, isCorner) {
    const [vertex] = history.outlines.get(state.id).flat(2).filter(isCorner)
      .map((own) => own.map((value, axis) => value + delta[axis]))
      .map((there) => ({ there, ...snapped(there, ids) }))
      .filter(({ there, place }) => !same(there, place))
      .sort((a, b) => a.away - b.away);
    return vertex ? delta.map((value, axis) => value + vertex.place[axis] - vertex.there[axis]) : delta;
  }

  /** The edit that makes a place a corner of the blocks that have an edge it lies on; none without an edge. */
  function putInto(now, edge, place) {
    return edge ? ftzEdits.insert(now, now.keys(), edge, place) : new Map();
  }

  /** The edit that moves vertices, by their keys, with the sides that end there. */
  function carried(now, ids, moves, isCorner) {
    state.moved = { moves, ids };
    return ftzSides.carry(now, ids, moves, isCorner, metres);
  }

  /** A corner with those that move with it. */
  function linkedCorners(vertex) {
    return panel.isLinked ? [vertex, ...corners.partners(state.id, vertex, history.outlines)] : [vertex];
  }

  /** Moves of vertices by one step, by their keys. */
  function stepped(vertices, delta) {
    return new Map(vertices.map((vertex) => [String(vertex), vertex.map((value, axis) => value + delta[axis])]));
  }

  /** What a corner's drag does, by where it is. */
  function grabCorner(vertex) {
    const [together, isCorner] = [linkedCorners(vertex), cornersNow()];
    const ids = linkedIds(together);
    return (there) => {
      const { place, edge } = snapped(there, ids);
      state.vertex = place;
      return ftzEdits.together(
        history.outlines,
        (now) => putInto(now, edge, place),
        (now) => carried(now, ids, stepped(together, place.map((value, axis) => value - vertex[axis])), isCorner),
      );
    };
  }

  function stepCorner(vertex, delta) {
    const together = linkedCorners(vertex);
    const moves = stepped(together, delta);
    state.vertex = moves.get(String(vertex));
    return carried(history.outlines, linkedIds(together), moves, cornersNow());
  }

  /** The edit that gives a side a corner in its middle, in all blocks that have this side. */
  function withMiddle(now, { place, edge }) {
    if (edge.some((end) => same(end, place))) return new Map();
    return ftzEdits.insert(now, panel.isLinked ? now.keys() : [state.id], edge, place);
  }

  /** What the drag of a side's middle does, by where it is: the side takes the line of the base map that it is dragged
      along, else it gets a corner there. */
  function grabSide(side) {
    const isCorner = cornersNow();
    const middle = ftzSides.halfWay(side, metres);
    const divided = new Map([...history.outlines, ...withMiddle(history.outlines, middle)]);
    const ids = panel.isLinked ? ftzEdits.sharing(divided, [middle.place]) : [state.id];
    const isEnd = (vertex) => isCorner(vertex) || same(vertex, middle.place);
    return (there) => {
      const along = takeLine(side, middle.place, there, isCorner);
      state.along = along;
      if (along) return along.changes;
      const { place, edge } = snapped(there, ids);
      state.vertex = place;
      return ftzEdits.together(
        history.outlines,
        (now) => withMiddle(now, middle),
        (now) => putInto(now, edge, place),
        (now) => carried(now, ids, new Map([[String(middle.place), place]]), isEnd),
      );
    };
  }

  /** The edit that gives a side the course of the line that its middle was dragged onto; null where none runs along. */
  function takeLine(side, middle, there, isCorner) {
    const near = panel.isSnapping && !panel.isShowingAll ? snapping.line(there) : null;
    if (!near) return null;
    const lines = snapping.lines.lines.filter(({ name }) => name === near.name).map(({ vertices }) => vertices);
    const course = ftzAlong.course(lines, near.place, metres);
    const ring = history.outlines.get(state.id).flat().find((one) => one.includes(side[0]));
    const delta = there.map((value, axis) => value - middle[axis]);
    const found = ftzAlong.taken(ring, side, delta, course, isCorner, metres);
    if (!found) return null;
    const ids = linkedIds([side[0], side.at(-1)]);
    const changes = ftzAlong.put(history.outlines, ids, found, isCorner, metres);
    [state.vertex, state.moved] = [null, null];
    return changes && { changes, middle, name: near.name, course: found.course };
  }

  function splitSide(side) {
    const middle = ftzSides.halfWay(side, metres);
    state.vertex = middle.place;
    return withMiddle(history.outlines, middle);
  }

  function movedWhole(delta, ids, isCorner) {
    return carried(history.outlines, ids, stepped(history.outlines.get(state.id).flat(2), delta), isCorner);
  }

  /** What the drag of a whole block does; where it is let go, a corner may snap. */
  function grabWhole(middle) {
    const [ids, isCorner] = [linkedIds(history.outlines.get(state.id).flat(2)), cornersNow()];
    return (there, isLast) => {
      const delta = there.map((value, axis) => value - middle[axis]);
      return movedWhole(isLast ? snappedStep(delta, ids, isCorner) : delta, ids, isCorner);
    };
  }

  function stepWhole(delta) {
    return movedWhole(delta, linkedIds(history.outlines.get(state.id).flat(2)), cornersNow());
  }

  /** The edit that moves every block by what moves a place. */
  function movedZone(move) {
    const moves = new Map([...history.outlines.values()].flat(3).map((vertex) => [String(vertex), vertex]));
    moves.forEach((vertex, key) => moves.set(key, onGrid(move(degrees(vertex)))));
    state.moved = { moves, ids: [...history.outlines.keys()] };
    return ftzEdits.changed(history.outlines, state.moved.ids, (ring) => ring.map((vertex) => moves.get(String(vertex))));
  }

  /** The edit that takes a corner away; null where too few would be left. */
  function removed(vertex) {
    return ftzSides.remove(history.outlines, linkedIds([vertex]), vertex, cornersNow(), metres);
  }

  return {
    cornersNow, linkedIds, grabCorner, stepCorner, grabSide, splitSide, grabWhole, stepWhole, movedZone, removed,
  };
};
