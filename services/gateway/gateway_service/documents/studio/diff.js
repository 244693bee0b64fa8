// What two texts do not share, line by line.

import { h } from "./dom.js";
import { say } from "./phrases.js";

const MOST_CELLS = 4_000_000; // of the table; more would hold the page up

/** `[kind, line]` with kind " ", "-" or "+", by the longest common subsequence (Hunt and McIlroy 1976). */
export function differences(before, after) {
  const left = before.split("\n");
  const right = after.split("\n");
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const most = Math.min(left.length, right.length) - start;
  while (end < most && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const middle = between(left.slice(start, left.length - end), right.slice(start, right.length - end));
  const same = (lines) => lines.map((line) => [" ", line]);
  return [...same(left.slice(0, start)), ...middle, ...same(end ? left.slice(-end) : [])];
}

function between(left, right) {
  const width = right.length + 1;
  if (left.length * width > MOST_CELLS) return [...left.map((line) => ["-", line]), ...right.map((line) => ["+", line])];
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const below = lengths[(i + 1) * width + j];
      const beside = lengths[i * width + j + 1];
      lengths[i * width + j] = left[i] === right[j] ? lengths[(i + 1) * width + j + 1] + 1 : Math.max(below, beside);
    }
  }
  return walked(left, right, lengths, width);
}

function walked(left, right, lengths, width) {
  const found = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) found.push([" ", left[i++], j++]);
    else if (j === right.length || (i < left.length && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])) {
      found.push(["-", left[i++]]);
    } else found.push(["+", right[j++]]);
  }
  return found.map(([kind, line]) => [kind, line]);
}

const SHOWN_AROUND = 3;

/** The differences as a list to read; long stretches that are the same are left out. */
export function comparison(before, after) {
  const lines = differences(before, after);
  if (lines.every(([kind]) => kind === " ")) return h("p", {}, say("same"));
  const near = (index) =>
    lines.slice(Math.max(0, index - SHOWN_AROUND), index + SHOWN_AROUND + 1).some(([kind]) => kind !== " ");
  const shown = lines.map(([kind, line], index) => {
    if (kind === "-") return h("del", {}, line || " ");
    if (kind === "+") return h("ins", {}, line || " ");
    return near(index) ? h("span", {}, line || " ") : null;
  });
  const joined = shown.filter((line, index) => line || shown[index - 1]).map((line) => line ?? h("span", { class: "gap" }, "⋯"));
  return h("pre", { class: "comparison", tabIndex: 0 }, joined);
}
