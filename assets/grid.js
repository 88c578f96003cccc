/* The list of dossiers is drawn by a library that no other page needs: it is fetched once a page
   asks for it, and the page is whole meanwhile. */
(function () {
  "use strict";

  let library = null;

  function load() {
    if (window.dash_ag_grid) return Promise.resolve();
    library = library || new Promise(function (done, failed) {
      const script = document.createElement("script");
      script.src = document.querySelector('meta[name="grid-library"]').content;
      script.onload = done;
      script.onerror = function () { library = null; failed(new Error("grid library")); };
      document.head.appendChild(script);
    });
    return library;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    grid: {
      draw: function (asked) {
        if (!asked) return window.dash_clientside.no_update;
        return load().then(function () { return asked; });
      },
    },
  });
})();
