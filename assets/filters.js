/* What the reader chooses goes into the address, and nowhere else: the page follows the address.
   `applied` is what the page shown was built with.

   A choice is taken from the control itself, the moment it is made: a page on its way sets every
   control to what it was asked for, and would take back what was chosen meanwhile. */
(function () {
  "use strict";

  const ALL = "*";
  const NAMES = ["unit", "period", "calendar", "department", "field", "channel", "year", "list"];
  let applied = null;
  /* chosen and not yet shown: the next choice builds on it */
  let wanted = null;

  function goTo(change) {
    const choice = Object.assign({}, wanted || applied.choice, change);
    const was = wanted || applied.choice;
    if (!NAMES.some(function (name) { return (choice[name] || "") !== (was[name] || ""); })) return;
    wanted = choice;
    const query = new URLSearchParams();
    NAMES.forEach(function (name) {
      if (choice[name] && choice[name] !== ALL && !(name === "calendar" && choice[name] === name)) {
        query.set(name, choice[name]);
      }
    });
    const text = query.toString();
    window.dash_clientside.set_props("url", { search: text ? "?" + text : "" });
  }

  /* what a page was built with has arrived */
  function shown(now) {
    applied = now || null;
    wanted = null;
  }

  /* before anybody else hears of it: React may set the control back */
  document.addEventListener("change", function (event) {
    const box = applied && event.target.closest("[id^=filter-]");
    const name = box && box.id.slice("filter-".length);
    if (NAMES.includes(name)) goTo({ [name]: event.target.value });
  }, true);

  function pressed(before, after, reset) {
    if (!applied) return;
    const trigger = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "";
    if (trigger === "period-previous.n_clicks" && before) goTo({ period: applied.previous });
    if (trigger === "period-next.n_clicks" && after) goTo({ period: applied.next });
    if (trigger === "filter-reset.n_clicks" && reset) {
      goTo({ department: ALL, field: ALL, channel: ALL });
    }
  }

  /* a click on a bar or point filters by what it stands for; on the chosen one, drops the filter */
  function picker(name) {
    return function (click) {
      const point = click && click.points && click.points[0];
      const key = point && point.customdata && point.customdata[0];
      if (!key || !applied) return;
      goTo({ [name]: (wanted || applied.choice)[name] === key ? ALL : key });
    };
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    filters: {
      shown: shown,
      pressed: pressed,
      pick_department: picker("department"),
      pick_field: picker("field"),
      pick_channel: picker("channel"),
      pick_period: picker("period"),
      pick_unit: picker("unit"),
    },
  });
})();
