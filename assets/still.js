/* Still parts of a page (dashboard/still.py): text, or [element, attributes, part, part, …]. They
   are drawn by React without a Dash component for each. Only attributes are taken from them: no
   markup, nothing that runs, no address but of the web. */
(function () {
  "use strict";

  const ADDRESSES = ["href", "src", "action", "formAction", "xlinkHref"];
  const OPENED = ["http:", "https:", "mailto:", "data:", "blob:"];

  function isSafe(address) {
    try {
      return OPENED.includes(new URL(String(address), window.location.href).protocol);
    } catch (_) {
      return false;
    }
  }
  function attributes(given) {
    const taken = {};
    Object.keys(given).forEach(function (name) {
      if (/^on/i.test(name) || name === "dangerouslySetInnerHTML") return;
      if (ADDRESSES.includes(name) && !isSafe(given[name])) return;
      taken[name] = given[name];
    });
    return taken;
  }
  function element(part) {
    if (!Array.isArray(part)) return part;
    const inner = part.slice(2).map(element);
    return window.React.createElement(part[0], attributes(part[1]), ...inner);
  }
  function Still(props) {
    const drawn = window.React.useMemo(function () {
      return props.parts.map(element);
    }, [props.parts]);
    return window.React.createElement(window.React.Fragment, { key: props.page }, ...drawn);
  }

  window.still_parts = { Still: Still };
})();
