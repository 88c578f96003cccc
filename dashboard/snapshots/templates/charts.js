// Draws the figures that stand in the page as data. What is drawn stays: nothing is fetched.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("figures").textContent);
  // A page without charts has no Plotly either; it is only unfolded for printing.
  var names = Object.keys(data.figures);

  function place(name) {
    return document.getElementById("c-" + name);
  }

  Promise.all(
    names.filter(place).map(function (name) {
      var figure = data.figures[name];
      return Plotly.newPlot(place(name), figure.data, figure.layout, data.config);
    })
  ).then(function (drawn) {
    document.documentElement.dataset.drawn = drawn.length;
  });

  // A printed page is narrower than the screen; the sheet's width is not known before it is laid out.
  function resize(width) {
    names.filter(place).forEach(function (name) {
      place(name).style.width = width;
      Plotly.Plots.resize(place(name));
    });
  }

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (one) {
      one.open = true;
    });
    resize("640px");
  });
  window.addEventListener("afterprint", function () {
    resize("");
  });
})();
