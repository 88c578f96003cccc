/* What the grid of dossiers may call: days come as ISO text and are shown as dd/mm/yyyy; in the
   exported file, text that a spreadsheet would take for a formula is marked as text. */
(function () {
  "use strict";

  function isoDay(text) {
    return text ? text.slice(8, 10) + "/" + text.slice(5, 7) + "/" + text.slice(0, 4) : "";
  }
  function lateDays(days) {
    if (days === null || days === undefined || days === "") return "";
    if (days < 0) return "còn " + -days;
    return String(days);
  }
  function exportCell(params) {
    const value = params.value;
    if (typeof value !== "string") return value === null || value === undefined ? "" : String(value);
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return isoDay(value);
    return /^[=+\-@\t\r]/.test(value) ? "'" + value : value;
  }

  window.dashAgGridFunctions = Object.assign({}, window.dashAgGridFunctions, {
    isoDay: isoDay,
    lateDays: lateDays,
    exportCell: exportCell,
  });
})();
