/* What the reader chooses goes into the address, and nowhere else: the page follows the address.
   `applied` is what the page shown was built with, so that values set by the server are told from
   values set by hand. */
(function () {
  "use strict";

  const ALL = "*";
  const NAMES = ["unit", "period", "calendar", "department", "field", "channel", "year", "list"];

  function goTo(choice) {
    const query = new URLSearchParams();
    NAMES.forEach(function (name) {
      if (choice[name] && choice[name] !== ALL && !(name === "calendar" && choice[name] === name)) {
        query.set(name, choice[name]);
      }
    });
    const text = query.toString();
    window.dash_clientside.set_props("url", { search: text ? "?" + text : "" });
  }

  function chosen(period, year, calendar, department, field, channel, unit, before, after, reset, applied) {
    if (!applied) return;
    const trigger = (window.dash_clientside.callback_context.triggered[0] || {}).prop_id || "";
    const now = {
      period: period, year: year, calendar: calendar,
      department: department, field: field, channel: channel,
      list: applied.choice.list, unit: unit,
    };
    const was = applied.choice;
    if (trigger === "period-previous.n_clicks" && before) {
      now.period = applied.previous;
    } else if (trigger === "period-next.n_clicks" && after) {
      now.period = applied.next;
    } else if (trigger === "filter-reset.n_clicks" && reset) {
      now.department = now.field = now.channel = ALL;
    }
    const differs = NAMES.some(function (name) { return (now[name] || "") !== (was[name] || ""); });
    if (differs) goTo(now);
  }

  /* a click on a bar or point filters by what it stands for; on the chosen one, drops the filter */
  function picker(name) {
    return function (click, applied) {
      const point = click && click.points && click.points[0];
      const key = point && point.customdata && point.customdata[0];
      if (!key || !applied) return;
      const choice = Object.assign({}, applied.choice);
      choice[name] = choice[name] === key ? ALL : key;
      goTo(choice);
    };
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    filters: {
      chosen: chosen,
      pick_department: picker("department"),
      pick_field: picker("field"),
      pick_channel: picker("channel"),
      pick_period: picker("period"),
      pick_unit: picker("unit"),
    },
  });
})();
