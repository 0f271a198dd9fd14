"use strict";
(() => {
  const ABSENT = "-";
  const ROW_PX = 30;
  const LOWEST_PX = 560;  // of the window on a grid, which is low as long as it is empty
  const PRINTED_ROWS = 60;

  const el = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  // Numbers as the prose of the page has them.
  const significant = (value, digits) => Number(value.toPrecision(digits)).toLocaleString("en");
  const show = {
    text: (value) => value,
    count: (value) => value.toLocaleString("en"),
    percent: (value) => (value === 0 ? "0 %" : `${(100 * value).toFixed(2)} %`),
    seconds: (value) =>
      value >= 1 ? `${significant(value, 3)} s`
        : value >= 1e-3 ? `${significant(1e3 * value, 3)} ms`
          : `${Math.round(1e6 * value)} µs`,
  };
  const collator = new Intl.Collator("en", { numeric: true });

  /* A button in a head, which sorts: the same for short tables and for grids. */
  function sorting(head, sort) {
    const button = el("button", { type: "button", class: "sort" });
    const [name, ...notes] = head.childNodes;
    button.append(el("span", {}, name), ...notes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sort(down ? -1 : 1);
    });
  }

  function sortable(table) {
    const value = (row, place) => {
      const cell = row.children[place];
      if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
      return cell.textContent.trim();
    };
    [...table.tHead.rows[0].cells].forEach((head, place) => sorting(head, (sign) => {
      for (const body of table.tBodies) {
        const rows = [...body.rows].filter((row) => row.children.length > 1);
        const keyed = rows.map((row) => [value(row, place), row]);
        const absent = (key) => key === ABSENT || key === "";
        keyed.sort(([a], [b]) => {
          if (absent(a) || absent(b)) return absent(a) - absent(b);
          if (typeof a === "number" && typeof b === "number") return sign * (a - b);
          return sign * collator.compare(String(a), String(b));
        });
        body.append(...keyed.map(([, row]) => row));
      }
    }));
  }

  /* A table of any length: only the rows in view are in the document. */
  class Grid {
    constructor(holder, { length, columns }) {
      this.columns = columns;
      this.byKey = Object.fromEntries(columns.map((column) => [column.key, column]));
      this.length = length;
      this.label = holder.dataset.label;
      this.one = holder.dataset.one;
      this.chosen = {};
      this.words = [];
      this.marked = null;
      this.build(holder);
      this.select();
    }

    build(holder) {
      const id = holder.id;
      const tools = el("div", { class: "tools" });
      this.search = el("input", { type: "search", id: `${id}-search`, placeholder: "e.g. trace  gap>2%" });
      this.search.addEventListener("input", () => this.select());
      tools.append(el("label", {}, "filter ", this.search));
      this.selects = {};
      for (const column of this.columns.filter((each) => each.choice && each.levels.length > 1 && each.levels.length <= 60)) {
        const select = el("select", {}, el("option", { value: "" }, "all"));
        const levels = column.levels.map((text, code) => [text, code]).sort((a, b) => collator.compare(a[0], b[0]));
        for (const [text, code] of levels) select.append(el("option", { value: code }, text || "(none)"));
        select.addEventListener("change", () => this.select());
        this.selects[column.key] = select;
        const twins = this.columns.filter((each) => each.title === column.title).length > 1;
        tools.append(el("label", {}, `${column.title}${twins ? ` ${column.note}` : ""} `, select));
      }
      const reset = el("button", { type: "button" }, "show all");
      reset.addEventListener("click", () => this.filter({}));
      this.state = el("p", { class: "state", role: "status" });
      tools.append(reset);
      this.headRow = el("tr");
      for (const column of this.columns) {
        const head = el("th", { scope: "col" }, column.title);
        if (column.kind === "text") head.className = "left";
        if (column.note) head.append(el("small", {}, column.note));
        this.headRow.append(head);
        sorting(head, (sign) => { this.order = [column, sign]; this.arrange(); this.draw(true); });
      }
      this.body = el("tbody");
      this.table = el("table", { "aria-rowcount": this.length + 1 }, el("thead", {}, this.headRow), this.body);
      this.frame = el("div", { class: "scroll window", tabindex: "0", role: "region", "aria-label": `Table of ${this.label}` }, this.table);
      this.frame.addEventListener("scroll", () => requestAnimationFrame(() => this.draw(false)));
      this.printed = el("p", { class: "printed" });
      holder.replaceChildren(tools, this.state, this.frame, this.printed);
      holder.removeAttribute("data-packed");
    }

    value(column, row) {
      const value = column.values[row];
      return column.levels ? column.levels[value] : value;
    }

    /* Words match any text column; gap>2% and the like compare numbers. */
    tests() {
      const tests = [];
      for (const word of this.search.value.toLowerCase().split(/\s+/).filter(Boolean)) {
        const found = word.match(/^([a-z_]+)(<=|>=|<|>|=)(-?[\d.]+)(%?)$/);
        const column = found && this.columns.find((each) => !each.levels && (each.key === found[1] || each.title === found[1]));
        if (column) {
          const limit = Number(found[3]) / (found[4] ? 100 : 1);
          const holds = { "<": (a) => a < limit, ">": (a) => a > limit, "<=": (a) => a <= limit, ">=": (a) => a >= limit, "=": (a) => a === limit }[found[2]];
          tests.push((row) => column.values[row] !== null && holds(column.values[row]));
          continue;
        }
        const columns = this.columns.filter((each) => each.levels)
          .map((each) => [each.values, each.levels.map((text) => text.toLowerCase().includes(word))]);
        tests.push((row) => columns.some(([values, matches]) => matches[values[row]]));
      }
      for (const [key, select] of Object.entries(this.selects)) {
        if (select.value === "") continue;
        const { values } = this.byKey[key];
        const code = Number(select.value);
        tests.push((row) => values[row] === code);
      }
      for (const [key, text] of Object.entries(this.chosen)) {
        const { values, levels } = this.byKey[key];
        const code = levels.indexOf(text);
        tests.push((row) => values[row] === code);
      }
      return tests;
    }

    select() {
      const tests = this.tests();
      this.rows = [];
      for (let row = 0; row < this.length; row += 1) {
        if (tests.every((test) => test(row))) this.rows.push(row);
      }
      const all = this.rows.length === this.length;
      const number = (count) => count.toLocaleString("en");
      this.state.textContent = this.length === 1 && all ? `1 ${this.one}.` : all ? `All ${number(this.length)} ${this.label}.` : `${number(this.rows.length)} of ${number(this.length)} ${this.label}.`;
      this.arrange();
      this.draw(true);
    }

    arrange() {
      if (!this.order) return;
      const [{ values, levels }, sign] = this.order;
      let key = (row) => values[row];
      if (levels) {
        const ranks = [];
        levels.map((text, code) => [text, code]).sort((a, b) => collator.compare(a[0], b[0])).forEach(([, code], rank) => { ranks[code] = rank; });
        key = (row) => (levels[values[row]] === "" ? null : ranks[values[row]]);
      }
      this.rows.sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === null || y === null) return (x === null) - (y === null) || a - b;
        return sign * (x - y) || a - b;
      });
    }

    draw(fromTop, count = null) {
      if (fromTop) this.frame.scrollTop = 0;
      const inView = Math.ceil(Math.max(this.frame.clientHeight, LOWEST_PX) / ROW_PX) + 12;
      const first = count === null ? Math.max(0, Math.floor(this.frame.scrollTop / ROW_PX) - 6) : 0;
      const last = Math.min(this.rows.length, count === null ? first + inView : count);
      const space = (rows) => el("tr", { class: "space", "aria-hidden": "true", style: `height:${rows * ROW_PX}px` }, el("td", { colspan: this.columns.length }));
      const drawn = [];
      if (first > 0) drawn.push(space(first));
      for (let place = first; place < last; place += 1) drawn.push(this.line(this.rows[place], place));
      if (count === null && last < this.rows.length) drawn.push(space(this.rows.length - last));
      this.body.replaceChildren(...drawn);
    }

    line(row, place) {
      const line = el("tr", { "aria-rowindex": place + 2, "data-row": row });
      if (row === this.marked) line.setAttribute("aria-current", "true");
      this.columns.forEach((column, index) => {
        const value = this.value(column, row);
        const cell = index === 0 ? el("th", { scope: "row" }) : el("td");
        if (column.kind === "text") cell.className = "left";
        cell.textContent = value === null || value === "" ? ABSENT : show[column.kind](value);
        if (column.kind === "text" && value.length > 40) cell.title = value;
        line.append(cell);
      });
      return line;
    }

    /* What a click on a chart asks for: one row, or all rows of a kind. */
    show(wanted) {
      if (typeof wanted !== "number") { this.filter(wanted); return; }
      if (!this.rows.includes(wanted)) this.filter({});
      this.marked = wanted;
      this.frame.scrollTop = Math.max(0, this.rows.indexOf(wanted) - 2) * ROW_PX;
      this.draw(false);
      this.reach();
      this.state.textContent = `Row of ${this.value(this.columns[0], wanted)} is marked.`;
    }

    filter(wanted) {
      this.search.value = "";
      this.chosen = {};
      for (const select of Object.values(this.selects)) select.value = "";
      for (const [key, text] of Object.entries(wanted)) {
        const select = this.selects[key];
        if (select) select.value = String(this.byKey[key].levels.indexOf(text));
        else if (this.byKey[key]) this.chosen[key] = text;
      }
      this.select();
      if (Object.keys(wanted).length) this.reach();
    }

    reach() {
      this.frame.scrollIntoView({ block: "center", behavior: "auto" });
      this.frame.focus({ preventScroll: true });
    }

    print() {
      const count = Math.min(PRINTED_ROWS, this.rows.length);
      this.draw(true, count);
      this.printed.textContent = count < this.rows.length ? `The first ${count} of ${this.rows.length.toLocaleString("en")} ${this.label} in this order are printed.` : "";
    }
  }

  const grids = {};
  const plots = [];

  async function draw(plot) {
    const specification = await unpack(plot.dataset.packed);
    // A finger that drags scrolls the page, a mouse zooms.
    specification.layout.dragmode = matchMedia("(pointer: coarse)").matches ? false : "zoom";
    if (plot.clientWidth < 460) narrow(specification.layout);
    await Plotly.newPlot(plot, specification.data, specification.layout, { responsive: true, displayModeBar: false });
    plot.on("plotly_click", ({ points }) => {
      const grid = grids[plot.dataset.grid];
      const wanted = points[0].customdata;
      if (grid && wanted !== undefined && wanted !== null) grid.show(wanted);
    });
    plots.push(plot);
    plot.dataset.drawn = "";
  }

  function narrow(layout) {
    layout.font.size = 11;
    layout.height += 60;
  }

  async function start() {
    for (const table of document.querySelectorAll("table.sortable")) sortable(table);
    for (const holder of document.querySelectorAll(".grid")) {
      grids[holder.id.replace(/^grid-/, "")] = new Grid(holder, await unpack(holder.dataset.packed));
    }
    const waiting = [...document.querySelectorAll(".plot")];
    const library = document.getElementById("plotly");
    if (waiting.length && library) {
      library.after(el("script", {}, await unpack(library.textContent)));
      for (const plot of waiting) {
        await draw(plot);
        await new Promise((done) => { setTimeout(done); });  // the page stays alive between two
      }
    }
    document.documentElement.dataset.ready = "";
  }

  addEventListener("beforeprint", () => {
    for (const plot of plots) Plotly.relayout(plot, { width: Math.min(plot.clientWidth, 640) });
    for (const grid of Object.values(grids)) grid.print();
    for (const closed of document.querySelectorAll("details:not([open])")) { closed.open = true; closed.dataset.closed = ""; }
  });
  addEventListener("afterprint", () => {
    for (const plot of plots) Plotly.relayout(plot, { width: null, autosize: true });
    for (const grid of Object.values(grids)) { grid.printed.textContent = ""; grid.draw(true); }
    for (const opened of document.querySelectorAll("details[data-closed]")) { opened.open = false; delete opened.dataset.closed; }
  });

  if (typeof DecompressionStream === "undefined") {
    document.body.prepend(el("p", { class: "warning" }, "This browser is too old for the charts and the table of runs: it needs DecompressionStream, as every browser has since 2023."));
  } else {
    start().catch((error) => {
      document.body.prepend(el("p", { class: "warning", role: "alert" }, `A part of this page could not be drawn: ${error.message}`));
      throw error;
    });
  }
})();
