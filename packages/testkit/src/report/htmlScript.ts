/**
 * The script of the matrix page: shows a cell in the panel when it is pointed at, focused or kept. Text only ever goes
 * in as text. Plain JavaScript in a string, because nothing that compiles it runs between the report and the page.
 */
export const SCRIPT = String.raw`
"use strict";
(() => {
  const { names, cells } = JSON.parse(document.getElementById("data").textContent);
  const panel = document.getElementById("panel");
  const element = (tag, text, ...children) => {
    const e = document.createElement(tag);
    if (text) e.textContent = text;
    e.append(...children);
    return e;
  };
  const grouped = (n) => n.toLocaleString("en");
  function command(text) {
    const code = element("code", text);
    const copy = element("button", "copy");
    copy.type = "button";
    copy.addEventListener("click", () => {
      const select = () => getSelection().selectAllChildren(code);
      if (!navigator.clipboard) return select();
      navigator.clipboard.writeText(text).then(() => { copy.textContent = "copied"; }, select);
    });
    const row = element("div", "", code, copy);
    row.className = "command";
    return row;
  }
  function show(i) {
    const c = cells[i];
    if (!c) return;
    const list = element("dl");
    const fact = (name, value) => list.append(element("dt", name), element("dd", value));
    fact("front", c.front);
    fact("back", c.back);
    fact("came", c.came);
    fact("expected", c.expected);
    fact("balloon rule, front", c.balloonFront);
    fact("balloon rule, back", c.balloonBack);
    fact("moved", grouped(c.bytesMoved) + " bytes");
    fact("over-exposed", grouped(c.exposed) + " bytes");
    fact("hypercalls", grouped(c.hypercalls));
    fact("machine time", grouped(Math.round(c.time / 1000)) + " µs");
    const parts = [element("h2", c.id), list];
    if (c.why) {
      const why = c.why.map((line) => element("li", "✗ " + line));
      for (const e of why) e.className = "bad";
      parts.push(element("h3", "Why it failed"), element("ul", "", ...why));
    }
    const good = c.checks.filter((x) => typeof x === "number").length;
    const checks = c.checks.map((x) => {
      const e = element("li", typeof x === "number" ? "✓ " + names[x] : "✗ " + names[x[0]] + ": " + x[1]);
      if (typeof x !== "number") e.className = "bad";
      return e;
    });
    if (checks.length) parts.push(element("h3", "Checks: " + good + " of " + checks.length), element("ul", "", ...checks));
    parts.push(element("h3", c.shrunk ? "Again, with the fewest steps" : "Again"), command(c.again));
    if (c.trace && c.trace.length) parts.push(element("h3", "The end of its trace"), element("pre", c.trace.join("\n")));
    parts.push(element("h3", "Its whole trace"), command(c.tracing));
    panel.replaceChildren(...parts);
  }
  let kept;
  function keep(square) {
    const mark = (s, on) => s && s.setAttribute(s.getAttribute("role") === "button" ? "aria-pressed" : "aria-selected", on);
    mark(kept, "false");
    mark(square, "true");
    kept = square;
    show(square.dataset.i);
  }
  for (const group of document.querySelectorAll("table[role=grid], ul.row")) {
    const rows = group.matches("ul") ? [[...group.querySelectorAll("[data-i]")]] : [...group.querySelectorAll("tbody tr")].map((r) => [...r.querySelectorAll("td")]);
    const first = group.querySelector("[data-i]");
    if (first) first.tabIndex = 0;
    const go = (to) => {
      if (!to || to.dataset.i === undefined) return;
      for (const s of group.querySelectorAll("[tabindex='0']")) s.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
    };
    // the next square that was run, so that holes do not stop the keys
    const step = (row, column, dr, dc) => {
      for (let r = row + dr, c = column + dc; rows[r] && rows[r][c]; r += dr, c += dc) if (rows[r][c].dataset.i !== undefined) return rows[r][c];
    };
    group.addEventListener("keydown", (event) => {
      const row = rows.findIndex((r) => r.includes(event.target));
      if (row < 0) return;
      const column = rows[row].indexOf(event.target);
      const run = rows[row].filter((s) => s.dataset.i !== undefined);
      const moves = { ArrowLeft: () => step(row, column, 0, -1), ArrowRight: () => step(row, column, 0, 1), ArrowUp: () => step(row, column, -1, 0), ArrowDown: () => step(row, column, 1, 0), Home: () => run[0], End: () => run.at(-1) };
      if (event.key === "Enter" || event.key === " ") keep(event.target);
      else if (moves[event.key]) go(moves[event.key]());
      else return;
      event.preventDefault();
    });
    const squareOf = (event) => event.target.closest("[data-i]");
    group.addEventListener("click", (event) => {
      const s = squareOf(event);
      if (s) { go(s); keep(s); }
    });
    group.addEventListener("focusin", (event) => show(squareOf(event)?.dataset.i));
    group.addEventListener("mouseover", (event) => show(squareOf(event)?.dataset.i));
    group.addEventListener("mouseleave", () => kept && show(kept.dataset.i));
  }
  const bad = document.querySelector("#grids .failed") ?? document.querySelector("#grids [data-i]");
  if (bad) keep(bad);
})();
`;
