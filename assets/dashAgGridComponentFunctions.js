/* How the grid of dossiers draws a cell that is a word on a tinted ground: the row says its tone,
   the column which icon stands for which tone. */
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

  window.dashAgGridComponentFunctions = Object.assign({}, window.dashAgGridComponentFunctions, {
    chip: chip,
  });
})();
