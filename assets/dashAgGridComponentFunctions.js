/* How the grid of dossiers draws a cell that is a word on a tinted ground, and on a phone a whole
   dossier: the row says its tone, the column which icon stands for which tone. */
(function () {
  "use strict";

  function chip(props) {
    const tone = (props.data && props.data.tone) || "plain";
    const mark = props.icons[tone];
    const icon = mark
      ? window.React.createElement("i", { className: "ic i-" + mark, "aria-hidden": "true" })
      : null;
    return window.React.createElement("span", { className: "chip " + tone }, icon, props.value);
  }

  function days(number) {
    if (!number) return "";
    return (number > 0 ? "trễ " : "") + window.dashAgGridFunctions.lateDays(number) + " ngày làm việc";
  }

  function dossier(props) {
    const make = window.React.createElement;
    const row = props.data;
    const due = row.due_on ? "hẹn " + window.dashAgGridFunctions.isoDay(row.due_on) : "";
    return make("div", { className: "dossier" },
      make("p", { className: "top" }, chip({ value: row.state, data: row, icons: props.icons }), make("b", null, days(row.days))),
      make("p", { className: "what" }, row.procedure),
      make("p", null, row.dossier_code),
      make("p", null, [row.department, due].filter(Boolean).join(" · ")));
  }

  window.dashAgGridComponentFunctions = Object.assign({}, window.dashAgGridComponentFunctions, {
    chip: chip,
    dossier: dossier,
  });
})();
