/* What the grid of dossiers may call: days come as ISO text and are shown as dd/mm/yyyy. */
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
  window.dashAgGridFunctions = Object.assign({}, window.dashAgGridFunctions, {
    isoDay: isoDay,
    lateDays: lateDays,
  });
})();
