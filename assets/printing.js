/* Printing. Paper has its own width: charts are drawn for it, then drawn back. */
(function () {
  "use strict";

  const root = document.documentElement;

  function plots() { return document.querySelectorAll(".plot .js-plotly-plot, .spark .js-plotly-plot"); }
  /* paper has neither pages of a grid nor a scroll bar: a plain table of every row stands there
     instead, with the columns that a sheet has room for; the rest is in the exported file */
  const NOT_ON_PAPER = ["whole", "field", "channel", "received_on", "apology"];
  function layGrid() {
    const grid = document.getElementById("dossier-grid");
    if (!grid || !grid.querySelector(".ag-root-wrapper")) return;
    const api = window.dash_ag_grid.getApi("dossier-grid");
    const columns = api.getColumns().filter(function (one) { return !NOT_ON_PAPER.includes(one.getColId()); });
    const table = document.createElement("table");
    table.className = "tbl on-paper";
    const head = table.createTHead().insertRow();
    columns.forEach(function (one) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = one.getColDef().headerName;
      head.appendChild(cell);
    });
    const body = table.createTBody();
    api.forEachNodeAfterFilterAndSort(function (node) {
      const row = body.insertRow();
      columns.forEach(function (one) {
        row.insertCell().textContent = api.getCellValue({ rowNode: node, colKey: one, useFormatter: true });
      });
    });
    grid.after(table);
  }
  function liftGrid() {
    document.querySelectorAll("table.on-paper").forEach(function (table) { table.remove(); });
  }
  /* charts drawn for a dark screen take the colours of the light one: those of the tokens */
  function paperColours() {
    const pairs = new Map();
    const style = window.getComputedStyle(root);
    const names = darkNames();
    const inks = function () { return names.map(function (name) { return style.getPropertyValue(name).trim(); }); };
    const dark = inks();
    root.setAttribute("data-bs-theme", "light");
    const light = inks();
    root.setAttribute("data-bs-theme", "dark");
    dark.forEach(function (ink, place) { pairs.set(rgb(ink), light[place]); });
    return pairs;
  }
  function darkNames() {
    for (const sheet of document.styleSheets) {
      if (!sheet.href || !sheet.href.startsWith(window.location.origin)) continue;
      for (const rule of sheet.cssRules) {
        if (rule.selectorText === '[data-bs-theme="dark"]' && rule.style.getPropertyValue("--surface")) {
          return [...rule.style].filter(function (name) { return name.startsWith("--"); });
        }
      }
    }
    return [];
  }
  function rgb(hex) {
    const whole = parseInt(hex.slice(1), 16);
    return "rgb(" + [whole >> 16, (whole >> 8) & 255, whole & 255].join(", ") + ")";
  }
  function recolour(plot, pairs) {
    plot.querySelectorAll(".main-svg *").forEach(function (mark) {
      ["fill", "stroke"].forEach(function (name) {
        const ink = pairs.get(mark.style[name]);
        if (ink) mark.style[name] = ink;
      });
    });
  }
  /* what a browser writes into a date that nobody has chosen is no place to write one by hand */
  function blankDates() {
    document.querySelectorAll('input[type="date"]').forEach(function (input) {
      input.classList.toggle("unfilled", !input.value);
    });
  }
  window.addEventListener("beforeprint", function () {
    layGrid();
    blankDates();
    if (!window.Plotly) return;
    const pairs = root.getAttribute("data-bs-theme") === "dark" ? paperColours() : null;
    document.body.classList.add("printing");
    plots().forEach(function (plot) {
      /* a card on paper is as high as its chart asks for: its neighbours may be lower there */
      const box = plot.closest(".plot, .spark");
      const least = parseInt(window.getComputedStyle(box).getPropertyValue("--plot-h"), 10);
      window.Plotly.relayout(plot, {
        autosize: false, width: box.clientWidth, height: least || box.clientHeight,
      });
      if (pairs) recolour(plot, pairs);
    });
  });
  window.addEventListener("afterprint", function () {
    liftGrid();
    document.body.classList.remove("printing");
    if (!window.Plotly) return;
    plots().forEach(function (plot) {
      window.Plotly.relayout(plot, { autosize: true, width: null, height: null });
    });
  });
})();
