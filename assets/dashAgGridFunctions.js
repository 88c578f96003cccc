/* What the grid of dossiers may call: days come as ISO text and are shown as dd/mm/yyyy. */
window.dashAgGridFunctions = Object.assign({}, window.dashAgGridFunctions, {
  isoDay: function (text) {
    return text ? text.slice(8, 10) + "/" + text.slice(5, 7) + "/" + text.slice(0, 4) : "";
  },
});
