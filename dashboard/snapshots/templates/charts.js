// Draws the figures that stand in the page as data. What is drawn stays: nothing is fetched.
(function () {
  "use strict";
  var data = JSON.parse(document.getElementById("figures").textContent);
  // A page without charts has no Plotly either; it is only unfolded for printing.
  var names = Object.keys(data.figures);

  function place(name) {
    return document.getElementById("c-" + name);
  }

  // A phone has figures of its own: of a wide one it would show the names and not the points.
  var isPhone = window.matchMedia("(max-width: 767px)").matches;
  var drawings = (isPhone && data.narrow) || data.figures;
  document.documentElement.classList.toggle("narrow", drawings === data.narrow);

  Promise.all(
    names.filter(place).map(function (name) {
      var figure = drawings[name];
      place(name).style.height = figure.layout.height + "px";
      return Plotly.newPlot(place(name), figure.data, figure.layout, data.config);
    })
  ).then(function (drawn) {
    reach();
    fold();
    document.documentElement.dataset.drawn = drawn.length;
  });

  // A chart that is wider than its place is moved by the arrow keys.
  function reach() {
    document.querySelectorAll(".wide").forEach(function (one) {
      if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    });
  }

  // On a phone the parts after the first are folded to their title and sentence, once their charts
  // are drawn: what is folded has no width to be drawn in.
  function fold() {
    if (!isPhone) return;
    Array.prototype.slice.call(document.querySelectorAll(".part"), 1).forEach(function (one) {
      one.open = "#" + one.parentNode.id === location.hash;
    });
  }

  document.querySelectorAll("nav a").forEach(function (link) {
    link.addEventListener("click", function () {
      var part = document.querySelector(link.hash + " > .part");
      if (part) part.open = true;
    });
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
