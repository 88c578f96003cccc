/* A typed table: arrow keys walk through it, cells copied from a spreadsheet spread over it. */
(function () {
  "use strict";

  function boxAt(table, row, column) {
    const line = table.tBodies[0].rows[row];
    const cell = line && line.cells[column];
    return cell ? cell.querySelector("input, select") : null;
  }
  function place(box) {
    const cell = box.closest("td");
    return { table: cell.closest("table"), row: cell.parentNode.sectionRowIndex, column: cell.cellIndex };
  }
  function setValue(box, text) {
    if (box.tagName === "SELECT") {
      const found = [...box.options].find(function (one) { return one.textContent.trim() === text.trim(); });
      if (found) box.value = found.value;
    } else {
      const setter = Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value").set;
      setter.call(box, text);
    }
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.addEventListener("keydown", function (event) {
    const box = event.target.closest && event.target.closest(".typing-table input");
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key];
    if (!box || !step) return;
    const at = place(box);
    const next = boxAt(at.table, at.row + step, at.column);
    if (event.key === "Enter" || next) event.preventDefault();
    if (next) { next.focus(); if (next.select) next.select(); }
  });
  document.addEventListener("paste", function (event) {
    const box = event.target.closest && event.target.closest(".typing-table input");
    const text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!box || !text || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const at = place(box);
    text.replace(/\r?\n$/, "").split(/\r?\n/).forEach(function (line, down) {
      line.split("\t").forEach(function (value, right) {
        const target = boxAt(at.table, at.row + down, at.column + right);
        if (target) setValue(target, value.trim());
      });
    });
  });
})();
