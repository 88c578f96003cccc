/* The meeting's record: a field is saved while it is typed. What the server has not confirmed is
   kept in this browser, sent again until it is, and never shown as saved. Whoever types in the same
   field elsewhere is brought together by the server, from the text that each began with. */
(function () {
  "use strict";

  const PAUSE = 800;
  const POLL = 5000;
  const RETRY = [1000, 2000, 4000, 8000, 15000];
  const MOST = 4000;
  const ENDED = "Phiên làm việc đã hết. Hãy đăng nhập lại ở một thẻ khác.";
  const OTHER = "Trình duyệt này nay do người khác đăng nhập.";
  const FORBIDDEN = "Tài khoản của bạn không còn được ghi biên bản.";

  let root = null;
  let fields = new Map();
  /* why the server takes nothing more of what is typed, "" while it does: it has answered, so asking
     again by itself would change nothing until somebody signs in or is let write anew */
  let refused = "";
  /* whether this account may write, as the server said last */
  let may = true;
  let drawn = "";
  let failures = 0;
  let retrying = 0;
  let polling = 0;

  function nameOf(key) { return [key.kind, key.month, key.subject, key.field].join("|"); }
  function box() { return "record|" + root.dataset.record + "|" + root.dataset.user + "|"; }
  function remember(field) {
    try {
      if (field.dirty) window.localStorage.setItem(box() + field.name, JSON.stringify({ key: field.key, value: field.value, base: field.base }));
      else window.localStorage.removeItem(box() + field.name);
    } catch (_) { field.unkept = true; }
  }
  function forgotten() {
    const found = [];
    try {
      for (let i = 0; i < window.localStorage.length; i += 1) {
        const name = window.localStorage.key(i);
        if (name.startsWith(box())) found.push(JSON.parse(window.localStorage.getItem(name)));
      }
    } catch (_) { /* no storage: nothing was left */ }
    return found;
  }

  function fieldAt(key) {
    const name = nameOf(key);
    if (!fields.has(name)) {
      fields.set(name, { name: name, key: key, value: "", base: "", saved: null, dirty: false, sending: false, fault: "", timer: 0, boxes: new Set() });
    }
    return fields.get(name);
  }

  /* words */
  function clock(text) {
    const at = new Date(text + "Z");
    return at.toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  }
  function wordsOf(field) {
    if (field.fault) return field.fault;
    if (field.dirty) return field.sending ? "đang lưu…" : refused ? "chưa lưu, giữ ở máy này" : failures ? "chưa lưu, chờ máy chủ" : "đang gõ…";
    if (!field.saved || !field.saved.version) return "";
    return "đã lưu " + clock(field.saved.saved_at) + ", " + field.saved.saved_by;
  }
  function say() {
    if (!root) return;
    const line = root.querySelector(".record-state");
    if (!line) return;
    const waiting = [...fields.values()].filter(function (one) { return one.dirty; }).length;
    let words = root.dataset.may === "yes" ? "Mọi thay đổi đã được lưu." : drawn;
    if (refused && waiting) words = refused + " " + waiting + " ô chưa lưu vẫn được giữ ở máy này và sẽ được lưu " + (refused === FORBIDDEN ? "khi tài khoản lại được ghi." : refused === OTHER ? "khi bạn đăng nhập lại." : "tiếp.");
    else if (refused && root.dataset.may === "yes") words = refused;
    else if (failures) words = "Máy chủ chưa trả lời. " + waiting + " ô được giữ ở máy này và sẽ được lưu khi có lại kết nối.";
    else if (waiting) words = "Đang lưu " + waiting + " ô…";
    if (line.textContent !== words) line.textContent = words;
    line.classList.toggle("waiting", Boolean(waiting));
    line.dataset.waiting = String(waiting);
  }
  function show(field) {
    field.boxes.forEach(function (shown) {
      if (!shown.place.isConnected) { field.boxes.delete(shown); return; }
      shown.place.dataset.state = field.fault ? "fault" : field.dirty ? "dirty" : "saved";
      shown.words.textContent = wordsOf(field);
      const control = shown.control;
      if (control.type === "checkbox") { control.checked = field.value === "closed"; return; }
      if (control.value !== field.value) {
        const at = [control.selectionStart, control.selectionEnd, control.value];
        control.value = field.value;
        if (document.activeElement === control && at[0] !== null && control.setSelectionRange) {
          /* the caret stays where its writer was, as far as the text before it still stands */
          const moved = field.value.startsWith(at[2].slice(0, at[0])) ? 0 : field.value.length - at[2].length;
          control.setSelectionRange(Math.max(0, at[0] + moved), Math.max(0, at[1] + moved));
        }
      }
      if (control.tagName === "TEXTAREA") grow(control);
    });
    say();
  }
  function grow(control) {
    control.style.height = "auto";
    control.style.height = control.scrollHeight + 2 + "px";
  }

  /* saving */
  function typed(field, value) {
    field.value = value;
    field.dirty = true;
    field.fault = "";
    remember(field);
    window.clearTimeout(field.timer);
    field.timer = window.setTimeout(function () { send(field); }, PAUSE);
    show(field);
  }
  /* what waited on the server's word goes on */
  function resume() {
    failures = 0;
    refused = "";
    flush();
    fields.forEach(show);
  }
  function refuse(words) {
    window.clearTimeout(retrying);
    failures = 0;
    refused = words;
    fields.forEach(show);
    say();
  }
  function flush() { if (!refused) fields.forEach(function (field) { if (field.dirty && !field.fault) { window.clearTimeout(field.timer); send(field); } }); }
  function later() {
    window.clearTimeout(retrying);
    retrying = window.setTimeout(flush, RETRY[Math.min(failures, RETRY.length) - 1]);
  }
  function send(field) {
    if (field.sending || !field.dirty || !root) return;
    const sent = field.value;
    field.sending = true;
    show(field);
    fetch(root.dataset.record, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": window.acts.token() },
      body: JSON.stringify(Object.assign({}, field.key, { user: root.dataset.user, shown: root.dataset.month, value: sent, base: field.base })),
    }).then(function (response) {
      field.sending = false;
      if (response.ok) return response.json().then(function (entry) { failures = 0; refused = ""; took(field, sent, entry); });
      if (response.status === 409 || response.status === 400) {
        return response.text().then(function (text) { failures = 0; refused = ""; field.fault = text; show(field); });
      }
      /* nothing is wrong with what was typed, but no waiting helps: whoever may write is asked for */
      if (response.status === 401) return refuse(ENDED);
      if (response.status === 403) {
        return response.text().then(function (text) { refuse(text); return poll(); });
      }
      failures += 1;
      later();
      return show(field);
    }).catch(function () {
      field.sending = false;
      failures += 1;
      later();
      fields.forEach(show);
    });
  }
  function took(field, sent, entry) {
    field.saved = entry;
    if (field.value === sent) {
      field.dirty = false;
      /* blanks at the end are not saved, and not taken from under the writer's hands either */
      if (field.value.replace(/\s+$/, "") !== entry.value) field.value = entry.value;
      field.base = entry.value;
    } else {
      /* more was typed meanwhile: it began with what was sent, and is merged with the rest next */
      field.base = sent;
      window.clearTimeout(field.timer);
      field.timer = window.setTimeout(function () { send(field); }, PAUSE);
    }
    remember(field);
    show(field);
    if (field.key.kind === "decision") drawDecisions();
  }

  /* what others have saved */
  function poll() {
    window.clearTimeout(polling);
    if (!root || !root.isConnected) return Promise.resolve();
    polling = window.setTimeout(poll, POLL);
    const asked = root;
    return fetch(root.dataset.record + "/" + root.dataset.month, { credentials: "same-origin" })
      .then(function (response) {
        /* without a session the way leads to the sign-in page */
        if (response.redirected) refuse(ENDED);
        if (response.redirected || !response.ok) throw new Error(String(response.status));
        return response.json();
      })
      .then(function (body) {
        if (asked !== root) return;
        const was = may;
        may = body.may;
        /* what one has typed is not saved as another's */
        if (body.user !== root.dataset.user) refuse(OTHER);
        else if (!may) refuse(FORBIDDEN);
        else if (failures || !was || refused === ENDED || refused === OTHER) resume();
        body.entries.forEach(function (entry) {
          const field = fieldAt({ kind: entry.kind, field: entry.field, month: entry.month, subject: entry.subject });
          if (field.dirty || field.sending) return;
          if (field.saved && field.saved.version >= entry.version) return;
          field.saved = entry;
          field.value = entry.value;
          field.base = entry.value;
          show(field);
        });
        root.dataset.ready = "yes";
        drawDecisions();
        say();
      })
      .catch(function () { say(); });
  }

  /* fields */
  function make(place) {
    const shape = place.dataset.shape;
    const may = root.dataset.may === "yes";
    const key = {
      kind: place.dataset.kind,
      field: place.dataset.field,
      month: place.dataset.month === "*" ? root.dataset.month : place.dataset.month || "",
      subject: place.dataset.subject || "",
    };
    const field = fieldAt(key);
    const label = document.createElement("label");
    const caption = document.createElement("span");
    const words = document.createElement("small");
    const control = document.createElement(shape === "text" ? "textarea" : "input");
    caption.textContent = place.dataset.label;
    words.className = "rec-words";
    control.dataset.name = field.name;
    if (shape === "text") { control.rows = 2; control.maxLength = MOST; }
    if (shape === "line") { control.type = "text"; control.maxLength = MOST; }
    if (shape === "day") control.type = "date";
    if (shape === "state") control.type = "checkbox";
    if (place.dataset.of) control.setAttribute("aria-label", place.dataset.label + ": " + place.dataset.of);
    control.disabled = shape === "state" ? root.dataset.decide !== "yes" : !may;
    const event = control.type === "checkbox" || control.type === "date" ? "change" : "input";
    control.addEventListener(event, function () {
      typed(field, control.type === "checkbox" ? (control.checked ? "closed" : "open") : control.value);
    });
    control.addEventListener("blur", function () { if (field.dirty) { window.clearTimeout(field.timer); send(field); } });
    if (shape === "state") label.append(control, caption); else label.append(caption, control);
    place.replaceChildren(label, words);
    if (shape !== "state") place.appendChild(historyButton(key));
    place.dataset.made = "yes";
    field.boxes.add({ place: place, control: control, words: words });
    show(field);
  }

  function historyButton(key) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link-btn rec-history";
    button.textContent = "Các lần sửa";
    button.addEventListener("click", function () {
      fetch(root.dataset.record + "/lich-su?" + new URLSearchParams(Object.assign({ shown: root.dataset.month }, key)), { credentials: "same-origin" })
        .then(function (response) {
          if (response.redirected) return window.acts.say(ENDED, "fault");
          if (response.ok) return response.json().then(function (body) { showHistory(body.entries); });
          return response.text().then(function (text) { window.acts.say(text, "fault"); });
        })
        .catch(function () { window.acts.say("Máy chủ chưa trả lời nên chưa xem được các lần sửa. Hãy thử lại sau.", "fault"); });
    });
    return button;
  }
  function showHistory(entries) {
    const dialog = document.createElement("dialog");
    dialog.className = "sheet";
    const head = document.createElement("header");
    const title = document.createElement("h3");
    const close = document.createElement("button");
    const body = document.createElement("div");
    title.textContent = "Các lần sửa";
    close.type = "button";
    close.className = "btn-a";
    close.textContent = "Đóng";
    close.addEventListener("click", function () { dialog.close(); });
    head.append(title, close);
    body.className = "body";
    if (!entries.length) body.textContent = "Chưa ai ghi gì vào ô này.";
    entries.reverse().forEach(function (entry) {
      const when = document.createElement("p");
      const said = document.createElement("p");
      when.className = "note";
      when.textContent = new Date(entry.saved_at + "Z").toLocaleString("vi-VN") + ", " + entry.saved_by;
      said.className = "rec-said";
      said.textContent = entry.value || "(để trống)";
      body.append(when, said);
    });
    dialog.append(head, body);
    dialog.addEventListener("close", function () { dialog.remove(); });
    document.body.appendChild(dialog);
    dialog.showModal();
  }

  /* decisions of this month: as many as there are, and one more */
  function place(kind, field, subject, label, shape) {
    const made = document.createElement("div");
    made.className = "rec-host";
    Object.assign(made.dataset, { kind: kind, field: field, subject: subject, month: "*", label: label, shape: shape });
    return made;
  }
  function drawDecisions() {
    const list = root && root.querySelector(".rec-decisions");
    if (!list) return;
    const known = new Set([...list.querySelectorAll("[data-decision]")].map(function (one) { return one.dataset.decision; }));
    const subjects = new Set();
    fields.forEach(function (field) {
      if (field.key.kind === "decision" && field.key.month === root.dataset.month && (field.value || field.dirty)) subjects.add(field.key.subject);
    });
    subjects.forEach(function (subject) { if (!known.has(subject)) addDecision(list, subject, false); });
    if (!list.querySelector(".rec-add") && root.dataset.may === "yes") {
      const add = document.createElement("button");
      add.type = "button";
      add.className = "btn-a rec-add";
      add.textContent = "Thêm kết luận";
      add.addEventListener("click", function () { addDecision(list, fresh(), true); });
      list.appendChild(add);
    }
    if (!list.querySelector("[data-decision]") && root.dataset.may !== "yes" && !list.textContent) list.textContent = "Chưa có kết luận nào.";
  }
  function fresh() {
    return [...window.crypto.getRandomValues(new Uint8Array(8))].map(function (one) { return one.toString(16).padStart(2, "0"); }).join("");
  }
  function addDecision(list, subject, focuses) {
    const row = document.createElement("div");
    row.className = "rec-decision";
    row.dataset.decision = subject;
    row.append(
      place("decision", "what", subject, "Việc", "text"),
      place("decision", "who", subject, "Ai làm", "line"),
      place("decision", "due_on", subject, "Hạn", "day"),
      place("decision", "state", subject, "Đã xong", "state"),
    );
    list.insertBefore(row, list.querySelector(".rec-add"));
    row.querySelectorAll(".rec-host").forEach(make);
    if (focuses) row.querySelector("textarea").focus();
  }

  /* the page comes and goes as callbacks draw it */
  function look() {
    const found = document.querySelector("[data-record]");
    if (!found) { if (root) { flush(); window.clearTimeout(polling); root = null; } return; }
    if (found !== root) {
      const isOther = !root || root.dataset.month !== found.dataset.month || root.dataset.user !== found.dataset.user;
      if (root && isOther) { flush(); fields = new Map(); }
      root = found;
      drawn = root.querySelector(".record-state").textContent;
      forgotten().forEach(function (kept) {
        const field = fieldAt(kept.key);
        if (field.dirty) return;
        Object.assign(field, { value: kept.value, base: kept.base, dirty: true });
      });
      if (isOther) { may = root.dataset.may === "yes"; refused = may ? "" : FORBIDDEN; poll().then(flush); } else { drawDecisions(); }
    }
    root.querySelectorAll(".rec-host:not([data-made])").forEach(make);
    say();
  }
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", function () { if (document.hidden) flush(); else if (root) poll(); });
  window.addEventListener("beforeunload", function (event) {
    const lost = [...fields.values()].some(function (one) { return one.dirty && one.unkept; });
    if (lost) event.preventDefault();
  });
})();
