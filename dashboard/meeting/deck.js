// Handles the deck: which slide is shown, its chart drawn when it is shown and purged when left.
// Everything is in the page: nothing is fetched, and nothing is kept that is not on the screen.
(function () {
  "use strict";
  var TOLD = 2200; // ms a message stays
  var PACES = [5, 10, 15, 20, 30, 45, 60, 90, 120]; // s a slide stays while they move by themselves
  var WIDE_FROM = 1.7; // width over height
  var SWIPE = 50; // px

  var deck = document.getElementById("deck");
  var slides = Array.prototype.slice.call(deck.querySelectorAll(".slide"));
  var overview = document.getElementById("overview");
  var help = document.getElementById("help");
  var blank = document.getElementById("blank");
  var toast = document.getElementById("toast");
  var said = document.getElementById("said");
  var drawings = JSON.parse(document.getElementById("figures").textContent);

  var state = { at: 0, typed: "", pace: 3, loops: false, isAuto: false, written: "" };
  var timers = { toast: 0, auto: 0, hash: 0 };
  var touch = null;

  // Charts ---------------------------------------------------------------------------------------

  function chartOf(slide) {
    return slide.querySelector(".chart");
  }

  function draw(slide) {
    var place = chartOf(slide);
    if (!place) return Promise.resolve();
    var figure = drawings.figures[slide.dataset.code + "." + deck.dataset.layout];
    // Plotly writes into what it is given: it gets a copy, and the original stays as it was.
    // What it leaves on its element goes with that element.
    var own = structuredClone(figure), sheet = document.createElement("div");
    place.style.height = own.layout.height + "px";
    place.replaceChildren(sheet);
    return Plotly.newPlot(sheet, own.data, own.layout, structuredClone(drawings.config));
  }

  function purge(slide) {
    var place = chartOf(slide);
    if (!place || !place.firstChild) return;
    Plotly.purge(place.firstChild);
    place.replaceChildren();
  }

  // Showing --------------------------------------------------------------------------------------

  function behind(slide) {
    return slide.querySelector(".behind");
  }

  function show(index, isFirst) {
    var next = Math.max(0, Math.min(slides.length - 1, index));
    overview.hidden = help.hidden = true;
    if (next === state.at && !isFirst) return;
    var old = slides[state.at];
    leaveTable(old);
    old.hidden = true;
    old.classList.remove("new");
    purge(old);
    state.at = next;
    var now = slides[next];
    now.hidden = false;
    now.classList.add("new");
    announce(now);
    rememberPlace();
    tick();
    delete document.documentElement.dataset.shown;
    draw(now).then(function () {
      if (state.at === next) document.documentElement.dataset.shown = String(next + 1);
    });
    if (state.isAuto) schedule();
  }

  function announce(slide) {
    said.textContent =
      "Trang " + (state.at + 1) + " trên " + slides.length + ": " +
      slide.getAttribute("aria-label") + ". " + slide.querySelector("h2").textContent;
  }

  // Written once the slides rest: browsers refuse addresses that change too often. An address
  // that somebody else has written since is theirs to follow: its event is on the way.
  function rememberPlace() {
    var before = location.hash;
    clearTimeout(timers.hash);
    timers.hash = setTimeout(function () {
      if (location.hash !== before) return;
      state.written = "#" + (state.at + 1);
      if (location.hash !== state.written) location.replace(state.written);
    }, 120);
  }

  function placeInAddress() {
    var number = parseInt(location.hash.slice(1), 10);
    return number >= 1 && number <= slides.length ? number - 1 : null;
  }

  function step(by) {
    var next = state.at + by;
    if (next >= slides.length && state.loops) next = 0;
    if (next >= slides.length) tell("Đã đến trang cuối");
    show(next);
  }

  function tick() {
    var now = new Date();
    var words = ("0" + now.getHours()).slice(-2) + ":" + ("0" + now.getMinutes()).slice(-2);
    var clock = slides[state.at].querySelector(".clock");
    if (clock.textContent !== words) clock.textContent = words;
  }

  function tell(words) {
    toast.textContent = words;
    toast.hidden = false;
    said.textContent = words;
    clearTimeout(timers.toast);
    timers.toast = setTimeout(function () {
      toast.hidden = true;
    }, TOLD);
  }

  // Layers over a slide --------------------------------------------------------------------------

  function leaveTable(slide) {
    var table = behind(slide);
    if (!table || table.hidden) return;
    table.hidden = toast.hidden = true;
  }

  function toggleTable() {
    var table = behind(slides[state.at]);
    if (!table) return tell("Trang này không có bảng số liệu");
    if (!table.hidden) return leaveTable(slides[state.at]);
    table.hidden = false;
    table.scrollTop = 0;
    table.querySelector(".scroll").focus({ preventScroll: true });
    said.textContent = "Bảng số liệu";
    var end = table.lastElementChild.getBoundingClientRect().bottom;
    if (end > table.getBoundingClientRect().bottom) tell("Bảng còn nữa: bấm ↓ để xem tiếp");
  }

  function openLayer() {
    if (!overview.hidden) return overview;
    if (!help.hidden) return help;
    var table = behind(slides[state.at]);
    return table && !table.hidden ? table : null;
  }

  function toggle(layer) {
    var other = layer === overview ? help : overview;
    other.hidden = true;
    layer.hidden = !layer.hidden;
    if (layer.hidden) return;
    layer.scrollTop = 0;
    if (layer === overview) point(state.at);
    else layer.focus();
  }

  function point(index) {
    var links = overview.querySelectorAll("a");
    var next = Math.max(0, Math.min(links.length - 1, index));
    links.forEach(function (link, place) {
      if (place === next) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    links[next].focus();
  }

  function pointed() {
    return Array.prototype.indexOf.call(overview.querySelectorAll("a"), document.activeElement);
  }

  function close() {
    if (!blank.hidden) blank.hidden = true;
    else if (openLayer()) openLayer().hidden = true;
    else if (state.typed) setTyped("");
    else if (state.isAuto) stop();
    toast.hidden = true;
  }

  // By itself ------------------------------------------------------------------------------------

  function schedule() {
    clearTimeout(timers.auto);
    timers.auto = setTimeout(function () {
      if (state.at === slides.length - 1 && !state.loops) return stop();
      step(1);
    }, PACES[state.pace] * 1000);
  }

  function tellPace() {
    var loop = state.loops ? ", lặp lại từ đầu" : "";
    tell("Tự chuyển trang: " + PACES[state.pace] + " giây mỗi trang" + loop);
  }

  function start() {
    state.isAuto = true;
    document.body.classList.add("auto");
    schedule();
    tellPace();
  }

  function stop() {
    state.isAuto = false;
    document.body.classList.remove("auto");
    clearTimeout(timers.auto);
    tell("Đã dừng tự chuyển trang");
  }

  function setPace(by) {
    state.pace = Math.max(0, Math.min(PACES.length - 1, state.pace + by));
    if (state.isAuto) schedule();
    tellPace();
  }

  // Keys -----------------------------------------------------------------------------------------

  function setTyped(digits) {
    state.typed = digits;
    if (digits) tell("Tới trang " + digits + ": bấm Enter");
  }

  function enter() {
    if (!overview.hidden && pointed() >= 0 && !state.typed) {
      return show(pointed());
    }
    if (!state.typed) return step(1);
    var number = parseInt(state.typed, 10);
    setTyped("");
    if (number < 1 || number > slides.length) return tell("Không có trang " + number);
    toast.hidden = true;
    show(number - 1);
  }

  function vertical(by) {
    var layer = openLayer();
    if (layer === overview) point(pointed() + by);
    else if (layer) layer.scrollBy(0, by * 120);
    else step(by);
  }

  function horizontal(by) {
    if (!overview.hidden) point(pointed() + by);
    else step(by);
  }

  var KEYS = {
    ArrowRight: function () { horizontal(1); },
    ArrowLeft: function () { horizontal(-1); },
    ArrowDown: function () { vertical(1); },
    ArrowUp: function () { vertical(-1); },
    PageDown: function () { step(1); },
    PageUp: function () { step(-1); },
    Backspace: function () { step(-1); },
    Home: function () { if (overview.hidden) show(0); else point(0); },
    End: function () { if (overview.hidden) show(slides.length - 1); else point(slides.length); },
    Enter: enter,
    Escape: close,
    o: function () { toggle(overview); },
    h: function () { toggle(help); },
    "?": function () { toggle(help); },
    t: toggleTable,
    f: fullScreen,
    b: function () { blank.hidden = false; },
    ".": function () { blank.hidden = false; },
    p: function () { if (state.isAuto) stop(); else start(); },
    l: function () { state.loops = !state.loops; tellPace(); },
    "+": function () { setPace(1); },
    "=": function () { setPace(1); },
    "-": function () { setPace(-1); }
  };

  function fullScreen() {
    if (!document.fullscreenEnabled) return tell("Trình duyệt không cho mở toàn màn hình");
    var done = document.fullscreenElement
      ? document.exitFullscreen()
      : document.documentElement.requestFullscreen();
    done.catch(function () {
      tell("Trình duyệt không cho mở toàn màn hình");
    });
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    var key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!blank.hidden) {
      event.preventDefault();
      blank.hidden = true;
      return;
    }
    if (key >= "0" && key <= "9" && key.length === 1) {
      setTyped((state.typed + key).slice(-3));
    } else if (key === " ") {
      step(event.shiftKey ? -1 : 1);
    } else if (KEYS[key]) {
      if (key !== "Enter" && key !== "Escape") state.typed = "";
      KEYS[key]();
    } else {
      return;
    }
    event.preventDefault();
  }

  function onClick(event) {
    var link = event.target.closest("[data-go]");
    if (link) {
      event.preventDefault();
      show(Number(link.dataset.go) - 1);
    } else if (event.target === blank) {
      blank.hidden = true;
    } else if (event.target.closest(".chart")) {
      toggleTable();
    }
  }

  function onTouchEnd(event) {
    if (!touch || openLayer()) return;
    var end = event.changedTouches[0];
    var x = end.clientX - touch.x, y = end.clientY - touch.y;
    touch = null;
    if (Math.abs(x) > SWIPE && Math.abs(x) > 1.5 * Math.abs(y)) step(x < 0 ? 1 : -1);
  }

  // The screen -----------------------------------------------------------------------------------

  function fit() {
    var width = window.innerWidth, height = window.innerHeight;
    var layout = width / height >= WIDE_FROM ? "wide" : "narrow";
    var isOther = layout !== deck.dataset.layout;
    deck.dataset.layout = layout;
    var style = getComputedStyle(deck);
    var across = parseFloat(style.getPropertyValue("--width"));
    var down = parseFloat(style.getPropertyValue("--height"));
    var scale = Math.min(width / across, height / down);
    deck.style.transform =
      "translate(" + (width - across * scale) / 2 + "px," + (height - down * scale) / 2 +
      "px) scale(" + scale + ")";
    return isOther;
  }

  function onResize() {
    if (!fit()) return;
    purge(slides[state.at]);
    draw(slides[state.at]);
  }

  var before = "";
  function onPrint() {
    before = deck.dataset.layout;
    deck.dataset.layout = "narrow";
    slides.forEach(function (slide) {
      purge(slide);
      slide.hidden = false;
      draw(slide);
    });
  }

  function onPrinted() {
    deck.dataset.layout = before;
    slides.forEach(function (slide, index) {
      purge(slide);
      slide.hidden = index !== state.at;
    });
    draw(slides[state.at]);
  }

  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("touchstart", function (event) {
    touch = { x: event.changedTouches[0].clientX, y: event.changedTouches[0].clientY };
  }, { passive: true });
  document.addEventListener("touchend", onTouchEnd, { passive: true });
  window.addEventListener("resize", onResize);
  window.addEventListener("beforeprint", onPrint);
  window.addEventListener("afterprint", onPrinted);
  window.addEventListener("hashchange", function () {
    // What we wrote is told late: the slides may have gone on by then.
    var place = placeInAddress();
    if (place !== null && location.hash !== state.written) show(place);
  });
  setInterval(tick, 1000);

  slides[slides.length - 1].classList.add("last");
  fit();
  // Words are measured when a chart is drawn: the font must be there by then.
  Promise.all([500, 600, 700].map(function (weight) {
    return document.fonts.load(weight + ' 24px "Be Vietnam Pro"', "Mốc 9 %");
  })).then(function () {
    show(placeInAddress() || 0, true);
  });
})();
