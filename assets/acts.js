/* Forms that are sent without leaving the page. The server answers in words, and says where to go;
   a fault stays on the screen until it is closed. */
(function () {
  "use strict";

  const COOKIE = "_csrf_token";

  function token() {
    const found = document.cookie.split("; ").find(function (one) { return one.startsWith(COOKIE + "="); });
    return found ? decodeURIComponent(found.slice(COOKIE.length + 1)) : "";
  }

  /* said outside the page, which a callback may draw anew at any moment */
  let line = null;
  let closing = 0;
  function say(text, kind) {
    if (!line) {
      line = document.createElement("div");
      line.id = "said";
      line.setAttribute("role", "status");
      line.setAttribute("aria-live", "polite");
      const words = document.createElement("p");
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = "Đóng";
      close.className = "link-btn";
      close.addEventListener("click", function () { line.hidden = true; });
      line.append(words, close);
      document.body.appendChild(line);
    }
    window.clearTimeout(closing);
    line.firstChild.textContent = text;
    line.className = "said " + kind;
    line.hidden = !text;
    if (kind === "done") closing = window.setTimeout(function () { line.hidden = true; }, 8000);
  }

  /* the same address again is drawn again: the data version that the page listens to is told anew */
  function go(address) {
    if (!address || !window.dash_clientside || !window.dash_clientside.set_props) return;
    const target = new URL(address, window.location.origin);
    if (target.pathname === window.location.pathname && target.search === window.location.search) {
      window.dash_clientside.set_props("data-version", { data: "again-" + Date.now() });
    } else {
      window.dash_clientside.set_props("url", { pathname: target.pathname, search: target.search, hash: "" });
      window.scrollTo(0, 0);
    }
  }

  function answered(response) {
    const kind = response.headers.get("Content-Type") || "";
    if (kind.startsWith("application/json")) {
      return response.json().then(function (body) { return { ok: response.ok && !body.faults, body: body }; });
    }
    return response.text().then(function (text) { return { ok: response.ok, body: { message: text } }; });
  }

  function send(address, options) {
    const headers = Object.assign({ "X-CSRFToken": token() }, options.headers);
    return fetch(address, Object.assign({ method: "POST", credentials: "same-origin" }, options, { headers: headers }))
      .then(answered, function () {
        return { ok: false, body: { message: "Không nối được với máy chủ. Chưa rõ việc đã xong hay chưa: hãy tải lại trang để xem." } };
      });
  }

  /* a row that was blank and still is says nothing, but the others keep their number; one that was
     not is sent blank, too: whoever has emptied it must hear what becomes of it */
  function rowsOf(form) {
    return [...form.querySelectorAll("tbody tr, [data-row]")].map(function (row) {
      const values = {};
      const boxes = [...row.querySelectorAll("input[name], select[name]")];
      if (boxes.length && !row.dataset.filled && !boxes.some(function (box) { return box.value.trim(); })) return values;
      row.querySelectorAll("[data-value]").forEach(function (cell) { values[cell.dataset.column] = cell.dataset.value; });
      boxes.forEach(function (box) { values[box.name] = box.value; });
      return values;
    });
  }

  function showFaults(form, faults) {
    form.querySelectorAll(".cell-fault").forEach(function (one) { one.remove(); });
    form.querySelectorAll("[aria-invalid]").forEach(function (one) { one.removeAttribute("aria-invalid"); });
    let first = null;
    const loose = [];
    faults.forEach(function (fault) {
      const row = form.querySelectorAll("tbody tr, [data-row]")[fault.row - 1];
      const box = row && [...row.querySelectorAll("[name]")].find(function (one) { return one.name === fault.column; });
      if (!box) { loose.push(fault.words); return; }
      box.setAttribute("aria-invalid", "true");
      const words = document.createElement("small");
      words.className = "cell-fault";
      words.textContent = fault.reason;
      (box.closest("td, label") || box.parentNode).appendChild(words);
      first = first || box;
    });
    if (first) first.focus();
    return loose;
  }

  function submit(form) {
    const button = form.querySelector("button[type=submit]");
    if (button.disabled) return;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
    const before = button.textContent;
    button.disabled = true;
    button.textContent = button.dataset.busy || before;
    form.setAttribute("aria-busy", "true");
    let options = { body: new FormData(form) };
    if (form.dataset.act === "rows") {
      options = { body: JSON.stringify({ rows: rowsOf(form) }), headers: { "Content-Type": "application/json" } };
    }
    send(form.getAttribute("action"), options).then(function (answer) {
      form.removeAttribute("aria-busy");
      button.disabled = false;
      button.textContent = before;
      const loose = showFaults(form, answer.body.faults || []);
      say([answer.body.message].concat(loose).join(" "), answer.ok ? "done" : "fault");
      if (answer.ok) { delete form.dataset.typed; go(answer.body.go); }
    });
  }

  document.addEventListener("submit", function (event) {
    if (!event.target.dataset || !event.target.dataset.act) return;
    event.preventDefault();
    event.stopPropagation();
    submit(event.target);
  }, true);

  document.addEventListener("change", function (event) {
    const box = event.target;
    if (box.dataset && box.dataset.sends && box.form && box.form.dataset.act) submit(box.form);
  });

  /* a session that has ended, or a network that is gone, would otherwise be seen in nothing but
     clicks that do nothing; what is asked in the background says nothing, and an act its own words */
  const CUT = "Không nối được với máy chủ nên trang chưa đổi. Có mạng lại thì trang tự tải.";
  const plain = window.fetch;
  let isCut = false;
  window.fetch = function (asked) {
    const address = String((asked && asked.url) || asked);
    const draws = address.includes("_dash-update-component");
    return plain.apply(window, arguments).then(function (response) {
      if (draws && isCut) again();
      const isOurs = response.status === 401 && response.url.startsWith(window.location.origin);
      if (isOurs) say("Phiên làm việc đã hết. Hãy tải lại trang để đăng nhập.", "fault");
      return response;
    }, function (error) {
      if (draws && isAwaited()) { isCut = true; say(CUT, "fault"); }
      throw error;
    });
  };
  /* what the address says is drawn, but not over what somebody has typed */
  function again() {
    isCut = false;
    if (line && line.firstChild.textContent === CUT) line.hidden = true;
    if (!document.querySelector("#page form[data-typed]")) go(window.location.href);
  }
  window.addEventListener("online", function () { if (isCut) again(); });
  /* somebody has just pressed something: the page asks for news by itself, too */
  let pressed = 0;
  ["click", "change", "popstate"].forEach(function (name) {
    window.addEventListener(name, function () { pressed = Date.now(); }, true);
  });
  function isAwaited() { return Date.now() - pressed < 60000; }

  window.acts = { token: token, say: say, go: go, send: send };
})();
